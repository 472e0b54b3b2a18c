import { type Acting, findLastChange } from '../audit/audit.ts'
import type { IntegrationDefinition } from '../definitions/definitions.ts'
import { getActiveOrganization } from '../organizations/organizations.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { type Precondition, requireUnchanged } from '../platform/preconditions.ts'
import type { Mapping, MappingContent, MappingDraft, MappingPatch } from './mapping.ts'
import { mappingError, requireFittingData, requireMappingSupport } from './mapping-rules.ts'
import { changeMapping, contentOfRow, insertMapping, writeMapping } from './mapping-writing.ts'
import { findMappingRow, listMappingRows, lockMappingRow, type MappingFilter, type MappingRow } from './mappings.queries.ts'

export type { Mapping, MappingContent, MappingDraft, MappingPatch } from './mapping.ts'
export type { MappingRow } from './mappings.queries.ts'

export function mappingOf(row: MappingRow): Mapping {
  return {
    id: row.id,
    organizationId: row.organization_id,
    integrationName: row.integration_name,
    externalOrgId: row.external_org_id,
    externalOrgName: row.external_org_name,
    mappingData: row.mapping_data,
    isActive: row.is_active,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
    revision: row.revision,
    lastTest: row.last_tested_at && {
      at: row.last_tested_at,
      success: row.last_test_success ?? false,
      message: row.last_test_result ?? '',
    },
    health: row.health_checked_at && {
      at: row.health_checked_at,
      needsRepairSince: row.needs_repair_since,
      problems: row.health_problems ?? [],
    },
    notTested: row.last_not_tested_at && { at: row.last_not_tested_at, reason: row.last_not_tested_reason ?? '' },
  }
}

/** Another one with each change of what people edit. The end of the id, by chance, keeps one mapping's tag from fitting another's. */
export function etagOfMapping({ id, revision }: Pick<Mapping, 'id' | 'revision'>): string {
  return `"${id.slice(-12)}-${revision}"`
}

/** @param before locked */
async function requireExpected(transaction: Transaction, expected: Precondition, before: MappingRow): Promise<void> {
  const target = { type: 'integration_mapping', id: before.id }
  await requireUnchanged(expected, etagOfMapping(before), () => findLastChange(transaction, before.organization_id, target))
}

const noSuchMapping = (id: string) => mappingError('mapping_not_found', { mapping_id: id })

/** @throws mapping_not_found - the organization has none of that id, active or not. */
export async function getMapping(db: Database, organizationId: string, id: string): Promise<Mapping> {
  const row = await findMappingRow(db, organizationId, id)
  if (!row) throw noSuchMapping(id)
  return mappingOf(row)
}

/** What a mapping of the organization with that integration leads to, active or not. Undefined where it has none of that id. */
export async function findMappingName(
  db: Database,
  organizationId: string,
  id: string,
  integrationName: string,
): Promise<string | undefined> {
  const row = await findMappingRow(db, organizationId, id)
  if (row?.integration_name !== integrationName) return undefined
  return mappingOf(row).externalOrgName
}

/** Oldest first. Reads one more than a page holds where `limit` says so. */
export async function listMappings(db: Database, organizationId: string, filter: MappingFilter): Promise<Mapping[]> {
  return (await listMappingRows(db, organizationId, filter)).map(mappingOf)
}

/** What a new mapping will hold. @throws mapping_not_supported, validation_failed */
export function contentOf(integration: IntegrationDefinition, draft: MappingDraft): MappingContent {
  const mappingData = draft.mappingData ?? {}
  requireMappingSupport(integration)
  requireFittingData(integration, mappingData)
  return { externalOrgId: draft.externalOrgId, externalOrgName: draft.externalOrgName || draft.externalOrgId, mappingData, isActive: true }
}

/**
 * Maps an external organization to one of ours. Of simultaneous calls for the same pair one wins and the others throw.
 *
 * @throws mapping_exists - the organization is mapped to it already; `details.mapping_id` says where.
 * @throws external_org_taken - another organization holds it, which is not named.
 * @throws organization_not_found, organization_inactive, integration_not_found, mapping_not_supported, validation_failed
 */
export async function createMapping(db: Database, acting: Acting, organizationId: string, draft: MappingDraft): Promise<Mapping> {
  await getActiveOrganization(db, organizationId)
  return writeMapping(db, organizationId, draft, (transaction, integration) =>
    createMappingWithin(transaction, acting, organizationId, integration, draft),
  )
}

