import { causeOf } from '../engine/failures/causes.ts'
import type { Caller } from '../engine/state/executions.ts'
import { matchingMappingIds } from '../mapping-lists/mapping-filter.ts'
import { connectionTest } from '../mappings/tests/connection-test-kind.ts'
import { busyStatuses, untestedCodes } from '../mappings/untested.ts'
import { hasFieldValue } from '../organizations/organizations.ts'
import { type Database, empty, join, readInScope, type Scope, type Sql, sql, type Transaction } from '../platform/database/database.ts'
import { type Among, isWithin } from '../platform/database/scope.ts'
import type { JsonObject } from '../protocol/json.ts'
import { type BatchKind, kinds } from '../protocol/kinds.ts'
import type { BatchState, Counts } from './batch.ts'
import { mappedIntegration, type Selection, selectedField, selectedTag } from './selection.ts'
import { filterOfTests } from './tested-mappings.ts'

export type BatchRow = {
  id: string
  kind: BatchKind
  name: string
  parameters: JsonObject
  timeout_ms: number
  deadline_ms: number | null
  selection: Selection
  reach: string[] | null
  caller: Caller
  schedule_name: string | null
  due_at: Date | null
  state: BatchState
  is_paused: boolean
  created_at: Date
  completed_at: Date | null
}

/** With its items counted by their status, and the time of the last end so far. */
export type CountedRow = BatchRow & { counts: Partial<Counts>; last_end: Date | null }

export type BatchDraft = Pick<
  BatchRow,
  'id' | 'kind' | 'name' | 'parameters' | 'timeout_ms' | 'deadline_ms' | 'selection' | 'reach' | 'caller'
> &
  Pick<BatchRow, 'schedule_name' | 'due_at'> & { idempotency_key: string | null }

/** Inserts a batch, or nothing where its due time has fired or its key was used before: of simultaneous ones one wins. */
export async function insertBatch(transaction: Transaction, draft: BatchDraft): Promise<BatchRow | undefined> {
  const rows = await transaction.query<BatchRow>(sql`
    insert into batches (id, kind, name, parameters, timeout_ms, deadline_ms, selection, reach, caller, schedule_name, due_at, idempotency_key)
    values (${draft.id}, ${draft.kind}, ${draft.name}, ${JSON.stringify(draft.parameters)}, ${draft.timeout_ms}, ${draft.deadline_ms},
      ${JSON.stringify(draft.selection)}, ${draft.reach}, ${JSON.stringify(draft.caller)}, ${draft.schedule_name}, ${draft.due_at}, ${draft.idempotency_key})
    on conflict do nothing
    returning *`)
  return rows[0]
}

/** The batch that stands in the way of another with its due time or key. */
export async function findRival(
  transaction: Transaction,
  draft: Pick<BatchDraft, 'name' | 'schedule_name' | 'due_at' | 'idempotency_key'>,
): Promise<BatchRow | undefined> {
  const rows = await transaction.query<BatchRow>(sql`
    select * from batches
    where (schedule_name = ${draft.schedule_name} and due_at = ${draft.due_at}) or (name = ${draft.name} and idempotency_key = ${draft.idempotency_key})
    limit 1`)
  return rows[0]
}

function selected(selection: Selection, scope: Scope) {
  const integration = mappedIntegration(selection)
  const tag = selectedTag(selection)
  const field = selectedField(selection)
  const conditions = [
    Array.isArray(selection) ? sql`o.id = any(${selection}::uuid[])` : sql`o.is_active`,
    ...(integration === undefined
      ? []
      : [
          sql`exists (select from organization_mappings x where x.organization_id = o.id and x.integration_name = ${integration} and x.is_active)`,
        ]),
    ...(tag === undefined ? [] : [sql`o.tags @> ${[tag]}::text[]`]),
    ...(field === undefined ? [] : [hasFieldValue(sql`o.fields`, field)]),
    isWithin(scope, sql`o.id`),
  ]
  return join(conditions, ' and ')
}

/**
 * Writes down what the batch is for: organizations, or those of their active mappings that its parameters speak of. An organization that
 * was named by its id and is not active is skipped.
 *
 * @returns how many items
 */
