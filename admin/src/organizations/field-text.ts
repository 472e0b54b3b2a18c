import type { Organization, OrganizationField } from '@crosswalk/client'

export type FieldValue = Organization['fields'][string]

const readable = new Intl.NumberFormat(undefined, { maximumFractionDigits: 20 })

/** A value as people read it. */
export function fieldText(value: FieldValue | undefined): string {
  if (value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  return typeof value === 'number' ? readable.format(value) : value
}

export const fieldTypeWords: Record<OrganizationField['type'], string> = {
  text: 'Text',
  number: 'Number',
  yes_no: 'Yes or no',
  date: 'Date',
  choice: 'Choice',
  url: 'Web address',
}
