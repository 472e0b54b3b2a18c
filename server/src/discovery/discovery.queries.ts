import type { IntegrationDefinition } from '../definitions/definitions.ts'
import type { ExecutionError } from '../engine/state/executions.ts'
import { type Database, empty, inScope, readInScope, sql, type Transaction } from '../platform/database/database.ts'
import { isOwnedBy, type ValueOwner, writingScope } from '../values/value-scope.ts'

/** What is known of an integration's external organizations, as the credentials of one organization or the global ones see them. */
export type DiscoveryStateRow = {
  definition: IntegrationDefinition | null
  /** Since when its file does not load. */
  definition_missing_since: Date | null
  organization_name: string | null
  organization_is_active: boolean | null
  /** The last run that succeeded. */
  good_run_id: string | null
  cached_at: Date | null
  expires_at: Date | null
  is_fresh: boolean | null
  /** The last run that ended; its error is null where it succeeded. */
  last_run_id: string | null
  last_error: ExecutionError | null
  last_ended_at: Date | null
  /** Of the run that is under way. */
  running_execution_id: string | null
}

/** All of it in one statement, because a cached answer costs nothing else. */
export async function findDiscoveryState(db: Database, name: string, owner: ValueOwner): Promise<DiscoveryStateRow> {
  const ofOwner = sql`integration_name = ${name} and ${isOwnedBy(owner)}`
  const rows = await readInScope<DiscoveryStateRow>(
    db,
    writingScope(owner),
    sql`
    select integration.definition, integration.missing_since as definition_missing_since, organization.name as organization_name, organization.is_active as organization_is_active,
      good.id as good_run_id, good.ended_at as cached_at, good.expires_at, good.expires_at > now() as is_fresh,
      last.id as last_run_id, last.error as last_error, last.ended_at as last_ended_at,
      running.execution_id as running_execution_id
    from (select ${name}::text as name, ${owner}::uuid as owner) as asked
    left join definitions as integration on integration.kind = 'integration' and integration.name = asked.name
    left join organizations as organization on organization.id = asked.owner
    left join lateral (select id, ended_at, expires_at from discovery_runs where ${ofOwner} and is_success order by id desc limit 1) as good on true
    left join lateral (select id, error, ended_at from discovery_runs where ${ofOwner} and ended_at is not null order by id desc limit 1) as last on true
    left join lateral (select execution_id from discovery_runs where ${ofOwner} and ended_at is null) as running on true`,
  )
  return rows[0] as DiscoveryStateRow // one row, whatever is there
}

/** Opens a run. Of simultaneous ones all but one are refused by a constraint. */
export async function insertRun(
  transaction: Transaction,
  run: { id: string; integrationName: string; owner: ValueOwner; executionId: string },
): Promise<void> {
  await transaction.query(sql`
    insert into discovery_runs (id, integration_name, organization_id, execution_id)
    values (${run.id}, ${run.integrationName}, ${run.owner}, ${run.executionId})`)
}

/** Opens the run of an execution that has none yet, as one that was retried; not where another is under way. */
export async function ensureRun(
  db: Database,
  run: { id: string; integrationName: string; owner: ValueOwner; executionId: string },
): Promise<void> {
  await inScope(db, writingScope(run.owner), (transaction) =>
    transaction.query(sql`
      insert into discovery_runs (id, integration_name, organization_id, execution_id)
      values (${run.id}, ${run.integrationName}, ${run.owner}, ${run.executionId})
      on conflict do nothing`),
  )
}

/** @returns undefined if the execution has no open run */
export async function lockOpenRun(
  transaction: Transaction,
  executionId: string,
): Promise<{ id: string; integration_name: string; organization_id: string | null } | undefined> {
  const rows = await transaction.query<{ id: string; integration_name: string; organization_id: string | null }>(sql`
    select id, integration_name, organization_id from discovery_runs where execution_id = ${executionId} and ended_at is null for update`)
  return rows[0]
}

/** Ends a run well: what it did not see is gone from now on. A definition that is not there any more caches for an hour. */
export async function closeRunAsGood(
  transaction: Transaction,
  run: { id: string; integrationName: string; owner: ValueOwner },
): Promise<void> {
  const ofOwner = sql`integration_name = ${run.integrationName} and ${isOwnedBy(run.owner)}`
  await transaction.query(sql`
    update external_organizations set gone_at = now()
    where ${ofOwner} and last_run_id <> ${run.id} and gone_at is null`)
  await transaction.query(sql`
    update discovery_runs
    set ended_at = now(), is_success = true, error = null,
      organization_count = (select count(*) from external_organizations where ${ofOwner} and last_run_id = ${run.id}),
      expires_at = now() + make_interval(secs => coalesce(
        (select (definition ->> 'discoveryCacheSeconds')::float8 from definitions where kind = 'integration' and name = ${run.integrationName}), 3600))
    where id = ${run.id}`)
}

/** Ends a run that failed: nothing is marked as gone, and what was known before stays. */
export async function closeRunAsFailed(transaction: Transaction, runId: string, error: ExecutionError): Promise<void> {
  await transaction.query(sql`
    update discovery_runs as run
    set ended_at = now(), is_success = false, error = ${JSON.stringify(error)},
      organization_count = (select count(*) from external_organizations as seen
        where seen.integration_name = run.integration_name and seen.organization_id is not distinct from run.organization_id and seen.last_run_id = run.id)
    where id = ${runId}`)
}

export type RunRow = {
  id: string
  execution_id: string
  started_at: Date
  ended_at: Date | null
  is_success: boolean | null
  organization_count: number
  error: ExecutionError | null
}

/** Newest first. */
export function listRunRows(
  db: Database,
  name: string,
  owner: ValueOwner,
  page: { beforeId: string | undefined; limit: number },
): Promise<RunRow[]> {
  return readInScope<RunRow>(
    db,
    writingScope(owner),
    sql`
    select id, execution_id, started_at, ended_at, is_success, organization_count, error from discovery_runs
    where integration_name = ${name} and ${isOwnedBy(owner)} ${page.beforeId === undefined ? empty : sql`and id < ${page.beforeId}`}
    order by id desc
    limit ${page.limit}`,
  )
}
