import { type Database, readInScope, sql } from '../platform/database/database.ts'
import type { CredentialNames } from './credential-names.ts'
import { type Declaration, declarationOf, type LimitSpec, type Limits, limitsIn, maxLagMs } from './limits.ts'

// A budget is of a credential, which calls of all organizations may use.
const all = 'allOrganizations'

export type BudgetIdentity = {
  id: string
  integration: string | null
  host: string
  credential: string
  organizationId: string | null
  named: CredentialNames
}

/** What nobody has declared for this time holds no more: code may declare a larger limit than it did. */
export const declaredForMs = 15 * 60_000

export type OpenedBudget = {
  pausedMs: number
  /** The strictest of all that were declared lately, here and elsewhere. */
  limits: LimitSpec[]
  /** They are others than before. */
  isChanged: boolean
}

/** Makes the budget known, with the limits as they are declared here now. */
export async function openBudgetRow(db: Database, identity: BudgetIdentity, limits: readonly LimitSpec[]): Promise<OpenedBudget> {
  const rows = await readInScope<{ paused_ms: number; declared: Declaration; before: Declaration | null }>(
    db,
    all,
    sql`
    with given as (
      select coalesce(jsonb_object_agg(key, value || jsonb_build_object('at_ms', extract(epoch from clock_timestamp()) * 1000)), '{}') as declared
      from jsonb_each(${JSON.stringify(declarationOf([limits]))}::jsonb)
    ), before as (select declared from budgets where id = ${identity.id})
    insert into budgets as b (id, integration, host, credential, organization_id, named, declared)
    select ${identity.id}, ${identity.integration}, ${identity.host}, ${identity.credential}, ${identity.organizationId}::uuid,
      ${JSON.stringify(identity.named)}::jsonb, declared from given
    on conflict (id) do update set used_at = now(), named = excluded.named, integration = coalesce(b.integration, excluded.integration), declared = (
      select coalesce(jsonb_object_agg(key, value), '{}') from (
        select distinct on (key) key, value
        from (select * from jsonb_each(b.declared) union all select * from jsonb_each(excluded.declared)) as each_declared
        where (value ->> 'at_ms')::float8 > extract(epoch from clock_timestamp()) * 1000 - ${declaredForMs}
        order by key, (value ->> 'usable')::float8, (value ->> 'at_ms')::float8 desc) as strictest)
    returning greatest(0, coalesce(extract(epoch from b.paused_until - clock_timestamp()) * 1000, 0))::float8 as paused_ms, b.declared,
      (select declared from before) as before`,
  )
  const [{ paused_ms: pausedMs, declared, before } = { paused_ms: 0, declared: {}, before: null }] = rows
  return { pausedMs, limits: limitsIn(declared), isChanged: before !== null && namesOf(before) !== namesOf(declared) }
}

const namesOf = (declaration: Declaration) => JSON.stringify(Object.entries(declaration).map(([key, { usable }]) => [key, usable]))

/** Where something counts that was taken: under which limit, and until when. */
export type Slot = { key: string; until: number }

/**
 * What became of what was taken. `agoMs`: that long ago it had reached the vendor; otherwise it was not used, and is given back. `isLate`: it
 * came too late to be used.
 */
export type Report = Slot & { count: number; agoMs?: number; isLate?: boolean }

export type Question = {
  budgetId: string
  workerId: string
  limits: Limits
  /** What is given is used within this time from now, in milliseconds, or given back. */
  holdMs: number
  reports: readonly Report[]
  /** Calls. */
  underWay: number
  /** Those that wait. */
  people: number
  behind: number
  /** Those that are likely to come within the time that a chunk may be used. */
  ahead: number
  inHand: number
  maxGranted: number
  organizations: number
}

export type Answer = {
  granted: number
  slots: Slot[]
  /** So many calls may be under way at the same time. */
  allotted: number
  /** When to ask again, where not all was granted. */
  waitMs: number | null
  pausedMs: number
  othersWait: boolean
}

