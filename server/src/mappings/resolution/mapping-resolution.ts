import { namePattern } from '@crosswalk/sdk/definition-checks'
import { definitionNotFound, findDefinition } from '../../definitions/definitions.ts'
import { inactiveOrganization, organizationError } from '../../organizations/organizations.ts'
import type { Database } from '../../platform/database/database.ts'
import { wireId } from '../../platform/http/text.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { mappingError } from '../mapping-rules.ts'
import { listActiveMappingRows, type ResolvedRow, resolveMappingRows } from './mapping-resolution.queries.ts'

/** A mapping as author code gets it. */
export type AuthorMapping = {
  id: string
  integrationName: string
  externalOrgId: string
  externalOrgName: string
  mappingData: JsonObject
  isActive: boolean
}

/** Nothing has this id. */
const noId = '00000000-0000-0000-0000-000000000000'

/**
 * The active mapping of an organization in one integration. Fails closed: there is no default mapping.
 *
 * @throws mapping_not_found - none is active, or not the one that was named.
 * @throws multiple_mappings - several are active and none was named; `details.mapping_ids` has them, oldest first.
 * @throws organization_inactive, integration_not_found
 */
export async function resolveMapping(
  db: Database,
  organizationId: string,
  name: string,
  mappingId: string | undefined,
): Promise<AuthorMapping> {
  if (!namePattern.test(name)) throw await definitionNotFound(db, 'integration', name)
  // An id of another form names no mapping, as any other that is not there.
  const id = mappingId === undefined ? undefined : (wireId.safeParse(mappingId).data ?? noId)
  const [first, second] = await resolveMappingRows(db, organizationId, name, id)
  if (!first) throw organizationError('organization_not_found', { org_id: organizationId })
  if (!first.organization_is_active) throw inactiveOrganization({ id: organizationId, name: first.organization_name })
  if (first.id === null) throw await mappingNotFound(db, { id: organizationId, name: first.organization_name }, name, mappingId)
  if (second) throw await multipleMappings(db, { id: organizationId, name: first.organization_name }, name)
  return { ...contentOf(first), id: first.id }
}

/** All active mappings of an organization in one integration, oldest first. */
export async function listActiveMappings(db: Database, organizationId: string, name: string): Promise<AuthorMapping[]> {
  if (!namePattern.test(name)) return []
  const rows = await listActiveMappingRows(db, organizationId, name)
  return rows.map((row) => ({ ...contentOf(row), id: row.id }))
}

function contentOf(row: Omit<ResolvedRow, 'id'>): Omit<AuthorMapping, 'id'> {
  return {
    integrationName: row.integration_name,
    externalOrgId: row.external_org_id,
    externalOrgName: row.external_org_name,
    mappingData: row.mapping_data,
    isActive: row.is_active,
  }
}

type Named = { id: string; name: string }

async function mappingNotFound(db: Database, organization: Named, name: string, mappingId: string | undefined) {
  if (!(await findDefinition(db, 'integration', name))) return definitionNotFound(db, 'integration', name)
  const what = mappingId === undefined ? 'no active mapping' : `no active mapping with the id '${mappingId}'`
  return mappingError(
    'mapping_not_found',
    { integration_name: name, org_id: organization.id, ...(mappingId === undefined ? {} : { mapping_id: mappingId }) },
    `The organization '${organization.name}' has ${what} for the integration '${name}'. ` +
      `Add one under Organizations, ${organization.name}, Integrations, or list what there is with: crosswalk mappings list --org ${organization.id}`,
  )
}

async function multipleMappings(db: Database, organization: Named, name: string) {
  const ids = (await listActiveMappingRows(db, organization.id, name)).map((row) => row.id)
  return mappingError(
    'multiple_mappings',
    { integration_name: name, org_id: organization.id, mapping_ids: ids },
    `The organization '${organization.name}' has ${ids.length} active mappings for the integration '${name}'. Say which one with { mappingId }: ${ids.join(', ')}`,
  )
}
