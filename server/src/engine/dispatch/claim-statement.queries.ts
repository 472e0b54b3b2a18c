import { join, type Sql, sql } from '../../platform/database/database.ts'
import { claimOfHeld, isLeft, isUnsuspected } from '../state/claiming.queries.ts'
import { backgroundLane, interactiveLane } from '../state/lanes.queries.ts'
import { ownLimits } from './workflow-limits.ts'

// The statement by which a worker takes waiting executions, in the parts that PostgreSQL runs one after the other. It is one statement,
// because what it chooses by must not change before it takes. The figures are of 100,000 waiting executions in 4,000 lines of 2,000
// organizations, with 60 running, in 10 weekly partitions on two cores: the fastest of 60 claims of 8, which take 3.2 ms as it is here.

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

/** Before every line: where a walk begins that nothing came before. */
export const firstLine: Line = { organizationId: '00000000-0000-0000-0000-000000000000', kind: '', name: '' }

/** Lines of each lane that a claim chooses from, on either side of where it begins, and those it passes by because they are at a limit: bounds what it costs. */
const maxOpenLines = 32
const maxLines = 500

/** How many executions a limit allows that is not set. */
const noLimit = 2_147_483_647

/**
 * Makes the statement. Its rows are the executions it took; the first has `chosen` and `cut` as well, also where it took none.
 */
export function claimStatement(given: { workerId: string; codeVersion: string | null; limits: ClaimLimits; turn: Turn }): Sql {
  const { limits, turn } = given
  const parts = [
    running(given.workerId),
    busy,
    limited,
    closed(limits),
    starts(turn),
    walk,
    lines(limits.free),
    candidates(limits.free),
    ranked,
    fitting(limits),
    chosen(limits),
    held,
    taken(given),
  ]
  return sql`with recursive ${join(parts, ', ')} ${answer}`
}

/** What runs: in the hands of a worker, or left by one that is gone, which keeps its place. What waits without a worker has none. Read once, since the four parts that ask for it must agree. */
const running = (workerId: string) => sql`
  running as materialized (
    select organization_id, kind, name, priority, worker_id = ${workerId} as is_here from executions where status in ('running', 'cancelling')
    union all
    select organization_id, kind, name, priority, false from executions where ${isLeft}
  )`

/** How much of each organization runs: everywhere, which is in all workers, here, which is in this one, and here in the background. */
const busy = sql`
  busy as materialized (
    select organization_id, count(*) as everywhere, count(*) filter (where is_here) as here, count(*) filter (where is_here and priority = ${backgroundLane}) as background
    from running group by organization_id
  )`

/** How much runs of the workflows that limit it themselves, by organization and in all. */
const limited = sql`
  limited as materialized (
    select organization_id, kind, name, count(*) as of_organization, sum(count(*)) over (partition by kind, name) as of_all, per_organization, total
    from running join (
      select name, ${ownLimits} from definitions where definitions.kind = 'workflow' and coalesce(max_per_organization, max_total) is not null
    ) concurrency using (name)
    where running.kind = 'workflow' group by organization_id, kind, name, per_organization, total
  )`

/** The lines of which none can be taken; null stands for any. Known beforehand, so that the walk passes them by and does not spend its open lines on them. */
const closed = (limits: ClaimLimits) => sql`
  closed (organization_id, priority, kind, name) as materialized (
    select organization_id, null::smallint, kind, name from limited where of_organization >= per_organization
    union all
    select distinct null::uuid, null::smallint, kind, name from limited where of_all >= total
    union all
    select organization_id, null, null, null from busy where here >= ${limits.ofOrganization} or everywhere >= ${limits.perOrganization}::int
    union all
    select organization_id, ${backgroundLane}, null, null from busy where background >= ${limits.ofOrganizationForBackground}
  )`

/** The line of each lane that the last claim took from. */
const starts = ({ interactive, background }: Turn) => sql`
  starts (priority, organization_id, kind, name) as (
    values (${interactiveLane}::smallint, ${interactive.organizationId}::uuid, ${interactive.kind}, ${interactive.name}),
      (${backgroundLane}::smallint, ${background.organizationId}::uuid, ${background.kind}, ${background.name})
  )`

/**
 * Goes from line to line, one probe of the index `executions_waiting` each, however long they are: first those after the start, and once
 * more from the beginning up to it. Stops after enough open ones. It is what keeps a long queue cheap: to group all that waits by its
 * line takes 1,070 ms for that alone.
 */
const walk = sql`
  walk (priority, organization_id, kind, name, id, is_again, step, is_open, open) as (
    select priority, organization_id, kind, name, null::uuid, false, 0, false, 0 from starts
    union all
    select priority, ${firstLine.organizationId}::uuid, '', '', null, true, 0, false, 0 from starts
    union all
    select walk.priority, next.organization_id, next.kind, next.name, next.id, walk.is_again, walk.step + 1, looked.is_open, walk.open + looked.is_open::int
    from walk
    join starts on starts.priority = walk.priority
    cross join lateral (
      select e.organization_id, e.kind, e.name, e.id from executions e
      where e.status = 'pending' and ${isUnsuspected} and e.priority = walk.priority and (e.organization_id, e.kind, e.name) > (walk.organization_id, walk.kind, walk.name)
      order by e.organization_id, e.kind, e.name, e.id limit 1
    ) next
    cross join lateral (
      select not exists (
        select from closed
        where coalesce(closed.organization_id, next.organization_id) = next.organization_id and coalesce(closed.priority, walk.priority) = walk.priority
          and coalesce(closed.kind, next.kind) = next.kind and coalesce(closed.name, next.name) = next.name
      ) as is_open
    ) looked
    where walk.open < ${maxOpenLines} and walk.step < ${maxLines}
      and (not walk.is_again or (next.organization_id, next.kind, next.name) <= (starts.organization_id, starts.kind, starts.name))
  )`