/** Takes from a budget what may be used at once, in one statement. Undefined where the budget is not known. */
export async function askBudget(db: Database, question: Question): Promise<Answer | undefined> {
  const { limits } = question
  const windows = limits.windows.map((window) => ({
    key: window.key,
    people: window.people,
    background: window.background,
    per_ms: window.perMs,
    fixed: window.isFixed,
    skew_ms: window.skewMs,
    grain_ms: window.grainMs,
    chunk: window.chunk,
  }))
  const reports = question.reports.map(({ key, until, count, agoMs, isLate }) => ({
    ...{ key, until, count, ago_ms: agoMs ?? null },
    ...(isLate ? { late: true } : {}),
  }))
  const rows = await readInScope<{
    granted: number | null
    slots: Slot[]
    allotted: number
    wait_ms: number | null
    paused_ms: number
    others_wait: boolean
  }>(
    db,
    all,
    sql`
    select granted, slots, allotted, wait_ms, paused_ms, others_wait from take_budget(
      ${question.budgetId}, ${question.workerId}, ${JSON.stringify(windows)}::jsonb, ${JSON.stringify(reports)}::jsonb, ${question.holdMs + maxLagMs}::float8,
      ${limits.maxParallel ?? null}::int, ${question.underWay}::int, ${question.people}::int, ${question.behind}::int, ${question.ahead}::int,
      ${question.inHand}::int, ${question.maxGranted}::int, ${question.organizations}::int)`,
    'kept',
  )
  const [row] = rows
  if (!row || row.granted === null) return undefined
  return {
    granted: row.granted,
    slots: row.slots,
    allotted: row.allotted,
    waitMs: row.wait_ms,
    pausedMs: row.paused_ms,
    othersWait: row.others_wait,
  }
}

/** Has all who use the budget wait. A pause is not shortened by a later one. Returns how long it lasts from now on. */
export async function pauseBudget(
  db: Database,
  identity: BudgetIdentity,
  { ms = null, reason }: { ms: number | undefined | null; reason: string },
): Promise<number> {
  const rows = await readInScope<{ paused_ms: number }>(
    db,
    all,
    // What is refused while it is paused was sent before: it says nothing new, unless the vendor names a longer time. A vendor that
    // names none is given twice as long each time, up to a minute, until it was left alone for ten.
    sql`
    insert into budgets as b (id, integration, host, credential, organization_id, named, strikes, paused_at, pause_reason, paused_until)
    values (${identity.id}, ${identity.integration}, ${identity.host}, ${identity.credential}, ${identity.organizationId},
      ${JSON.stringify(identity.named)}, 1, clock_timestamp(), ${reason}, clock_timestamp() + make_interval(secs => coalesce(${ms}::float8 / 1000, 1)))
    on conflict (id) do update set
      strikes = case when b.paused_until > clock_timestamp() then b.strikes
        when b.paused_until > clock_timestamp() - interval '10 minutes' then b.strikes + 1 else 1 end,
      paused_at = case when b.paused_until > clock_timestamp() then b.paused_at else clock_timestamp() end,
      pause_reason = case when b.paused_until > clock_timestamp() then b.pause_reason else excluded.pause_reason end,
      paused_until = greatest(b.paused_until, case
        when ${ms}::float8 is not null then excluded.paused_until
        when b.paused_until > clock_timestamp() then b.paused_until
        when b.paused_until > clock_timestamp() - interval '10 minutes'
          then clock_timestamp() + make_interval(secs => least(60, power(2, least(b.strikes, 6))))
        else excluded.paused_until end)
    returning (extract(epoch from b.paused_until - clock_timestamp()) * 1000)::float8 as paused_ms`,
  )
  return rows[0]?.paused_ms ?? 0
}

/** How long pauses last from now on. */
export async function listPauses(db: Database, budgetIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await readInScope<{ id: string; paused_ms: number }>(
    db,
    all,
    sql`
    select id, (extract(epoch from paused_until - clock_timestamp()) * 1000)::float8 as paused_ms
    from budgets where id = any(${[...budgetIds]}) and paused_until > clock_timestamp()`,
  )
  return new Map(rows.map(({ id, paused_ms }) => [id, paused_ms]))
}