/**
 * The same as part of what else a transaction does, for an active organization. What is in the way fails the statement, and with it the
 * transaction: `createMappings` leaves it out and says what it was.
 *
 * @param integration held by the transaction
 * @throws mapping_not_supported, validation_failed
 */
export async function createMappingWithin(
  transaction: Transaction,
  acting: Acting,
  organizationId: string,
  integration: IntegrationDefinition,
  draft: MappingDraft,
): Promise<Mapping> {
  return mappingOf(await insertMapping(transaction, acting, organizationId, integration, contentOf(integration, draft)))
}

/** A name belongs to its external organization: it does not stay when the mapping moves to another. */
export function patchedContent(before: MappingRow, patch: MappingPatch): MappingContent {
  const externalOrgId = patch.externalOrgId ?? before.external_org_id
  const keptName = externalOrgId === before.external_org_id ? before.external_org_name : externalOrgId
  return {
    externalOrgId,
    externalOrgName: patch.externalOrgName || keptName,
    mappingData: patch.mappingData ?? before.mapping_data,
    isActive: patch.isActive ?? before.is_active,
  }
}

/**
 * Changes a mapping, or activates it again. Just deactivating needs neither an active organization nor the integration.
 * The result of the last test is dropped where it says nothing about the new content.
 *
 * @throws mapping_not_found, changed_meanwhile, and what `createMapping` throws
 */
export async function updateMapping(
  db: Database,
  acting: Acting,
  organizationId: string,
  id: string,
  patch: MappingPatch,
  expected?: Precondition,
): Promise<Mapping> {
  const onlyDeactivates =
    patch.isActive === false && Object.entries(patch).every(([field, value]) => field === 'isActive' || value === undefined)
  if (onlyDeactivates)
    return inScope(db, { organizationId }, (transaction) =>
      deactivateWithin(transaction, acting, 'integration_mapping.updated', organizationId, id, expected),
    )
  const known = await getMapping(db, organizationId, id)
  await getActiveOrganization(db, organizationId)
  const pair = { integrationName: known.integrationName, externalOrgId: patch.externalOrgId ?? known.externalOrgId }
  return writeMapping(db, organizationId, pair, (transaction, integration) =>
    updateMappingWithin(transaction, acting, organizationId, integration, id, patch, expected),
  )
}

/**
 * The same as part of what else a transaction does, for an active organization. What is in the way fails the transaction.
 *
 * @param integration the mapping's, held by the transaction
 * @throws mapping_not_found, mapping_not_supported, validation_failed, changed_meanwhile
 */
export async function updateMappingWithin(
  transaction: Transaction,
  acting: Acting,
  organizationId: string,
  integration: IntegrationDefinition,
  id: string,
  patch: MappingPatch,
  expected?: Precondition,
): Promise<Mapping> {
  const before = await lockMappingRow(transaction, organizationId, id)
  if (!before) throw noSuchMapping(id)
  await requireExpected(transaction, expected, before)
  const content = patchedContent(before, patch)
  requireMappingSupport(integration)
  if (patch.mappingData !== undefined || (content.isActive && !before.is_active))
    requireFittingData(integration, content.mappingData, before.mapping_data)
  return mappingOf(await changeMapping(transaction, acting, 'integration_mapping.updated', before, content, integration))
}

/**
 * Deactivates: the row is kept, and can be activated again. Safe to repeat.
 *
 * @throws mapping_not_found - the organization never had it.
 * @throws changed_meanwhile
 */
export async function deleteMapping(
  db: Database,
  acting: Acting,
  organizationId: string,
  id: string,
  expected?: Precondition,
): Promise<void> {
  await inScope(db, { organizationId }, (transaction) => deleteMappingWithin(transaction, acting, organizationId, id, expected))
}

/** The same as part of what else a transaction does. */
export async function deleteMappingWithin(
  transaction: Transaction,
  acting: Acting,
  organizationId: string,
  id: string,
  expected?: Precondition,
): Promise<void> {
  await deactivateWithin(transaction, acting, 'integration_mapping.deleted', organizationId, id, expected)
}

type DeactivatingAction = 'integration_mapping.updated' | 'integration_mapping.deleted'
async function deactivateWithin(
  transaction: Transaction,
  acting: Acting,
  action: DeactivatingAction,
  organizationId: string,
  id: string,
  expected: Precondition,
): Promise<Mapping> {
  const before = await lockMappingRow(transaction, organizationId, id)
  if (!before) throw noSuchMapping(id)
  await requireExpected(transaction, expected, before)
  return mappingOf(await changeMapping(transaction, acting, action, before, { ...contentOfRow(before), isActive: false }, undefined))
}
