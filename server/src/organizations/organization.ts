import type { FieldValues, FieldValuesPatch } from './organization-field.ts'

/** One of the MSP's customers. */
export type Organization = {
  id: string
  name: string
  /** Host names in lower case, each once. Other organizations may have the same. */
  domains: string[]
  /** The id of its Microsoft 365 tenant, as the author's code reads it. */
  tenantId: string | null
  /** In lower case, in order, each once. Grants and lists name organizations by them. */
  tags: string[]
  /** The values of custom fields, by their names. */
  fields: FieldValues
  /** Nothing runs for a deactivated organization; its rows are kept. */
  isActive: boolean
  createdAt: Date
  updatedAt: Date
}

export type OrganizationDraft = Pick<Organization, 'name' | 'domains' | 'tenantId'> & Partial<Pick<Organization, 'tags' | 'fields'>>
/** The fields to change. Of custom fields, those that are named. */
export type OrganizationPatch = {
  [Field in Exclude<keyof OrganizationDraft, 'fields'> | 'isActive']?: Organization[Field] | undefined
} & { fields?: FieldValuesPatch | undefined }
