import { randomUUID } from 'node:crypto'
import { mappingNotFound, multipleMappings } from '../error-messages.ts'
import { CrosswalkError, ValidationError } from '../errors.ts'
import type { Organization } from '../integration-context.ts'
import type { JsonObject } from '../json.ts'
import type { MappingDraft, SavedMapping } from '../mapping.ts'

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

const maxTextChars = 200
const maxMappingDataBytes = 32 * 1024
const forbiddenInExternalId = /[<>"'\u0000-\u001f\u007f]/

/** One organization's mappings in memory, under the platform's rules. */
export class MockMappings {
  readonly #org: Organization
  readonly #mappings: SavedMapping[] = []

  constructor(org: Organization, given: readonly MockMapping[]) {
    this.#org = org
    for (const { id = randomUUID(), integrationName, externalOrgId, externalOrgName, mappingData, isActive = true } of given) {
      checkDraft({ integrationName, externalOrgId, externalOrgName, mappingData })
      if (this.#mappings.some((other) => other.id === id)) throw new TypeError(`Two mappings have the id '${id}'.`)
      if (isActive) this.#requireFree(integrationName, externalOrgId, undefined)
      this.#mappings.push(
        freeze({
          id,
          integrationName,
          externalOrgId,
          externalOrgName: externalOrgName ?? externalOrgId,
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

  /** @throws mapping_not_found, multiple_mappings */
  get(integrationName: string, mappingId: string | undefined): SavedMapping {
    const active = this.list(integrationName)
    const candidates = mappingId === undefined ? active : active.filter((mapping) => mapping.id === mappingId)
    const [mapping] = candidates
    if (!mapping) throw mappingNotFound({ integrationName, org: this.#org, mappingId })
    if (candidates.length > 1) {
      throw multipleMappings({ integrationName, org: this.#org, mappingIds: candidates.map((candidate) => candidate.id) })
    }
    return mapping
  }

  /**
   * Updates the mapping named by `mappingId` (and activates it again), or the only active one; creates one otherwise.
   *
   * @throws mapping_not_found, mapping_exists, validation_failed
   */
  set(draft: MappingDraft): SavedMapping {
    checkDraft(draft)
    const { integrationName, externalOrgId, externalOrgName, mappingData, mappingId } = draft
    const existing = this.#toUpdate(integrationName, mappingId)
    this.#requireFree(integrationName, externalOrgId, existing?.id)
    // A name belongs to its external organization: it does not stay when the mapping moves to another.
    const keptName = existing?.externalOrgId === externalOrgId ? existing.externalOrgName : externalOrgId
    const mapping = freeze({
      id: existing?.id ?? randomUUID(),
      integrationName,
      externalOrgId,
      externalOrgName: externalOrgName ?? keptName,
      mappingData: mappingData ?? existing?.mappingData ?? {},
      isActive: true,
    })
    if (existing) this.#mappings[this.#mappings.indexOf(existing)] = mapping
    else this.#mappings.push(mapping)
    return mapping
  }

  /** @throws mapping_not_found when there never was one. */
  delete(integrationName: string, mappingId: string): void {
    const existing = this.#find(integrationName, mappingId)
    this.#mappings[this.#mappings.indexOf(existing)] = freeze({ ...existing, isActive: false })
  }

  #toUpdate(integrationName: string, mappingId: string | undefined): SavedMapping | undefined {
    if (mappingId !== undefined) return this.#find(integrationName, mappingId)
    const active = this.list(integrationName)
    return active.length === 1 ? active[0] : undefined
  }

  #find(integrationName: string, mappingId: string): SavedMapping {
    const found = this.#mappings.find((mapping) => mapping.id === mappingId && mapping.integrationName === integrationName)
    if (!found) throw mappingNotFound({ integrationName, org: this.#org, mappingId })
    return found
  }

  #requireFree(integrationName: string, externalOrgId: string, exceptId: string | undefined): void {
    const holder = this.list(integrationName).find((mapping) => mapping.externalOrgId === externalOrgId && mapping.id !== exceptId)
    if (!holder) return
    throw new CrosswalkError(
      'mapping_exists',
      `The organization '${this.#org.name}' is already mapped to '${externalOrgId}' in '${integrationName}' (mapping ${holder.id}).`,
      { mapping_id: holder.id, external_org_id: externalOrgId },
    )
  }
}

function checkDraft({ externalOrgId, externalOrgName, mappingData }: MappingDraft): void {
  const details: Record<string, string[]> = {}
  if (typeof externalOrgId !== 'string' || externalOrgId.length < 1 || externalOrgId.length > maxTextChars) {
    details.external_org_id = [`must be text of 1 to ${maxTextChars} characters`]
  } else if (forbiddenInExternalId.test(externalOrgId)) {
    details.external_org_id = [`must not contain control characters or any of < > " '`]
  }
  if (externalOrgName !== undefined && externalOrgName.length > maxTextChars) {
    details.external_org_name = [`must be at most ${maxTextChars} characters`]
  }
  if (mappingData !== undefined && Buffer.byteLength(JSON.stringify(mappingData)) > maxMappingDataBytes) {
    details.mapping_data = [`must be at most ${maxMappingDataBytes} bytes as JSON`]
  }
  if (Object.keys(details).length === 0) return
  const text = Object.entries(details).map(([field, messages]) => `${field} ${messages.join('; ')}`)
  throw new ValidationError(`The mapping is not valid: ${text.join('. ')}.`, details)
}

function freeze(mapping: SavedMapping): SavedMapping {
  // A copy, so that a test that changes the object it passed in does not change the mapping.
  return Object.freeze({ ...mapping, mappingData: Object.freeze(structuredClone(mapping.mappingData)) })
}
