import type { JsonObject } from './json.ts'

/**
 * Which external organization one of our organizations is, in one integration.
 *
 * `id` is null for a draft: the connection of a mapping can be tested before it is saved.
 *
 * @typeParam Data the integration's mapping data, as its `mappingData` schema gives it.
 */
export type OrganizationMapping<Data extends JsonObject = JsonObject> = {
  readonly id: string | null
  readonly integrationName: string
  /** As the outside system spells it. Opaque text, compared byte for byte. */
  readonly externalOrgId: string
  /** For people; the external id where no name is known. */
  readonly externalOrgName: string
  /** Whatever else the integration needs for this organization. Never secrets. */
  readonly mappingData: Readonly<Data>
  /** False once deleted; the platform never hands an inactive mapping to a workflow. */
  readonly isActive: boolean
}

/** A mapping that is stored: what the context hands out. */
export type SavedMapping<Data extends JsonObject = JsonObject> = OrganizationMapping<Data> & { readonly id: string }

/** What `ctx.setIntegrationMapping` takes. On an update, what is left out stays as it was. */
export type MappingDraft<Data extends JsonObject = JsonObject> = {
  integrationName: string
  /** As the outside system spells it: 1 to 200 characters, not blank, no control characters. */
  externalOrgId: string
  /** Up to 200 characters. Default: the name it has, or the external id. */
  externalOrgName?: string | undefined
  /** Must fit the integration's `mappingData` schema; at most 32 KiB as JSON. Replaces the old data as a whole. */
  mappingData?: Data | undefined
  /** Which mapping to update, where the organization has several of this integration. */
  mappingId?: string | undefined
}

/** Something about a mapping that a person has to repair, before or after calls fail of it. */
export type MappingProblem = {
  /** One sentence. */
  problem: string
  /** What to do about it. */
  remedy?: string | undefined
  /** The page where it is repaired. */
  repairUrl?: string | null | undefined
  /** The vendor's own code: `AADSTS65001`. */
  code?: string | null | undefined
  /** From when on calls fail, where they do not yet: an ISO time. */
  dueAt?: string | null | undefined
}

/** An organization as an outside system lists it. */
export type ExternalOrganization = {
  /** Text, also where the vendor's ids are numbers: `externalIdOf` makes it of either. */
  id: string
  name: string
  /** Shown beside the name when an administrator chooses. */
  metadata?: JsonObject | undefined
  /** By what it is found to be one of your organizations, beside its name. Kept and shown with the metadata, in snake_case: `tenant_ids`. */
  match?: MatchFields | undefined
}

/** What is said of an organization in several systems, in each system's own spelling. Leave out what the outside system does not know. */
export type MatchFields = {
  /** Mail domains: `acme.example`. */
  readonly domains?: readonly string[] | undefined
  readonly websites?: readonly string[] | undefined
  readonly phones?: readonly string[] | undefined
  /** In one line each. */
  readonly addresses?: readonly string[] | undefined
  /** Microsoft Entra tenant ids. */
  readonly tenantIds?: readonly string[] | undefined
  /** Its ids in other systems, by the names of their integrations: `{ ninjaone: '12' }`. */
  readonly otherIds?: Readonly<Record<string, string>> | undefined
  readonly legalName?: string | undefined
  readonly formerNames?: readonly string[] | undefined
  /** Names of its sites. */
  readonly sites?: readonly string[] | undefined
}

/** What a connection test found. A failed test is an answer, not an exception. */
export type TestResult = {
  success: boolean
  /** One sentence for the administrator who pressed the button. */
  message: string
  /** Facts for people and programs. Never secrets. */
  details?: JsonObject | undefined
}
