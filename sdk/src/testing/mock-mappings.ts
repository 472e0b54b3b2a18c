import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { mappingNotFound, multipleMappings } from '../error-messages.ts'
import { MappingNotFoundError } from '../errors.ts'
import type { IntegrationClass } from '../integration.ts'
import type { Organization } from '../integration-context.ts'
import type { JsonObject } from '../json.ts'
import type { MappingDraft, SavedMapping } from '../mapping.ts'
import { mappingHoldsSecret } from '../mapping-refusals.ts'
import { toPlainJson } from '../plain-json.ts'
import { checkFields, knownClass, refusal, requireFittingData, requireMappingSupport } from './mock-mapping-rules.ts'
import type { MockReads } from './mock-reads.ts'

/** A mapping that a test begins with. */
export type MockMapping = {
  /** Default: a new UUID. */
  id?: string
  integrationName: string
  externalOrgId: string
  /** Default: the external id. */
  externalOrgName?: string
  mappingData?: JsonObject
  /** Default true. */
  isActive?: boolean
}

/** What people read of a mapping, each with its name on the wire. */
const readableFields = [
  ['externalOrgId', 'external_org_id'],
  ['externalOrgName', 'external_org_name'],
  ['mappingData', 'mapping_data'],
] as const

/** One organization's mappings in memory, under the platform's rules. */
export class MockMappings {
  readonly #org: Organization
  readonly #mappings: SavedMapping[] = []
  readonly #classes: ReadonlyMap<string, IntegrationClass>
  readonly #reads: MockReads

  /** @param classes by name; with none, any name can be mapped */
  constructor(org: Organization, given: readonly MockMapping[], classes: ReadonlyMap<string, IntegrationClass>, reads: MockReads) {
    this.#org = org
    this.#reads = reads
    this.#classes = classes
    for (const { id = randomUUID(), integrationName, externalOrgId, externalOrgName, mappingData, isActive = true } of given) {
      checkFields({ integrationName, externalOrgId, externalOrgName, mappingData })
      if (this.#mappings.some((other) => other.id === id)) throw new TypeError(`Two mappings have the id '${id}'.`)
      if (isActive) this.#requireFree(integrationName, externalOrgId, undefined)
      this.#mappings.push(
        freeze({
          id,
          integrationName,
          externalOrgId,
          externalOrgName: externalOrgName || externalOrgId,
          mappingData: mappingData ?? {},
          isActive,
        }),
      )
    }
  }

  /** All, deleted ones included, oldest first. */
  all(): SavedMapping[] {
    return [...this.#mappings]
  }

  /** Active ones of one integration, oldest first. */
  list(integrationName: string): SavedMapping[] {
    return this.#mappings.filter((mapping) => mapping.isActive && mapping.integrationName === integrationName)
  }

  /** @throws mapping_not_found, multiple_mappings, integration_not_found */
  get(integrationName: string, mappingId: string | undefined): SavedMapping {
    const active = this.list(integrationName)
    const candidates = mappingId === undefined ? active : active.filter((mapping) => mapping.id === mappingId)
    const [mapping] = candidates
    if (!mapping) {
      knownClass(this.#classes, integrationName)
      throw mappingNotFound({ integrationName, org: this.#org, mappingId })
    }
    if (candidates.length > 1) {
      throw multipleMappings({ integrationName, org: this.#org, mappingIds: candidates.map((candidate) => candidate.id) })
    }
    return mapping
  }

  /**
   * Updates the mapping named by `mappingId` (and activates it again), or the only active one; creates one otherwise. One that is just
   * so already is returned.
   *
   * @throws mapping_not_found, mapping_exists, mapping_not_supported, mapping_holds_secret, integration_not_found, validation_failed
   */
  set(draft: MappingDraft): SavedMapping {
    const secretIn = readableFields.find(([field]) => this.#reads.holdsSecret(draft[field]))
    if (secretIn) throw refusal('mapping_holds_secret', mappingHoldsSecret, { field: secretIn[1] })
    checkFields(draft)
    const { integrationName, externalOrgId, externalOrgName, mappingData, mappingId } = draft
    const integration = knownClass(this.#classes, integrationName)
    if (integration) requireMappingSupport(integration)
    const existing = this.#toUpdate(integrationName, mappingId)
    if (integration) requireFittingData(integration, mappingData ?? existing?.mappingData ?? {}, existing?.mappingData ?? {})
    // A name belongs to its external organization: it does not stay when the mapping moves to another.
    const keptName = existing?.externalOrgId === externalOrgId ? existing.externalOrgName : externalOrgId
    const mapping = freeze({
      id: existing?.id ?? randomUUID(),
      integrationName,
      externalOrgId,
      externalOrgName: externalOrgName || keptName,
      mappingData: mappingData ?? existing?.mappingData ?? {},
      isActive: true,
    })
    if (!existing) {
      const same = this.list(integrationName).find((other) => isDeepStrictEqual({ ...other, id: mapping.id }, { ...mapping }))
      if (same) return same
    }
    this.#requireFree(integrationName, externalOrgId, existing?.id)
    if (existing) this.#mappings[this.#mappings.indexOf(existing)] = mapping
    else this.#mappings.push(mapping)
    return mapping
  }

  /** @throws mapping_not_found when there never was one. */
  delete(integrationName: string, mappingId: string): void {
    const existing = this.#find(integrationName, mappingId)
    this.#mappings[this.#mappings.indexOf(existing)] = freeze({ ...existing, isActive: false })
  }

  /** @throws mapping_not_found when no active one has that id. */
  requireActive(mappingId: string): void {
    if (this.#mappings.some(({ id, isActive }) => id === mappingId && isActive)) return
    throw new MappingNotFoundError(`The organization has no active mapping with the id '${mappingId}'.`, {
      org_id: this.#org.id,
      mapping_id: mappingId,
    })
  }

  #toUpdate(integrationName: string, mappingId: string | undefined): SavedMapping | undefined {
    if (mappingId !== undefined) return this.#find(integrationName, mappingId)
    const active = this.list(integrationName)
    return active.length === 1 ? active[0] : undefined
  }

  #find(integrationName: string, mappingId: string): SavedMapping {
    const found = this.#mappings.find((mapping) => mapping.id === mappingId && mapping.integrationName === integrationName)
    if (found) return found
    throw new MappingNotFoundError(
      `The organization has no mapping with the id '${mappingId}' for the integration '${integrationName}'. List what there is with: crosswalk mappings list --org ${this.#org.id}`,
      { integration_name: integrationName, org_id: this.#org.id, mapping_id: mappingId },
    )
  }

  #requireFree(integrationName: string, externalOrgId: string, exceptId: string | undefined): void {
    const holder = this.list(integrationName).find((mapping) => mapping.externalOrgId === externalOrgId && mapping.id !== exceptId)
    if (!holder) return
    throw refusal('mapping_exists', 'This organization is already mapped to that external organization.', {
      integration_name: integrationName,
      external_org_id: externalOrgId,
      mapping_id: holder.id,
    })
  }
}

function freeze(mapping: SavedMapping): SavedMapping {
  // A copy, as JSON keeps it: a test that changes the object it passed in does not change the mapping.
  return Object.freeze({ ...mapping, mappingData: Object.freeze(structuredClone(keptData(mapping.mappingData))) })
}

function keptData(data: Readonly<JsonObject>): Readonly<JsonObject> {
  const made = toPlainJson(data)
  return 'json' in made ? (made.json as JsonObject) : data // an object stays one
}
