import { isLiveWorker } from '../engine/leases/live-workers.ts'
import { type Database, readInScope, sql } from '../platform/database/database.ts'

export async function countLiveWorkers(db: Database): Promise<number> {
  const rows = await readInScope<{ count: number }>(
    db,
    'allOrganizations',
    sql`select count(*)::int as count from worker_leases where ${isLiveWorker}`,
  )
  return rows[0]?.count ?? 0
}

/** What live workers miss, each host once. */
export function listSandboxProblems(db: Database, limit: number): Promise<{ host: string; sandbox_problem: string }[]> {
  return readInScope<{ host: string; sandbox_problem: string }>(
    db,
    'allOrganizations',
    sql`select distinct on (host) host, sandbox_problem from worker_leases
        where ${isLiveWorker} and sandbox_problem is not null order by host limit ${limit}`,
  )
}

/** What confines author code on each host with live workers; where they differ, each once. */
export function listSandboxLayers(db: Database, limit: number): Promise<{ host: string; workers: number; layers: string }[]> {
  return readInScope<{ host: string; workers: number; layers: string }>(
    db,
    'allOrganizations',
    sql`select host, count(*)::int as workers, sandbox_layers as layers from worker_leases
        where ${isLiveWorker} and sandbox_layers is not null group by host, sandbox_layers order by host, sandbox_layers limit ${limit}`,
  )
}

/** How many executions have not ended, by their status. */
export function countUnended(db: Database): Promise<{ status: string; count: number }[]> {
  return readInScope<{ status: string; count: number }>(
    db,
    'allOrganizations',
    sql`select status, count(*)::int as count from executions where status in ('pending', 'held', 'running', 'waiting', 'cancelling') group by status`,
  )
}
