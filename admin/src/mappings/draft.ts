import type { Integration, Mapping } from '@crosswalk/client'

/** A mapping before it is saved. */
export type MappingDraft = {
  integrationName: string
  externalOrgId: string
  externalOrgName: string
  mappingData: Record<string, unknown>
}

export const emptyDraft: MappingDraft = { integrationName: '', externalOrgId: '', externalOrgName: '', mappingData: {} }

export function draftOf(mapping: Mapping): MappingDraft {
  return {
    integrationName: mapping.integration_name,
    externalOrgId: mapping.external_org_id,
    // Without a name the id stands in, which is not to be taken for a name when the id changes.
    externalOrgName: mapping.external_org_name === mapping.external_org_id ? '' : mapping.external_org_name,
    mappingData: mapping.mapping_data,
  }
}

export function isSameDraft(a: MappingDraft, b: MappingDraft): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** True if a test of the one says the same of the other: how people call it makes no difference. */
export function isSameConnection(a: MappingDraft, b: MappingDraft): boolean {
  return isSameDraft({ ...a, externalOrgName: '' }, { ...b, externalOrgName: '' })
}

/** The draft with its integration chosen, where there is only one to choose. */
export function withOnlyChoice(draft: MappingDraft, integrations: readonly Integration[]): MappingDraft {
  if (draft.integrationName !== '') return draft
  const [only, another] = integrations.filter(({ supports_org_mapping }) => supports_org_mapping)
  return only && !another ? { ...draft, integrationName: only.name } : draft
}

/** Why the draft cannot be tested or saved yet; undefined where it can. */
export function whatIsMissing(draft: MappingDraft): string | undefined {
  if (draft.integrationName === '') return 'Choose the integration first.'
  if (draft.externalOrgId === '') return 'Choose the external organization first.'
  return undefined
}
