import type { ExecutionError } from '../engine/state/executions.ts'
import { empty, type Scope, sql, type Transaction } from '../platform/database/database.ts'
import { type Among, andAmong, isWithin } from '../platform/database/scope.ts'

/** A required key of an integration that has no global value. */
export type MissingKey = { integrationName: string; isReadyMade: boolean; kind: 'secret' | 'config'; key: string }

/**
 * Those of the keys that someone needs: an active organization that is mapped and has no value of its own. An integration that
 * nobody is mapped to is waiting for its first one, which is the business of those who see all organizations; one that came along is not
 * waited for.
 */
export function listNeededKeys(
  transaction: Transaction,
  missing: readonly MissingKey[],
  { scope, among, isOfAll }: { scope: Scope; among?: Among; isOfAll: boolean },
): Promise<MissingKey[]> {
  const ofIntegration = sql`mapping.integration_name = missing."integrationName" and mapping.is_active`
  return transaction.query<MissingKey>(sql`
    select missing.* from jsonb_to_recordset(${JSON.stringify(missing)}::jsonb) as missing ("integrationName" text, "isReadyMade" boolean, kind text, key text)
    where exists (
      select from organization_mappings as mapping join organizations as organization
        on organization.id = mapping.organization_id and organization.is_active
      where ${ofIntegration} and ${isWithin(scope, sql`mapping.organization_id`)}
        ${andAmong(among, sql`mapping.organization_id`, sql`mapping.integration_name`)}
        and not exists (select from secrets where missing.kind = 'secret' and key = missing.key and organization_id = mapping.organization_id)
        and not exists (select from config where missing.kind = 'config' and key = missing.key and organization_id = mapping.organization_id)
    ) ${isOfAll ? sql`or not missing."isReadyMade" and not exists (select from organization_mappings as mapping where ${ofIntegration})` : empty}`)
}

export type FailedDiscoveryRow = { integration_name: string; execution_id: string; ended_at: Date; error: ExecutionError }

/** Those of these integrations whose newest ended run with the global credentials failed, by name. One probe for each. */
export function listFailedDiscoveries(transaction: Transaction, integrations: readonly string[]): Promise<FailedDiscoveryRow[]> {
  return transaction.query<FailedDiscoveryRow>(sql`
    select asked.name as integration_name, last.execution_id, last.ended_at, last.error
    from unnest(${integrations}::text[]) as asked (name)
    cross join lateral (
      select execution_id, ended_at, error, is_success from discovery_runs
      where integration_name = asked.name and organization_id is null and ended_at is not null
      order by id desc limit 1
    ) as last
    where not last.is_success
    order by asked.name`)
}
