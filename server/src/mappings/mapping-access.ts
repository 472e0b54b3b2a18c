import { asFor, hasLimits, type Principal, withoutLimits } from '../access/principal.ts'
import { reachableOrganization } from '../access/reach.ts'
import type { Database } from '../platform/database/database.ts'
import type { Mapping } from './mapping.ts'
import { getMapping } from './mappings.ts'

/**
 * A principal as they are for the integration of a mapping. Whether they reach its organization is for the scope that they have then.
 *
 * @throws organization_not_found, mapping_not_found
 */
export async function asForMapping(
  db: Database,
  principal: Principal,
  { orgId, mappingId }: { orgId: string; mappingId: string },
): Promise<Principal> {
  if (!hasLimits(principal)) return principal
  const mapping = await getMapping(db, reachableOrganization(withoutLimits(principal), orgId), mappingId)
  return asFor(principal, { integration: mapping.integrationName })
}

/**
 * A mapping for somebody to read: looked up once, also where grants for its integration alone decide.
 *
 * @throws organization_not_found, mapping_not_found
 */
export async function readMapping(
  db: Database,
  principal: Principal,
  { orgId, mappingId }: { orgId: string; mappingId: string },
): Promise<Mapping> {
  if (!hasLimits(principal)) return getMapping(db, reachableOrganization(principal, orgId), mappingId)
  const mapping = await getMapping(db, reachableOrganization(withoutLimits(principal), orgId), mappingId)
  reachableOrganization(asFor(principal, { integration: mapping.integrationName }), orgId)
  return mapping
}
