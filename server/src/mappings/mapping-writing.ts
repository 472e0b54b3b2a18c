import { type Acting, changesBetween, recordAudit } from '../audit/audit.ts'
import type { MappingFields } from '../audit/audit-event.ts'
import { definitionNotFound, holdDefinition, type IntegrationDefinition } from '../definitions/definitions.ts'
import { type Database, inScope, isUniqueViolation, type Transaction } from '../platform/database/database.ts'
import type { DomainError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { canonicalJson } from '../protocol/json.ts'
import type { MappingContent } from './mapping.ts'
import { mappingError } from './mapping-rules.ts'
import { findActivePairRow, insertMappingRow, type MappingRow, updateMappingRow } from './mappings.queries.ts'

/** The pair that a write is about. */
type Pair = { integrationName: string; externalOrgId: string }

/**
 * Runs a write in one transaction with the integration's definition, which does not change meanwhile: whether its external
 * organizations are shared decides which constraint holds. Constraints decide races; here they get their names.
 *
 * @throws integration_not_found, mapping_exists, external_org_taken
 */
export async function writeMapping<T>(
  db: Database,
  organizationId: string,
  pair: Pair,
  work: (transaction: Transaction, integration: IntegrationDefinition) => Promise<T>,
): Promise<T> {
  const nothing = Symbol('no such integration')
  const written = await inScope(db, { organizationId }, async (transaction) => {
    const integration = await holdDefinition(transaction, 'integration', pair.integrationName)
    return integration ? work(transaction, integration) : nothing
  }).catch(async (error: unknown) => {
    throw isUniqueViolation(error) ? await conflictOver(db, organizationId, pair) : error
  })
  if (written === nothing) throw await definitionNotFound(db, 'integration', pair.integrationName)
  return written as T // the symbol is ours alone
}

async function conflictOver(db: Database, organizationId: string, { integrationName, externalOrgId }: Pair): Promise<DomainError> {
  const own = await findActivePairRow(db, organizationId, integrationName, externalOrgId)
  const details = { integration_name: integrationName, external_org_id: externalOrgId }
  return own ? mappingError('mapping_exists', { ...details, mapping_id: own.id }) : mappingError('external_org_taken', details)
}

/** The fields that are audited, by their names on the wire. */
function auditedFields(content: MappingContent): MappingFields {
  return {
    external_org_id: content.externalOrgId,
    external_org_name: content.externalOrgName,
    mapping_data: content.mappingData,
    is_active: content.isActive,
  }
}

export function contentOfRow(row: MappingRow): MappingContent {
  return {
    externalOrgId: row.external_org_id,
    externalOrgName: row.external_org_name,
    mappingData: row.mapping_data,
    isActive: row.is_active,
  }
}

/** A mapping as events name it: by its external organization, which people know, beside the ids. */
export function auditTarget(mapping: Pick<MappingRow, 'id' | 'integration_name' | 'external_org_id' | 'external_org_name'>) {
  return {
    type: 'integration_mapping' as const,
    id: mapping.id,
    name: mapping.external_org_name,
    integration_name: mapping.integration_name,
    external_org_id: mapping.external_org_id,
  }
}

async function record(
  transaction: Transaction,
  acting: Acting,
  action: 'integration_mapping.created' | 'integration_mapping.updated' | 'integration_mapping.deleted',
  before: MappingRow | undefined,
  after: MappingRow,
): Promise<void> {
  await recordAudit(transaction, acting, {
    action,
    organizationId: after.organization_id,
    target: auditTarget(after),
    changes: changesBetween(before ? auditedFields(contentOfRow(before)) : {}, auditedFields(contentOfRow(after))),
  })
}

export function recordCreated(transaction: Transaction, acting: Acting, created: MappingRow): Promise<void> {
  return record(transaction, acting, 'integration_mapping.created', undefined, created)
}

export async function insertMapping(
  transaction: Transaction,
  acting: Acting,
  organizationId: string,
  integration: IntegrationDefinition,
  content: MappingContent,
): Promise<MappingRow> {
  const after = await insertMappingRow(transaction, {
    ...content,
    id: newId(),
    organizationId,
    integrationName: integration.name,
    isShared: integration.sharedExternalOrgs,
    by: acting.actor.name,
  })
  await recordCreated(transaction, acting, after)
  return after
}

/**
 * Writes new content over a locked row. Content that is the same leaves neither a later `updated_at` nor an audit row.
 *
 * @param integration undefined only where nothing becomes active and no external organization is taken
 */
export async function changeMapping(
  transaction: Transaction,
  acting: Acting,
  action: 'integration_mapping.updated' | 'integration_mapping.deleted',
  before: MappingRow,
  content: MappingContent,
  integration: IntegrationDefinition | undefined,
): Promise<MappingRow> {
  if (canonicalJson(content) === canonicalJson(contentOfRow(before))) return before
  const isSameTarget = content.externalOrgId === before.external_org_id
  // One that was shared while its integration allowed it stays so until it takes its place again.
  const keepsPlace = isSameTarget && content.isActive === before.is_active
  const after = await updateMappingRow(transaction, before, {
    ...content,
    isShared: keepsPlace || !integration ? before.is_shared : integration.sharedExternalOrgs,
    by: acting.actor.name,
    isStillTested: isSameTarget && canonicalJson(content.mappingData) === canonicalJson(before.mapping_data),
  })
  await record(transaction, acting, action, before, after)
  return after
}
