import { type Database, inScope, readInScope, sql } from '../../platform/database/database.ts'
import { advisoryLocks } from '../../platform/database/locks.ts'
import type { RunOrder } from '../../protocol/channel.ts'
import type { ExecutionRow } from '../state/executions.queries.ts'

/** A claimed execution and whom it is for. */
export type ClaimedRow = ExecutionRow & { organization: RunOrder['organization'] }

export const organizationColumn = sql`(select json_build_object('id', o.id, 'name', o.name, 'domains', o.domains, 'tenantId', o.tenant_id) from organizations o where o.id = organization_id) as organization`

/** How many executions may be taken. Those that someone waits for are in the interactive lane, the rest in the background one. */
export type ClaimLimits = {
  /** Free places of this worker, and how many of them background executions may have. */
  free: number
  freeForBackground: number
  /** Most places of this worker that one organization may have, and most with background executions. */
  ofOrganization: number
  ofOrganizationForBackground: number
  /** Executions that run at once in all workers together: of one organization, and of all. Null is no limit. */
  perOrganization: number | null
  overall: number | null
}

/** What waits in one lane for one organization under one name: taken from its oldest on. */
export type Line = { organizationId: string; kind: string; name: string }

/** Where the next claim begins in each lane: after the line that the last one took from. */
export type Turn = { interactive: Line; background: Line }

const firstLine: Line = { organizationId: '00000000-0000-0000-0000-000000000000', kind: '', name: '' }
export const firstTurn: Turn = { interactive: firstLine, background: firstLine }

/** Lines of each lane that a claim chooses from, on either side of where it begins, and those it passes by because they are at a limit: bounds what it costs. */
const mostOpenLines = 32
const mostLines = 500

export type Claimed = {
  rows: ClaimedRow[]
  /** Where the next claim begins. */
  turn: Turn
  /** True where another worker was quicker with some: there may be more to take at once. */
  isOvertaken: boolean
}

type Row = ClaimedRow & { chosen: number; cut: { priority: number; line: Line }[] | null }

/**
 * Takes waiting executions: interactive ones first, then those of the organizations that have the fewest running, each line's oldest first.
 * A long line costs as much as a short one. What is over a limit stays and does not hold up what is behind it.
 *
 * @param isLimited something is limited over all workers, so that they claim one after the other
 */
export async function claimPending(
  db: Database,
  given: { workerId: string; codeVersion: string | null; limits: ClaimLimits; turn: Turn; isLimited: boolean },
): Promise<Claimed> {
  const statement = claimStatement(given)
  const rows = given.isLimited
    ? await inScope(db, 'allOrganizations', (transaction) => {
        // What runs must not change between the count and the claim. Whatever is made durable later makes the claim durable as well, so nobody has to wait for the disk while it is held.
        const locked = transaction.query(
          sql`select set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock(${advisoryLocks.claims})`,
        )
        return Promise.all([transaction.query<Row>(statement), locked]).then(([claimed]) => claimed)
      })
    : await readInScope<Row>(db, 'allOrganizations', statement)
  const taken = rows.filter((row) => row.id !== null)
  return { rows: taken, turn: turnAfter(given.turn, taken, rows[0]?.cut ?? []), isOvertaken: (rows[0]?.chosen ?? 0) > taken.length }
}

/** Takes these executions as far as they wait: where there are places enough, nothing has to be weighed. */
export function claimHeard(
  db: Database,
  given: { workerId: string; codeVersion: string | null; ids: readonly string[] },
): Promise<ClaimedRow[]> {
  return readInScope<ClaimedRow>(
    db,
    'allOrganizations',
    sql`
    with held as (
      select id from executions where id = any (${given.ids}) and status = 'pending' order by id for update skip locked
    )
    update executions e
    set ${asTaken(given.workerId, given.codeVersion)}
    from held where e.id = held.id and e.id = any (${given.ids}) and e.status = 'pending'
    returning e.*, ${organizationColumn}`,
    'kept',
  )
}

