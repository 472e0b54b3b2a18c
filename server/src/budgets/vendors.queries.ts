import { type Database, empty, readInScope, type Scope, sql } from '../platform/database/database.ts'
import { isWithin } from '../platform/database/scope.ts'
import type { CredentialNames } from './credential-names.ts'
import type { Declaration } from './limits.ts'

export type VendorRow = {
  id: string
  integration: string | null
  host: string
  organization_id: string | null
  /** Empty where it was not used since it has names. */
  named: Partial<CredentialNames>
  declared: Declaration
  used_at: Date
  /** What is spent of each limit of requests, by its key. */
  spent: Record<string, number>
  under_way: number
  people: number
  background: number
  paused_until: Date | null
  pause_reason: string | null
  down_until: Date | null
  down_reason: string | null
  /** Whose calls alone wait; null where those of all do. */
  down_callers: number | null
}

/**
 * Calls of a worker that wait. One that has all places for itself asks for no more, and those that wait behind its own calls are known
 * from when it last renewed its lease.
 */
const behind = sql`case when wants_until_ms > extract(epoch from clock_timestamp()) * 1000 then background
  when permits > 0 and leased_until_ms > extract(epoch from clock_timestamp()) * 1000 then greatest(0, demand - permits) end`

const nowMs = sql`(extract(epoch from clock_timestamp()) * 1000)`

/** The credentials that calls were made with, and how their budgets are. */
export function listVendors(
  db: Database,
  scope: Scope,
  filter: { integration: string | undefined; afterId: string | undefined; limit: number },
): Promise<VendorRow[]> {
  return readInScope<VendorRow>(
    db,
    scope,
    sql`
    select b.id, b.integration, b.host, b.organization_id, b.named, b.declared, b.used_at,
      coalesce((select json_object_agg(s.limit_key, s.count) from (
        select limit_key, sum(count)::int as count from budget_spent where budget_id = b.id and until_ms > ${nowMs} group by 1) s), '{}') as spent,
      coalesce(w.under_way, 0)::int as under_way, coalesce(w.people, 0)::int as people, coalesce(w.background, 0)::int as background,
      case when b.paused_until > clock_timestamp() then b.paused_until end as paused_until,
      case when b.paused_until > clock_timestamp() then b.pause_reason end as pause_reason,
      v.open_until as down_until, v.reason as down_reason, v.callers as down_callers
    from budgets b
    left join lateral (
      select sum(permits) filter (where leased_until_ms > ${nowMs}) as under_way,
        sum(people) filter (where wants_until_ms > ${nowMs}) as people, sum(${behind}) as background
      from budget_workers where budget_id = b.id) w on true
    left join lateral (
      -- That of the host first: it has all wait.
      select open_until, reason, case when credential is not null then (count(*) over ())::int end as callers
      from vendor_breakers where host = b.host and (credential is null or credential = b.credential)
      order by credential nulls first, open_until desc limit 1) v on true
    where ${isWithin(scope, sql`b.organization_id`)}
      ${filter.integration === undefined ? empty : sql`and b.integration = ${filter.integration}`}
      ${filter.afterId === undefined ? empty : sql`and b.id > ${filter.afterId}`}
    order by b.id limit ${filter.limit}`,
  )
}

export type VendorFigures = { integration: string; host: string; waiting: number; paused: number; down: number }

/** How the vendors are at this moment, for figures: calls that wait, credentials that are paused, and whether nobody calls it. */
export function listVendorFigures(db: Database, limit: number): Promise<VendorFigures[]> {
  return readInScope<VendorFigures>(
    db,
    'allOrganizations',
    sql`
    select coalesce(b.integration, '') as integration, b.host, coalesce(sum(w.waiting), 0)::int as waiting,
      count(*) filter (where b.paused_until > clock_timestamp())::int as paused,
      (exists (select from vendor_breakers v where v.id = b.host))::int as down
    from budgets b
    left join lateral (
      select coalesce(sum(people) filter (where wants_until_ms > ${nowMs}), 0) + coalesce(sum(${behind}), 0) as waiting
      from budget_workers where budget_id = b.id) w on true
    where b.used_at > now() - interval '1 day'
    group by 1, 2 limit ${limit}`,
  )
}
