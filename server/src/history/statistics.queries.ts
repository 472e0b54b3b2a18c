import { type Database, readInScope, type Scope, sql } from '../platform/database/database.ts'
import { type Among, andAmong, isWithin } from '../platform/database/scope.ts'

/** How many executions came to which end. Those that took too long failed; those that wait, run or are being cancelled are under way. */
export type Outcomes = { succeeded: number; failed: number; cancelled: number; under_way: number }
export type HourOutcomes = Outcomes & { at: string }
/** Durations are of executions that succeeded or failed; null where there is none. */
export type WorkflowOutcomes = Outcomes & { name: string | null; runs: number; median_ms: number | null; p95_ms: number | null }

export type StatisticsRow = {
  since: Date
  counted: number
  oldest: Date | null
  hours: HourOutcomes[]
  /** The one without a name is all of them together. */
  workflows: WorkflowOutcomes[]
}

export type StatisticsFilter = {
  /** Where only some of the scope is meant, by workflow. */
  among?: Among | undefined
  hours: number
  /** So many of the newest are looked at, and no more. */
  max: number
}

const outcomes = sql`
  count(*) filter (where status = 'success')::int as succeeded,
  count(*) filter (where status in ('failed', 'timeout'))::int as failed,
  count(*) filter (where status = 'cancelled')::int as cancelled,
  count(*) filter (where status in ('pending', 'held', 'running', 'waiting', 'cancelling'))::int as under_way`

/** The workflows of the last whole hours and the current one, in one walk back through the index of ids, which grow with time. */
export async function findStatistics(db: Database, scope: Scope, filter: StatisticsFilter): Promise<StatisticsRow> {
  const [row] = await readInScope<StatisticsRow>(
    db,
    scope,
    sql`
    with beginning as materialized (
      select date_trunc('hour', now(), 'UTC') - make_interval(hours => ${filter.hours - 1}) as since
    ), newest as materialized (
      select name, status, date_trunc('hour', created_at, 'UTC') as hour, created_at,
        case when status in ('success', 'failed', 'timeout') then extract(epoch from completed_at - started_at)::float8 * 1000 end as ms
      from executions
      where id >= (select first_id_at(since) from beginning) and kind = 'workflow'
        and ${isWithin(scope, sql`organization_id`)} ${andAmong(filter.among, sql`organization_id`, sql`name`)}
      order by id desc
      limit ${filter.max}
    ), by_hour as (
      select hour, ${outcomes} from newest group by hour
    ), by_workflow as (
      select name, count(*)::int as runs, ${outcomes}, percentile_cont(array[0.5, 0.95]) within group (order by ms) as ms
      from newest group by grouping sets ((name), ())
    )
    select beginning.since, (select count(*)::int from newest) as counted, (select min(created_at) from newest) as oldest,
      (select json_agg(json_build_object('at', at, 'succeeded', coalesce(succeeded, 0), 'failed', coalesce(failed, 0),
          'cancelled', coalesce(cancelled, 0), 'under_way', coalesce(under_way, 0)) order by at)
        from generate_series(beginning.since, now(), interval '1 hour') as at left join by_hour on hour = at) as hours,
      (select json_agg(json_build_object('name', name, 'runs', runs, 'succeeded', succeeded, 'failed', failed, 'cancelled', cancelled,
          'under_way', under_way, 'median_ms', ms[1], 'p95_ms', ms[2]) order by runs desc, name) from by_workflow) as workflows
    from beginning`,
  )
  return row as StatisticsRow // one row, whatever ran
}
