import type { JsonObject } from '../protocol/json.ts'

/** What of a mapping can be changed. */
export type MappingContent = {
  /** The id as the outside system spells it. Opaque text, compared byte for byte. */
  externalOrgId: string
  /** For people; the external id where no name was given. */
  externalOrgName: string
  mappingData: JsonObject
  isActive: boolean
}

/** What has to be repaired about a mapping, as it is kept and on the wire. */
export type MappingProblem = {
  problem: string
  remedy: string | null
  repair_url: string | null
  code: string | null
  due_at: string | null
}

/** Says which external organization one of our organizations is, in one integration. */
export type Mapping = MappingContent & {
  id: string
  organizationId: string
  integrationName: string
  createdAt: Date
  createdBy: string
  updatedAt: Date
  updatedBy: string
  /** 1, and one more with each change of its content: a test of the connection leaves it as it is. */
  revision: number
  /** The last test of just this content; null where it was changed since, or never tested. */
  lastTest: { at: Date; success: boolean; message: string } | null
  /** A test since then that was not made, and why. */
  notTested: { at: Date; reason: string } | null
  /** What author code reported last of just this content; null where nothing did. */
  health: { at: Date; needsRepairSince: Date | null; problems: readonly MappingProblem[] } | null
}

export type MappingDraft = {
  integrationName: string
  externalOrgId: string
  externalOrgName?: string | undefined
  mappingData?: JsonObject | undefined
}
/** The fields to change. */
export type MappingPatch = { [Field in keyof MappingContent]?: MappingContent[Field] | undefined }