export async function insertItems(transaction: Transaction, batch: BatchRow, scope: Scope): Promise<number> {
  const isOfMappings = kinds[batch.kind].batchedBy === 'mapping'
  // All of them are taken without asking which.
  const isFiltered = isOfMappings && Object.keys(batch.parameters).length > 0
  const filter = { ...filterOfTests(isFiltered ? batch.parameters : {}), organizationIds: undefined }
  const matching = matchingMappingIds(scope, filter)
  const rows = await transaction.query<{ total: number }>(sql`
    with made as (
      insert into batch_items (batch_id, subject_id, organization_id, is_skipped)
      select ${batch.id}, ${isOfMappings ? sql`m.id` : sql`o.id`}, o.id, not o.is_active
      from organizations o ${isOfMappings ? sql`join organization_mappings m on m.organization_id = o.id and m.is_active ${isFiltered ? sql`and m.id in (${matching})` : empty}` : empty}
      where ${selected(batch.selection, scope)}
      returning 1
    )
    select count(*)::int as total from made`)
  return rows[0]?.total ?? 0
}

/** The first active organizations of a selection, by name. */
export function listSelectedRows(db: Database, scope: Scope, selection: Selection, limit: number): Promise<{ id: string; name: string }[]> {
  return readInScope(
    db,
    scope,
    sql`select o.id, o.name from organizations o where o.is_active and ${selected(selection, scope)} order by o.name, o.id limit ${limit}`,
  )
}

/** The organizations in scope, where these are not listed already. */
export async function listOrganizationIds(transaction: Transaction): Promise<string[]> {
  return (await transaction.query<{ id: string }>(sql`select id from organizations`)).map(({ id }) => id)
}

/** Those of these ids that no organization in scope has. */
export async function findUnknownOrganizations(db: Database, scope: Scope, ids: readonly string[]): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(
    db,
    scope,
    sql`
    select id from unnest(${ids}::uuid[]) as given (id)
    where not exists (select from organizations o where o.id = given.id and ${isWithin(scope, sql`o.id`)})`,
  )
  return rows.map((row) => row.id)
}

// A test that found a failure: its code ran to its end and said so, so that the execution itself succeeded.
export const isFailedTest = sql`(e.kind = ${connectionTest} and e.status = 'success' and (e.result ->> 'success') is distinct from 'true')`

// A test that was not made, which says nothing about the mapping.
const isUntested = sql`(e.kind = ${connectionTest} and (
  (e.status = 'failed' and e.error -> 'details' ->> 'code' = any(${[...untestedCodes]}::text[]))
  or (${isFailedTest} and e.result -> 'details' ->> 'status_code' = any(${[...busyStatuses]}::text[]))))`

// What has not been submitted waits, or will never run; what retention has removed is known by its absence.
export const itemStatus = sql`
  case when i.is_skipped then 'skipped'
    when i.execution_id is null then case when b.state = 'cancelled' then 'cancelled' else 'pending' end
    when e.id is null then 'expired'
    when e.status = 'held' then 'pending'
    when ${isUntested} then 'not_tested'
    when ${isFailedTest} then 'failed'
    else e.status end`
export const itemExecution = sql`batch_items i left join executions e on e.batch_id = i.batch_id and e.id = i.execution_id`

const counted = sql`
  select b.id, b.kind, b.name, b.parameters, b.timeout_ms, b.deadline_ms, b.selection, b.reach, b.caller, b.schedule_name, b.due_at, b.state, b.is_paused,
    b.created_at, b.completed_at, coalesce(b.counts, live.counts, '{}') as counts, live.last_end
  from batches b left join lateral (
    select jsonb_object_agg(status, items) as counts, max(last_end) as last_end
    from (select ${itemStatus} as status, count(*) as items, max(e.completed_at) as last_end from ${itemExecution} where i.batch_id = b.id group by 1) by_status
  ) live on b.counts is null`

/** A batch is of no single organization: it is seen where all that could come into it is in scope. Null is for those who have all. */
function within(scope: Scope): Sql {
  return scope === 'allOrganizations' ? empty : sql`and ${isOf(scope)}`
}

function isOf(scope: Scope): Sql {
  if (scope === 'allOrganizations') return sql`true`
  return sql`b.reach is not null and not exists (select from unnest(b.reach) as given (id) where not (${isWithin(scope, sql`given.id`)}))`
}

