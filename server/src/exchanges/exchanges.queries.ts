import { type Database, empty, readInScope, type Scope, sql, type Transaction } from '../platform/database/database.ts'
import { isWithin } from '../platform/database/scope.ts'
import type { ExchangeLine, ExchangePurpose } from './exchange-line.ts'

/** Keeps exchanges under their executions, as far as these are there. Safe to repeat. */
export async function insertExchanges(transaction: Transaction, lines: readonly ExchangeLine[]): Promise<void> {
  const column = <Key extends keyof ExchangeLine>(key: Key) => lines.map((line) => line[key])
  await transaction.query(sql`
    insert into execution_exchanges (
      execution_id, id, organization_id, step_key, purpose, integration, method, scheme, host, path, attempt, status, failure_kind, failure_message,
      request_bytes, response_bytes, waited_ms, started_at, first_byte_ms, duration_ms, request_body, response_body)
    select e.id, line.id, e.organization_id, line.step_key, line.purpose, line.integration, line.method, line.scheme, line.host, line.path, line.attempt, line.status,
      line.failure_kind, line.failure_message, line.request_bytes, line.response_bytes, line.waited_ms,
      to_timestamp(line.started_at_ms / 1000), line.first_byte_ms, line.duration_ms, line.request_body, line.response_body
    from unnest(
      ${column('executionId')}::uuid[], ${column('id')}::uuid[], ${column('stepKey')}::text[], ${column('purpose')}::text[], ${column('integration')}::text[],
      ${column('method')}::text[], ${column('scheme')}::text[], ${column('host')}::text[], ${column('path')}::text[], ${column('attempt')}::int[], ${column('status')}::int[],
      ${column('failureKind')}::text[], ${column('failureMessage')}::text[], ${column('requestBytes')}::bigint[], ${column('responseBytes')}::bigint[],
      ${column('waitedMs')}::float8[], ${column('startedAtMs')}::float8[], ${column('firstByteMs')}::float8[], ${column('durationMs')}::float8[],
      ${column('requestBody')}::text[], ${column('responseBody')}::text[]
    ) as line (execution_id, id, step_key, purpose, integration, method, scheme, host, path, attempt, status, failure_kind, failure_message,
      request_bytes, response_bytes, waited_ms, started_at_ms, first_byte_ms, duration_ms, request_body, response_body)
    join executions e on e.id = line.execution_id and e.id = any(${[...new Set(column('executionId'))]}::uuid[])
    on conflict do nothing`)
}

export type FailedExchange = Pick<ExchangeLine, 'executionId' | 'id'> & { kind: string }

/** Exchanges whose calls failed by what was answered, as it turned out once they were kept. */
export async function failExchanges(transaction: Transaction, failed: readonly FailedExchange[]): Promise<void> {
  const executionIds = failed.map(({ executionId }) => executionId)
  await transaction.query(sql`
    update execution_exchanges x set failure_kind = failed.kind
    from unnest(${executionIds}::uuid[], ${failed.map(({ id }) => id)}::uuid[], ${failed.map(({ kind }) => kind)}::text[]) as failed (execution_id, id, kind)
    where x.execution_id = failed.execution_id and x.execution_id = any(${[...new Set(executionIds)]}::uuid[])
      and x.id = failed.id and x.failure_kind is null`)
}

export type Traffic = { integration: string; host: string; outcome: string; calls: number; waitedMs: number; durationMs: number }

/** Adds to the figures of all workers. In one order, so that two workers do not wait for each other in a circle. */
export async function addTraffic(transaction: Transaction, traffic: readonly Traffic[]): Promise<void> {
  await transaction.query(sql`
    insert into vendor_traffic as t (integration, host, outcome, calls, waited_ms, duration_ms)
    select * from unnest(
      ${traffic.map(({ integration }) => integration)}::text[], ${traffic.map(({ host }) => host)}::text[], ${traffic.map(({ outcome }) => outcome)}::text[],
      ${traffic.map(({ calls }) => calls)}::bigint[], ${traffic.map(({ waitedMs }) => waitedMs)}::float8[], ${traffic.map(({ durationMs }) => durationMs)}::float8[]
    ) as added (integration, host, outcome, calls, waited_ms, duration_ms)
    order by 1, 2, 3
    on conflict (integration, host, outcome) do update
      set calls = t.calls + excluded.calls, waited_ms = t.waited_ms + excluded.waited_ms, duration_ms = t.duration_ms + excluded.duration_ms,
        counted_at = now()`)
}

export type ExchangeRow = {
  id: string
  step_key: string | null
  step_name: string | null
  purpose: ExchangePurpose
  integration: string | null
  method: string
  scheme: string
  host: string
  path: string
  attempt: number
  status: number | null
  failure_kind: string | null
  failure_message: string | null
  request_bytes: number
  response_bytes: number
  waited_ms: number
  started_at: Date
  first_byte_ms: number | null
  duration_ms: number
  request_body: string | null
  response_body: string | null
}

export type ExchangeFilter = {
  afterId: string | undefined
  host: string | undefined
  integration: string | undefined
  /** From this status to below that one. */
  status: { from: number; below: number } | undefined
  failedOnly: boolean
  limit: number
}

/** The exchanges of one execution, in the order in which they ended. */
export function listExchanges(db: Database, scope: Scope, executionId: string, filter: ExchangeFilter): Promise<ExchangeRow[]> {
  return readInScope<ExchangeRow>(
    db,
    scope,
    sql`
    select x.id, x.step_key, s.name as step_name, x.purpose, x.integration, x.method, x.scheme, x.host, x.path, x.attempt, x.status, x.failure_kind, x.failure_message,
      x.request_bytes::float8 as request_bytes, x.response_bytes::float8 as response_bytes, x.waited_ms, x.started_at, x.first_byte_ms,
      x.duration_ms, x.request_body, x.response_body
    from execution_exchanges x
    left join execution_steps s on s.execution_id = x.execution_id and s.execution_id = ${executionId} and s.idempotency_key = x.step_key
    where x.execution_id = ${executionId} and ${isWithin(scope, sql`x.organization_id`)}
      ${filter.afterId === undefined ? empty : sql`and x.id > ${filter.afterId}`}
      ${filter.host === undefined ? empty : sql`and x.host = ${filter.host}`}
      ${filter.integration === undefined ? empty : sql`and x.integration = ${filter.integration}`}
      ${filter.status === undefined ? empty : sql`and x.status >= ${filter.status.from} and x.status < ${filter.status.below}`}
      ${filter.failedOnly ? sql`and x.failure_kind is not null` : empty}
    order by x.id limit ${filter.limit}`,
  )
}