/** Takes some of what workers that are gone had begun, the oldest first. It kept its place in every limit, so none is asked. */
export function claimLeft(db: Database, given: { workerId: string; codeVersion: string | null; limit: number }): Promise<ClaimedRow[]> {
  return readInScope<ClaimedRow>(
    db,
    'allOrganizations',
    sql`
    with held as materialized (
      select id from executions where status = 'pending' and claim > 0 order by id limit ${given.limit} for update skip locked
    )
    update executions e
    set ${asTaken(given.workerId, given.codeVersion)}
    from held where e.id = held.id and e.status = 'pending'
    returning e.*, ${organizationColumn}`,
  )
}

/** The code version stays that of the first start: what is recorded was asked for by that code. */
function asTaken(workerId: string, codeVersion: string | null) {
  return sql`status = 'running', worker_id = ${workerId}, claim = e.claim + 1, started_at = coalesce(e.started_at, clock_timestamp()),
      code_version = coalesce(e.code_version, ${codeVersion})`
}

/** After the line that the last of the claimed rows of a lane stood in; else after those that were passed by, where there were too many. */
function turnAfter(turn: Turn, rows: readonly ClaimedRow[], cut: NonNullable<Row['cut']>): Turn {
  const last = (priority: number): Line | undefined => {
    const row = rows.findLast((candidate) => candidate.priority === priority && candidate.organization_id !== null)
    if (row) return { organizationId: row.organization_id ?? firstLine.organizationId, kind: row.kind, name: row.name }
    return cut.find((entry) => entry.priority === priority)?.line
  }
  return { interactive: last(1) ?? turn.interactive, background: last(10) ?? turn.background }
}

