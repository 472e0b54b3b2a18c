import { ownLimits } from '../engine/dispatch/workflow-limits.ts'
import { isLiveWorker } from '../engine/leases/live-workers.ts'
import type { Execution } from '../engine/state/execution.ts'
import { type Database, empty, readInScope, sql } from '../platform/database/database.ts'

const maxAhead = 1_000
const maxBehind = 5

type Hold = {
  status: string
  priority: number
  /** More than 0 where a worker had begun it. */
  claim: number
  workers: number
  per_organization: number | null
  total: number | null
  running_here: number
  running_everywhere: number
}

/** What counts for whether a waiting execution is taken. Undefined where it does not wait any more. */
export async function findHold(db: Database, { id, kind, name, organizationId }: Execution): Promise<Hold | undefined> {
  const rows = await readInScope<Hold>(
    db,
    'allOrganizations',
    sql`
    select e.status, e.priority, e.claim, limits.per_organization::int, limits.total::int, running.here as running_here, running.everywhere as running_everywhere,
      (select count(*)::int from worker_leases where ${isLiveWorker}) as workers
    from executions e
    cross join lateral (
      select count(*)::int as everywhere, count(*) filter (where organization_id is not distinct from ${organizationId}::uuid)::int as here
      from executions where kind = ${kind} and name = ${name} and (status in ('running', 'cancelling') or (status = 'pending' and claim > 0))
    ) running
    left join lateral (
      select ${ownLimits} from definitions
      where definitions.kind = 'workflow' and definitions.kind = ${kind} and definitions.name = ${name}
    ) limits on true
    where e.id = ${id} and e.status in ('pending', 'held')`,
  )
  return rows[0]
}

/** How many of the same workflow wait for the same place and were asked for before; of another kind of wait, how many wait at all. */
export async function countAhead(db: Database, { id, kind, name, organizationId }: Execution, hold: Hold): Promise<number> {
  const isOverHere = hold.per_organization !== null && hold.running_here >= hold.per_organization
  const isOver = hold.total !== null && hold.running_everywhere >= hold.total
  const same = isOverHere || isOver ? sql`and kind = ${kind} and name = ${name}` : empty
  const here = isOverHere ? sql`and organization_id is not distinct from ${organizationId}::uuid` : empty
  const rows = await readInScope<{ count: number }>(
    db,
    'allOrganizations',
    sql`
    select count(*)::int as count from (
      select from executions
      where status = 'pending' and (priority < ${hold.priority}::smallint or (priority = ${hold.priority}::smallint and id < ${id})) ${same} ${here}
      limit ${maxAhead}
    ) waiting`,
  )
  return rows[0]?.count ?? 0
}

type Running = { id: string; organization_id: string | null; started_at: Date | null }

/** Executions of a workflow that run, oldest first; of one organization where it is given. */
export function listRunning(db: Database, name: string, organizationId: string | null): Promise<Running[]> {
  return readInScope<Running>(
    db,
    'allOrganizations',
    sql`
    select id, organization_id, started_at from executions
    where kind = 'workflow' and name = ${name} and status in ('running', 'cancelling')
      ${organizationId === null ? empty : sql`and organization_id = ${organizationId}`}
    order by id limit ${maxBehind}`,
  )
}
