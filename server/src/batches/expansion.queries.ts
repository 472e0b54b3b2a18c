import { type Database, readInScope, sql, type Transaction } from '../platform/database/database.ts'
import { type BatchRow, itemExecution, itemStatus } from './batches.queries.ts'

/** Takes a batch to continue with. Undefined where another worker is at it, or nothing is left to submit. */
export async function takeExpandingRow(transaction: Transaction, id: string): Promise<BatchRow | undefined> {
  const rows = await transaction.query<BatchRow>(sql`select * from batches where id = ${id} and state = 'expanding' for update skip locked`)
  return rows[0]
}

/** How many executions of a batch wait, held ones included. */
export async function countWaitingOf(transaction: Transaction, batchId: string): Promise<number> {
  const rows = await transaction.query<{ count: number }>(
    sql`select count(*)::int as count from executions where batch_id = ${batchId} and status in ('pending', 'held')`,
  )
  return rows[0]?.count ?? 0
}

export type WaitingItem = {
  subject_id: string
  organization_id: string
  is_active: boolean
  /** The failed execution that it takes the place of, and the code that this one was of. */
  retry_of: string | null
  code_version: string | null
}

/** The next items without an execution, and whether their organization is still active. */
export function listWaitingItems(transaction: Transaction, batchId: string, limit: number): Promise<WaitingItem[]> {
  return transaction.query<WaitingItem>(sql`
    select i.subject_id, i.organization_id, o.is_active, i.retry_of, e.code_version
    from batch_items i join organizations o on o.id = i.organization_id left join executions e on e.id = i.retry_of
    where i.batch_id = ${batchId} and i.execution_id is null and not i.is_skipped
    order by i.subject_id limit ${limit}`)
}

export async function giveExecutions(
  transaction: Transaction,
  batchId: string,
  given: readonly { subjectId: string; executionId: string }[],
): Promise<void> {
  await transaction.query(sql`
    update batch_items i set execution_id = given.execution_id
    from unnest(${given.map(({ subjectId }) => subjectId)}::uuid[], ${given.map(({ executionId }) => executionId)}::uuid[]) as given (subject_id, execution_id)
    where i.batch_id = ${batchId} and i.subject_id = given.subject_id`)
}

export async function skipItems(transaction: Transaction, batchId: string, subjectIds: readonly string[]): Promise<void> {
  await transaction.query(
    sql`update batch_items set is_skipped = true where batch_id = ${batchId} and subject_id = any(${subjectIds}::uuid[])`,
  )
}

export async function markExpanded(transaction: Transaction, id: string): Promise<void> {
  await transaction.query(sql`update batches set state = 'expanded' where id = ${id}`)
}

/** Oldest first. */
export async function listExpandingIds(db: Database): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(
    db,
    'allOrganizations',
    sql`select id from batches where completed_at is null and state = 'expanding' order by id`,
  )
  return rows.map((row) => row.id)
}

/** Writes the final counts of batches whose executions have all ended. What another transaction has in hand is left for later. */
export async function settleEnded(db: Database): Promise<void> {
  await readInScope(
    db,
    'allOrganizations',
    sql`
    with ended as (
      select id from batches b
      where completed_at is null and state <> 'expanding'
        and not exists (select from executions e where e.batch_id = b.id and e.status in ('pending', 'held', 'running', 'waiting', 'cancelling'))
      for update skip locked
    ), final as (
      select id, coalesce(jsonb_object_agg(status, items) filter (where status is not null), '{}') as counts, max(last_end) as last_end
      from (
        select b.id, case when i.subject_id is not null then ${itemStatus} end as status, count(*) as items, max(e.completed_at) as last_end
        from batches b left join (${itemExecution}) on i.batch_id = b.id
        where b.id in (select id from ended) group by 1, 2
      ) by_status
      group by id
    )
    update batches set completed_at = coalesce(final.last_end, clock_timestamp()), counts = final.counts
    from final where batches.id = final.id and batches.completed_at is null and batches.state <> 'expanding'`,
  )
}