/** The same where grants are limited to workflows: with the batches of these. */
function withinAmong({ scope, named }: Among): Sql {
  const ofNames = named.map((one) => sql`(b.kind = 'workflow' and b.name = any(${[...one.names]}::text[]) and ${isOf(one.scope)})`)
  return sql`and (${join([isOf(scope), ...ofNames], ' or ')})`
}

export async function findBatchRow(db: Database, scope: Scope, id: string): Promise<CountedRow | undefined> {
  const rows = await readInScope<CountedRow>(db, scope, sql`${counted} where b.id = ${id} ${within(scope)}`)
  return rows[0]
}

/** Those of these ids that a batch in scope has. */
export async function listIdsWithin(db: Database, scope: Scope, ids: readonly string[]): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(
    db,
    scope,
    sql`select b.id from batches b where b.id = any(${ids}::uuid[]) ${within(scope)}`,
  )
  return rows.map((row) => row.id)
}

export type BatchFilter = { among?: Among | undefined; name: string | undefined; beforeId: string | undefined; limit: number }

/** Newest first. */
export function listBatchRows(db: Database, scope: Scope, filter: BatchFilter): Promise<CountedRow[]> {
  return readInScope<CountedRow>(
    db,
    scope,
    sql`
    ${counted} where true ${filter.among ? withinAmong(filter.among) : within(scope)}
      ${filter.name === undefined ? empty : sql`and b.name = ${filter.name}`}
      ${filter.beforeId === undefined ? empty : sql`and b.id < ${filter.beforeId}`}
    order by b.id desc limit ${filter.limit}`,
  )
}

export async function lockBatchRow(transaction: Transaction, id: string): Promise<BatchRow | undefined> {
  const rows = await transaction.query<BatchRow>(sql`select * from batches where id = ${id} for update`)
  return rows[0]
}

export async function updateBatchRow(transaction: Transaction, { id, state, is_paused }: BatchRow): Promise<void> {
  await transaction.query(
    sql`update batches set state = ${state}, is_paused = ${is_paused}, completed_at = null, counts = null where id = ${id}`,
  )
}

const hasFailed = sql`(e.status in ('failed', 'timeout') or ${isFailedTest})`

/** The executions of a batch that failed, as causes are found in them. */
export const failuresOf = (batchId: string, max: number) => sql`
  select e.* from batch_items i join executions e on e.batch_id = i.batch_id and e.id = i.execution_id
  where i.batch_id = ${batchId} and ${hasFailed} order by e.id desc limit ${max}`

/**
 * Takes failed executions, and tests that were not made, out of their items, so that new ones are submitted that continue from them. Returns how many.
 *
 * @param cause only those that failed for it
 */
export async function reopenFailedItems(transaction: Transaction, batchId: string, cause: string | undefined): Promise<number> {
  const rows = await transaction.query<{ reopened: number }>(sql`
    with reopened as (
      update batch_items i set execution_id = null, retry_of = i.execution_id, attempt = i.attempt + 1
      from executions e
      where i.batch_id = ${batchId} and e.batch_id = ${batchId} and e.id = i.execution_id and ${hasFailed}
        ${cause === undefined ? empty : sql`and ${causeOf} = ${cause}`}
      returning 1
    )
    select count(*)::int as reopened from reopened`)
  return rows[0]?.reopened ?? 0
}

/** The newest attempt of an item. */
export async function findItemExecution(transaction: Transaction, batchId: string, subjectId: string): Promise<string | null | undefined> {
  const rows = await transaction.query<{ execution_id: string | null }>(
    sql`select execution_id from batch_items where batch_id = ${batchId} and subject_id = ${subjectId}`,
  )
  return rows[0]?.execution_id
}

export async function replaceItemExecution(
  transaction: Transaction,
  batchId: string,
  subjectId: string,
  executionId: string,
): Promise<void> {
  await transaction.query(
    sql`update batch_items set execution_id = ${executionId}, attempt = attempt + 1 where batch_id = ${batchId} and subject_id = ${subjectId}`,
  )
}

export async function skipItemsOf(transaction: Transaction, batchId: string, executionIds: readonly string[]): Promise<void> {
  await transaction.query(
    sql`update batch_items set is_skipped = true where batch_id = ${batchId} and execution_id = any(${executionIds}::uuid[])`,
  )
}
