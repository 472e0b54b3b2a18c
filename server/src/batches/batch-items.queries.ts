import type { ExecutionError } from '../engine/state/executions.ts'
import { shortErrorColumn } from '../engine/state/short-error.ts'
import { type Database, empty, readInScope, type Scope, sql } from '../platform/database/database.ts'
import { isWithin } from '../platform/database/scope.ts'
import type { JsonValue } from '../protocol/json.ts'
import { isFailedTest, itemExecution, itemStatus } from './batches.queries.ts'
import type { ItemStatus } from './batches.ts'

export type ItemRow = {
  subject_id: string
  organization_id: string
  organization_name: string
  status: ItemStatus
  attempt: number
  execution_id: string | null
  result: JsonValue
  /** Of a result that is too large to be shown whole: how its JSON begins. */
  result_beginning: string | null
  error: ExecutionError | null
  /** What a connection test that found a failure says of it; null of anything else. */
  test_failure: string | null
  /** The details that such a test gave, and the integration that it is of. */
  test_details: JsonValue
  test_of: string | null
  started_at: Date | null
  completed_at: Date | null
}

/** Of a larger result a list shows the beginning. In bytes of JSON; what is larger even compressed need not be unpacked to be measured. */
const maxShownBytes = 16_384
const shownChars = 1_000
const isShown = sql`(pg_column_size(e.result) <= ${maxShownBytes} and octet_length(e.result::text) <= ${maxShownBytes})`

export type ItemFilter = { status: ItemStatus | undefined; afterId: string | undefined; limit: number }

/** In order of the organizations' ids, or the mappings'. */
export function listItemRows(db: Database, scope: Scope, batchId: string, filter: ItemFilter): Promise<ItemRow[]> {
  return readInScope<ItemRow>(
    db,
    scope,
    sql`
    select i.subject_id, i.organization_id, o.name as organization_name, ${itemStatus} as status, i.attempt, i.execution_id,
      case when ${isShown} then e.result end as result,
      case when e.result is not null and not ${isShown} then substr(e.result::text, 1, ${shownChars}) end as result_beginning,
      ${shortErrorColumn} as error,
      case when ${isFailedTest} then coalesce(e.result ->> 'message', '') end as test_failure,
      case when ${isFailedTest} and ${isShown} then e.result -> 'details' end as test_details,
      case when ${isFailedTest} then e.name end as test_of, e.started_at, e.completed_at
    from batches b join (${itemExecution}) on i.batch_id = b.id join organizations o on o.id = i.organization_id
    where b.id = ${batchId} and ${isWithin(scope, sql`i.organization_id`)}
      ${filter.status === undefined ? empty : sql`and ${itemStatus} = ${filter.status}`}
      ${filter.afterId === undefined ? empty : sql`and i.subject_id > ${filter.afterId}`}
    order by i.subject_id limit ${filter.limit}`,
  )
}
