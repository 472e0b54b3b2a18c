import { type Sql, sql, type Transaction } from '../../platform/database/database.ts'
import { executionKinds, kinds } from '../../protocol/kinds.ts'
import { type SeenOfWorkflows, unmendedFailures } from '../state/failures.queries.ts'

/** What this many fail of is enough to see what to do; with each cause, so many of those that it hit. */
const maxCauses = 20
const maxHit = 100
const maxMessage = 1_000

// What failed is in the error, or of a connection test that found a failure in its result. All of `executions as e`.
const message = sql`left(coalesce(e.error ->> 'message', e.result ->> 'message', ''), ${maxMessage})`
const code = sql`e.error #>> '{details,code}'`
const kindsOfIntegrations = executionKinds.filter((kind) => kinds[kind].asks !== null)
const integration = sql`coalesce(e.error #>> '{details,integration_name}', case when e.kind = any(${kindsOfIntegrations}::text[]) then e.name end)`

// Given where a mapping was named that is not there, which another mapping would not mend.
const mappingId = sql`e.error #>> '{details,mapping_id}'`

// The sentences of these name the organization and its ids, and say the same of each.
const saysTheSame = sql`coalesce(e.error #>> '{details,code}', '') in ('mapping_not_found', 'multiple_mappings', 'secret_not_found', 'timeout')`

/**
 * A message without what differs from customer to customer: their names and domains in quotes, ids and numbers.
 *
 * @param name of the customer
 */
export const withoutNames = (text: Sql, name: Sql): Sql => sql`regexp_replace(
  regexp_replace(
    replace(${text}, ${name}, '#'),
    '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![[:alnum:]])(''[^'']*''|"[^"]*")(?![[:alnum:]])|https?://[^[:space:]]+', '#', 'gi'),
  '[0-9]+', '#', 'g')`

const ownName = sql`coalesce((select name from organizations where id = e.organization_id), e.name)`

/**
 * By which failures of `executions as e` are one: for the same reason, whichever organization it hit. Opaque, and the same for as long as
 * the execution is kept.
 */
export const causeOf = sql`md5(concat_ws('|', coalesce(${code}, e.error ->> 'type', e.status), ${integration},
  case when ${saysTheSame} then concat(e.error #>> '{details,key}', ${mappingId} is not null) else ${withoutNames(message, ownName)} end))`

export type CauseRow = {
  cause: string
  count: number
  code: string | null
  type: string | null
  integration_name: string | null
  failure_kind: string | null
  mapping_id: string | null
  /** Of the newest. */
  message: string
  guidance: string | null
  newest_at: Date
  /** The newest of them. */
  hit: { org_id: string | null; org_name: string | null; execution_id: string; workflow_name: string }[]
}

/**
 * Failures put together by their causes, the most frequent first.
 *
 * @param failures selects `e.*` of the executions that failed
 */
export function listCauseRows(transaction: Transaction, failures: Sql): Promise<CauseRow[]> {
  return transaction.query<CauseRow>(sql`
    with failed as materialized (
      select e.id, e.name, e.organization_id, e.created_at, e.completed_at, ${causeOf} as cause, ${code} as code, e.error ->> 'type' as type,
        ${integration} as integration_name, e.error #>> '{details,failure_kind}' as failure_kind, ${mappingId} as mapping_id, ${message} as message,
        left(coalesce(e.error #>> '{details,guidance}', e.result #>> '{details,guidance}'), ${maxMessage}) as guidance
      from (${failures}) as e
    ), ranked as (
      select failed.*, o.name as org_name, row_number() over (partition by cause order by failed.id desc) as place,
        count(*) over (partition by cause) as total
      from failed left join organizations o on o.id = failed.organization_id
    )
    select cause, max(total)::int as count, (array_agg(code order by place))[1] as code, (array_agg(type order by place))[1] as type,
      (array_agg(integration_name order by place))[1] as integration_name, (array_agg(failure_kind order by place))[1] as failure_kind, (array_agg(mapping_id order by place))[1] as mapping_id, (array_agg(message order by place))[1] as message,
      (array_agg(guidance order by place))[1] as guidance, max(coalesce(completed_at, created_at)) as newest_at,
      jsonb_agg(jsonb_build_object('org_id', organization_id, 'org_name', org_name, 'execution_id', id, 'workflow_name', name) order by place) as hit
    from ranked where place <= ${maxHit}
    group by cause order by max(total) desc, cause limit ${maxCauses}`)
}

/** Workflows that failed lately and were not tried again, as `listCauseRows` takes them. */
export const recentFailures = (seen: SeenOfWorkflows, hours: number, max: number) =>
  sql`select e.* ${unmendedFailures(seen, hours)} order by e.id desc limit ${max}`

/** Those of a cause, oldest first, so that who waited longest comes first. */
export async function listIdsOfCause(
  transaction: Transaction,
  given: { seen: SeenOfWorkflows; hours: number; cause: string; max: number },
): Promise<string[]> {
  const rows = await transaction.query<{ id: string }>(
    sql`select e.id ${unmendedFailures(given.seen, given.hours)} and ${causeOf} = ${given.cause} order by e.id limit ${given.max}`,
  )
  return rows.map(({ id }) => id)
}
