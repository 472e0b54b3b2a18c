import { type Database, empty, readInScope, sql } from '../../platform/database/database.ts'
import type { JsonObject } from '../../protocol/json.ts'

type ContentRow = {
  integration_name: string
  external_org_id: string
  external_org_name: string
  mapping_data: JsonObject
  is_active: boolean
}
/** Without a mapping its columns are null. */
export type ResolvedRow = ContentRow & { id: string | null; organization_name: string; organization_is_active: boolean }

/** The organization with up to two of its active mappings of an integration: two say that there are several. Nothing if there is no organization. */
export function resolveMappingRows(
  db: Database,
  organizationId: string,
  name: string,
  mappingId: string | undefined,
): Promise<ResolvedRow[]> {
  return readInScope<ResolvedRow>(
    db,
    { organizationId },
    sql`
    select organization.name as organization_name, organization.is_active as organization_is_active,
      mapping.id, mapping.integration_name, mapping.external_org_id, mapping.external_org_name, mapping.mapping_data, mapping.is_active
    from organizations as organization
    left join organization_mappings as mapping
      on mapping.organization_id = organization.id and mapping.integration_name = ${name} and mapping.is_active
      ${mappingId === undefined ? empty : sql`and mapping.id = ${mappingId}`}
    where organization.id = ${organizationId}
    limit 2`,
  )
}

export function listActiveMappingRows(db: Database, organizationId: string, name: string): Promise<(ResolvedRow & { id: string })[]> {
  return readInScope<ResolvedRow & { id: string }>(
    db,
    { organizationId },
    sql`
    select id, integration_name, external_org_id, external_org_name, mapping_data, is_active from organization_mappings
    where organization_id = ${organizationId} and integration_name = ${name} and is_active
    order by id`,
  )
}
