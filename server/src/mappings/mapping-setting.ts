import type { Acting } from '../audit/audit.ts'
import type { IntegrationDefinition } from '../definitions/definitions.ts'
import { getActiveOrganization } from '../organizations/organizations.ts'
import type { Database, Transaction } from '../platform/database/database.ts'
import { wireId } from '../platform/http/text.ts'
import { canonicalJson } from '../protocol/json.ts'
import { mappingError, requireFittingData, requireMappingSupport } from './mapping-rules.ts'
import { changeMapping, contentOfRow, insertMapping, writeMapping } from './mapping-writing.ts'
import { lockActiveMappingRows, lockMappingRow, type MappingRow } from './mappings.queries.ts'
import { contentOf, type Mapping, type MappingDraft, mappingOf, patchedContent } from './mappings.ts'

/**
 * Creates a mapping; or updates the one named by `mappingId` (and activates it again), or the only active one of that integration.
 * On an update, what the draft leaves out stays as it was. Safe to repeat: a mapping that is just so already is returned.
 *
 * @throws mapping_not_found - the organization has no mapping with that id for that integration.
 * @throws what `createMapping` throws
 */
export async function setMapping(
  db: Database,
  acting: Acting,
  organizationId: string,
  draft: MappingDraft & { mappingId?: string | undefined },
): Promise<Mapping> {
  await getActiveOrganization(db, organizationId)
  return writeMapping(db, organizationId, draft, (transaction, integration) =>
    setMappingWithin(transaction, acting, organizationId, integration, draft),
  )
}

/**
 * The same as part of what else a transaction does, for an active organization. What is in the way fails the transaction.
 *
 * @param integration held by the transaction
 * @throws mapping_not_found, mapping_not_supported, validation_failed
 */
export async function setMappingWithin(
  transaction: Transaction,
  acting: Acting,
  organizationId: string,
  integration: IntegrationDefinition,
  draft: MappingDraft & { mappingId?: string | undefined },
): Promise<Mapping> {
  const { integrationName, mappingId } = draft
  requireMappingSupport(integration)
  const active = await lockActiveMappingRows(transaction, organizationId, integrationName)
  const before = mappingId === undefined ? onlyOneOf(active) : await lockNamed(transaction, organizationId, integrationName, mappingId)
  if (!before) {
    const content = contentOf(integration, draft)
    const same = active.find((other) => canonicalJson(contentOfRow(other)) === canonicalJson(content))
    return mappingOf(same ?? (await insertMapping(transaction, acting, organizationId, integration, content)))
  }
  const { externalOrgId, externalOrgName, mappingData } = draft
  const content = patchedContent(before, { externalOrgId, externalOrgName, mappingData, isActive: true })
  requireFittingData(integration, content.mappingData, before.mapping_data)
  return mappingOf(await changeMapping(transaction, acting, 'integration_mapping.updated', before, content, integration))
}

function onlyOneOf(rows: MappingRow[]): MappingRow | undefined {
  return rows.length === 1 ? rows[0] : undefined
}

/** @throws mapping_not_found - active or not, there is none of that id and integration. */
async function lockNamed(
  transaction: Transaction,
  organizationId: string,
  integrationName: string,
  mappingId: string,
): Promise<MappingRow> {
  const id = wireId.safeParse(mappingId)
  const row = id.success ? await lockMappingRow(transaction, organizationId, id.data) : undefined
  if (row?.integration_name === integrationName) return row
  throw mappingError(
    'mapping_not_found',
    { integration_name: integrationName, org_id: organizationId, mapping_id: mappingId },
    `The organization has no mapping with the id '${mappingId}' for the integration '${integrationName}'. List what there is with: crosswalk mappings list --org ${organizationId}`,
  )
}