function claimStatement({ workerId, codeVersion, limits, turn }: Parameters<typeof claimPending>[1]) {
  const { interactive, background } = turn
  return sql`
    with recursive running as materialized (
      select organization_id, kind, name, priority, worker_id = ${workerId} as is_here from executions where status in ('running', 'cancelling')
      union all
      select organization_id, kind, name, priority, false from executions where status = 'pending' and claim > 0
    ), busy as materialized (
      select organization_id, count(*) as everywhere, count(*) filter (where is_here) as here, count(*) filter (where is_here and priority = 10) as background
      from running group by organization_id
    ), limited as materialized (
      select organization_id, kind, name, count(*) as here, sum(count(*)) over (partition by kind, name) as everywhere, per_organization, total
      from running join (
        select name, max_per_organization as per_organization, max_total as total
        from definitions where definitions.kind = 'workflow' and coalesce(max_per_organization, max_total) is not null
      ) concurrency using (name)
      where running.kind = 'workflow' group by organization_id, kind, name, per_organization, total
    ), closed (organization_id, priority, kind, name) as materialized (
      select organization_id, null::smallint, kind, name from limited where here >= per_organization
      union all
      select distinct null::uuid, null::smallint, kind, name from limited where everywhere >= total
      union all
      select organization_id, null, null, null from busy where here >= ${limits.ofOrganization} or everywhere >= ${limits.perOrganization}::int
      union all
      select organization_id, 10, null, null from busy where background >= ${limits.ofOrganizationForBackground}
    ), starts (priority, organization_id, kind, name) as (
      values (1::smallint, ${interactive.organizationId}::uuid, ${interactive.kind}, ${interactive.name}),
        (10::smallint, ${background.organizationId}::uuid, ${background.kind}, ${background.name})
    ), walk (priority, organization_id, kind, name, id, is_again, step, is_open, open) as (
      select priority, organization_id, kind, name, null::uuid, false, 0, false, 0 from starts
      union all
      select priority, ${firstLine.organizationId}::uuid, '', '', null, true, 0, false, 0 from starts
      union all
      select walk.priority, next.organization_id, next.kind, next.name, next.id, walk.is_again, walk.step + 1, looked.is_open, walk.open + looked.is_open::int
      from walk
      join starts on starts.priority = walk.priority
      cross join lateral (
        select e.organization_id, e.kind, e.name, e.id from executions e
        where e.status = 'pending' and e.priority = walk.priority and (e.organization_id, e.kind, e.name) > (walk.organization_id, walk.kind, walk.name)
        order by e.organization_id, e.kind, e.name, e.id limit 1
      ) next
      cross join lateral (
        select not exists (
          select from closed
          where coalesce(closed.organization_id, next.organization_id) = next.organization_id and coalesce(closed.priority, walk.priority) = walk.priority
            and coalesce(closed.kind, next.kind) = next.kind and coalesce(closed.name, next.name) = next.name
        ) as is_open
      ) looked
      where walk.open < ${mostOpenLines} and walk.step < ${mostLines}
        and (not walk.is_again or (next.organization_id, next.kind, next.name) <= (starts.organization_id, starts.kind, starts.name))
    ), lines as materialized (
      select walk.*, concurrency.total - of_name.running as left_of_name,
        greatest(0, least(${limits.free}::int, concurrency.per_organization - of_name.here, concurrency.total - of_name.running)) as room
      from walk
      left join lateral (
        select max_per_organization as per_organization, max_total as total
        from definitions where definitions.kind = 'workflow' and walk.kind = 'workflow' and definitions.name = walk.name
      ) concurrency on true
      left join lateral (
        select count(*) as running, count(*) filter (where running.organization_id = walk.organization_id) as here
        from running where running.kind = walk.kind and running.name = walk.name
      ) of_name on true
      where is_open
    ), candidates as (
      select id, priority, organization_id, kind, name, left_of_name, is_again, step from lines
      union all
      select following.id, lines.priority, lines.organization_id, lines.kind, lines.name, lines.left_of_name, lines.is_again, lines.step
      from lines cross join lateral (
        select e.id from executions e
        where e.status = 'pending' and e.priority = lines.priority and e.id > lines.id
          and e.organization_id = lines.organization_id and e.kind = lines.kind and e.name = lines.name
        order by e.id limit greatest(0, least(lines.room - 1, 2 * ${limits.free}::int / (select count(*) from lines)))
      ) following
      union all
      select first.id, starts.priority, null, first.kind, first.name, null, true, 0
      from starts cross join lateral (
        select e.id, e.kind, e.name from executions e
        where e.status = 'pending' and e.priority = starts.priority and e.organization_id is null
        order by e.kind, e.name, e.id limit ${limits.free}::int
      ) first
    ), ranked as (
      select candidates.*, coalesce(busy.everywhere, 0) as everywhere, coalesce(busy.here, 0) as here, coalesce(busy.background, 0) as background,
        row_number() over (partition by candidates.organization_id order by candidates.priority, id) as nth,
        row_number() over (partition by candidates.organization_id, candidates.priority order by id) as nth_of_lane
      from candidates left join busy on busy.organization_id is not distinct from candidates.organization_id
    ), fitting as (
      select *, everywhere + nth as load,
        row_number() over (partition by kind, name order by priority, everywhere + nth, is_again, step, id) as nth_of_name,
        row_number() over (partition by priority order by everywhere + nth, is_again, step, id) as nth_of_all
      from ranked
      where here + nth <= ${limits.ofOrganization}
        and (priority = 1 or background + nth_of_lane <= ${limits.ofOrganizationForBackground})
        and everywhere + nth <= coalesce(${limits.perOrganization}::int, 2147483647)
    ), chosen as materialized (
      select id from fitting
      where (priority = 1 or nth_of_all <= ${limits.freeForBackground}) and (left_of_name is null or nth_of_name <= left_of_name)
      order by priority, load, is_again, step, id
      limit least(${limits.free}, greatest(0, coalesce(${limits.overall}::int, 2147483647) - (select count(*) from running)))
    ), held as (
      select id from executions where id = any (array(select id from chosen)) and status = 'pending' for update skip locked
    ), taken as (
      update executions e
      set ${asTaken(workerId, codeVersion)}
      from held where e.id = held.id and e.id = any (array(select id from chosen)) and e.status = 'pending'
      returning e.*, ${organizationColumn}
    )
    select counted.*, taken.* from (
      select (select count(*)::int from chosen) as chosen, (
        select json_agg(json_build_object('priority', priority, 'line', json_build_object('organizationId', organization_id, 'kind', kind, 'name', name)))
        from walk where step = ${mostLines} and not is_again
      ) as cut
    ) counted left join taken on true`
}