/** The open lines, with how many more of them may run: `room` by all of a line's limits, `left_of_name` by those of the workflow over all organizations. */
const lines = (free: number) => sql`
  lines as materialized (
    select walk.*, concurrency.total - of_name.of_all as left_of_name,
      greatest(0, least(${free}::int, concurrency.per_organization - of_name.of_organization, concurrency.total - of_name.of_all)) as room
    from walk
    left join lateral (
      select ${ownLimits} from definitions where definitions.kind = 'workflow' and walk.kind = 'workflow' and definitions.name = walk.name
    ) concurrency on true
    left join lateral (
      select count(*) as of_all, count(*) filter (where running.organization_id = walk.organization_id) as of_organization
      from running where running.kind = walk.kind and running.name = walk.name
    ) of_name on true
    where is_open
  )`

/**
 * The first of each open line, and as many behind it as may be needed: twice its share of the free places, since some lines have fewer. To
 * look at as many of each line as there are places takes 9.9 ms. What is of no organization has no turns.
 */
const candidates = (free: number) => sql`
  candidates as (
    select id, priority, organization_id, kind, name, left_of_name, is_again, step from lines
    union all
    select following.id, lines.priority, lines.organization_id, lines.kind, lines.name, lines.left_of_name, lines.is_again, lines.step
    from lines cross join lateral (
      select e.id from executions e
      where e.status = 'pending' and ${isUnsuspected} and e.priority = lines.priority and e.id > lines.id
        and e.organization_id = lines.organization_id and e.kind = lines.kind and e.name = lines.name
      order by e.id limit greatest(0, least(lines.room - 1, 2 * ${free}::int / (select count(*) from lines)))
    ) following
    union all
    select first.id, starts.priority, null, first.kind, first.name, null, true, 0
    from starts cross join lateral (
      select e.id, e.kind, e.name from executions e
      where e.status = 'pending' and ${isUnsuspected} and e.priority = starts.priority and e.organization_id is null
      order by e.kind, e.name, e.id limit ${free}::int
    ) first
  )`

/** Each with what runs of its organization, and which of its organization's it would be. */
const ranked = sql`
  ranked as (
    select candidates.*, coalesce(busy.everywhere, 0) as everywhere, coalesce(busy.here, 0) as here, coalesce(busy.background, 0) as background,
      row_number() over (partition by candidates.organization_id order by candidates.priority, id) as nth,
      row_number() over (partition by candidates.organization_id, candidates.priority order by id) as nth_of_lane
    from candidates left join busy on busy.organization_id is not distinct from candidates.organization_id
  )`

/** Those within what their organizations may have. `load`: how many of its organization would run with it; the fewest go first, and the turn decides between equals. */
const fitting = (limits: ClaimLimits) => sql`
  fitting as (
    select *, everywhere + nth as load,
      row_number() over (partition by kind, name order by priority, everywhere + nth, is_again, step, id) as nth_of_name,
      row_number() over (partition by priority order by everywhere + nth, is_again, step, id) as nth_of_all
    from ranked
    where here + nth <= ${limits.ofOrganization}
      and (priority = ${interactiveLane} or background + nth_of_lane <= ${limits.ofOrganizationForBackground})
      and everywhere + nth <= coalesce(${limits.perOrganization}::int, ${noLimit})
  )`

/** Those within all other limits: the places for the background, the workflow's own, the free places, and all that may run. */
const chosen = (limits: ClaimLimits) => sql`
  chosen as materialized (
    select id from fitting
    where (priority = ${interactiveLane} or nth_of_all <= ${limits.freeForBackground}) and (left_of_name is null or nth_of_name <= left_of_name)
    order by priority, load, is_again, step, id
    limit least(${limits.free}, greatest(0, coalesce(${limits.overall}::int, ${noLimit}) - (select count(*) from running)))
  )`

// As an array the ids are known before the table is read, so that only those partitions are that have some. With a join the claim takes as
// long while the plan is kept, and 7.3 ms instead of 5.0 ms as long as PostgreSQL still plans each one.
const chosenIds = sql`array(select id from chosen)`

/** Locked where nobody else was quicker. */
const held = sql`
  held as (select id from executions where id = any (${chosenIds}) and status = 'pending' for update skip locked)`

const taken = (given: { workerId: string; codeVersion: string | null }) => sql`
  taken as (${claimOfHeld(given, sql`e.id = any (${chosenIds})`)})`

/** What was taken; how many were chosen, which is more where others were quicker; and where the walk of a lane was cut off, since all it passed by was closed. */
const answer = sql`
  select counted.*, taken.* from (
    select (select count(*)::int from chosen) as chosen, (
      select json_agg(json_build_object('priority', priority, 'line', json_build_object('organizationId', organization_id, 'kind', kind, 'name', name)))
      from walk where step = ${maxLines} and not is_again
    ) as cut
  ) counted left join taken on true`
