import type { ExecutionRow } from '../executions/executions.queries.ts'
import { empty, type Sql, sql, type Transaction } from '../platform/database.ts'
import type { Reach } from './mappings-of-all.queries.ts'

/** A required key of an integration that has no global value. */
export type MissingKey = { integrationName: string; kind: 'secret' | 'config'; key: string }

const within = (reach: Reach, column: Sql) => (reach === 'all' ? empty : sql`and ${column} = any(${[...reach]}::uuid[])`)

/**
 * Those of the keys that someone needs: an active organization that is mapped and has no value of its own. An integration that
 * nobody is mapped to is waiting for its first one, which is the business of those who see all organizations.
 */
export function listNeededKeys(transaction: Transaction, missing: readonly MissingKey[], reach: Reach): Promise<MissingKey[]> {
  const ofIntegration = sql`mapping.integration_name = missing."integrationName" and mapping.is_active`
  return transaction.query<MissingKey>(sql`
    select missing.* from jsonb_to_recordset(${JSON.stringify(missing)}::jsonb) as missing ("integrationName" text, kind text, key text)
    where exists (
      select from organization_mappings as mapping join organizations as organization
        on organization.id = mapping.organization_id and organization.is_active
      where ${ofIntegration} ${within(reach, sql`mapping.organization_id`)}
        and not exists (select from secrets where missing.kind = 'secret' and key = missing.key and organization_id = mapping.organization_id)
        and not exists (select from config where missing.kind = 'config' and key = missing.key and organization_id = mapping.organization_id)
    ) ${reach === 'all' ? sql`or not exists (select from organization_mappings as mapping where ${ofIntegration})` : empty}`)
}

// One that was tried again is not looked at any more: its retry is. Those of a deactivated organization can wait.
const unmendedFailures = (reach: Reach, hours: number) => sql`
  from executions as failed
  where failed.status in ('failed', 'timeout') and failed.kind = 'workflow'
    and failed.id >= first_id_at(now() - make_interval(hours => ${hours})) ${within(reach, sql`failed.organization_id`)}
    and not exists (select from executions as retry where retry.retry_of = failed.id)
    and not exists (select from organizations where id = failed.organization_id and not is_active)`

/** How many workflows failed lately and were not tried again; counting ends at `most`. */
export async function countFailures(transaction: Transaction, reach: Reach, hours: number, most: number): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(
    sql`select count(*)::int as count from (select ${unmendedFailures(reach, hours)} limit ${most}) as counted`,
  )
  return row?.count ?? 0
}

/** The newest of them, without inputs and results, which may be large. */
export function listNewestFailures(transaction: Transaction, reach: Reach, hours: number, limit: number): Promise<ExecutionRow[]> {
  return transaction.query<ExecutionRow>(sql`
    select failed.id, failed.organization_id, failed.kind, failed.name, failed.status, failed.priority, '{}'::jsonb as input,
      null::jsonb as result, failed.error, failed.timeout_ms, failed.caller, failed.progress, failed.code_version, failed.retry_of,
      failed.worker_id, failed.claim, failed.created_at, failed.started_at, failed.completed_at
    ${unmendedFailures(reach, hours)}
    order by failed.id desc
    limit ${limit}`)
}
