import type { Integration } from '@crosswalk/client'

/** Which organizations a person chose. What was entered for the other ways to choose is kept, so that switching loses nothing. */
export type OrganizationChoice = {
  which: 'one' | 'all' | 'mapped' | 'tagged' | 'field' | 'these'
  orgId: string
  integration: string
  tag: string
  /** A custom field and its value. */
  field: string
  value: string
  ids: string[]
}

export const allOrganizations: OrganizationChoice = { which: 'all', orgId: '', integration: '', tag: '', field: '', value: '', ids: [] }

/** A choice of many as the API takes it; undefined where it is incomplete. */
export function selectionOf({ which, integration, tag, field, value, ids }: OrganizationChoice): string | string[] | undefined {
  if (which === 'all') return 'all'
  if (which === 'mapped') return integration === '' ? undefined : `mapped:${integration}`
  if (which === 'tagged') return tag.trim() === '' ? undefined : `tag:${tag.trim()}`
  if (which === 'field') return field === '' ? undefined : `field:${field}=${value.trim()}`
  return which === 'these' && ids.length > 0 ? ids : undefined
}

/** The integration of a selection `mapped:<integration>`. */
export function integrationIn(selection: string | string[]): string | undefined {
  return typeof selection === 'string' && selection.startsWith('mapped:') ? selection.slice('mapped:'.length) : undefined
}

/** The custom field and the value of a selection `field:<name>=<value>`. */
function fieldIn(selection: string): { field: string; value: string } | undefined {
  const [, field, value = ''] = /^field:([^=]*)=(.*)$/s.exec(selection) ?? []
  return field === undefined ? undefined : { field, value }
}

export function choiceOf(selection: string | string[]): OrganizationChoice {
  if (Array.isArray(selection)) return { ...allOrganizations, which: 'these', ids: selection }
  if (selection.startsWith('tag:')) return { ...allOrganizations, which: 'tagged', tag: selection.slice('tag:'.length) }
  const named = fieldIn(selection)
  if (named) return { ...allOrganizations, which: 'field', ...named }
  const integration = integrationIn(selection)
  return integration === undefined ? allOrganizations : { ...allOrganizations, which: 'mapped', integration }
}

/** What keeps a choice from being used; undefined where nothing does. */
export function whatIsMissing(choice: OrganizationChoice): string | undefined {
  if (choice.which === 'one') return choice.orgId === '' ? 'Choose the organization first.' : undefined
  if (selectionOf(choice) !== undefined) return undefined
  if (choice.which === 'mapped') return 'Choose the integration first.'
  if (choice.which === 'tagged') return 'Say the tag first.'
  return choice.which === 'field' ? 'Choose the custom field first.' : 'Choose the organizations first.'
}

/** For whom something runs, as it stands in the middle of a sentence: all organizations, those mapped to HaloPSA, 3 organizations. */
export function selectionWords(
  selection: string | string[],
  integrations: readonly Pick<Integration, 'name' | 'display_name'>[] = [],
): string {
  if (Array.isArray(selection)) return selection.length === 1 ? '1 organization' : `${selection.length.toLocaleString()} organizations`
  if (selection.startsWith('tag:')) return `those with the tag ${selection.slice('tag:'.length)}`
  const named = fieldIn(selection)
  if (named) return named.value === '' ? `those without ${named.field}` : `those with ${named.field} ${named.value}`
  const name = integrationIn(selection)
  if (name === undefined) return 'all organizations'
  return `those mapped to ${integrations.find((integration) => integration.name === name)?.display_name ?? name}`
}
