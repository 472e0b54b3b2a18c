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
  /** Nothing runs for a deactivated organization; its rows are kept. */
  isActive: boolean
  createdAt: Date
  updatedAt: Date
}

export type OrganizationDraft = Pick<Organization, 'name' | 'domains' | 'tenantId'> & Partial<Pick<Organization, 'tags'>>
/** The fields to change. */
export type OrganizationPatch = { [Field in keyof OrganizationDraft | 'isActive']?: Organization[Field] | undefined }
