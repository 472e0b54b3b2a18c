import { type Database, readInScope, sql } from '../../platform/database/database.ts'
import { isLiveWorker } from './live-workers.ts'

// The worker works for all organizations; which one an execution is for stands in its row, and nothing else decides it.
const all = 'allOrganizations'

export type LeaseTerms = {
  id: string
  host: string
  pid: number
  leaseMs: number
  codeVersion: string | null
  isDraining: boolean
  /** What of the boundary around author code is missing there. Null where all of it holds, or that is not known. */
  sandboxProblem?: string | null
  /** What confines author code there. Null where that is not known. */
  sandboxLayers?: string | null
}

/** Says for the first time that a worker lives. Safe to repeat. */
export async function takeLease(db: Database, lease: LeaseTerms): Promise<void> {
  await readInScope(
    db,
    all,
    sql`
    insert into worker_leases (id, host, pid, expires_at, code_version, is_draining, sandbox_problem, sandbox_layers)
    values (${lease.id}, ${lease.host}, ${lease.pid}, now() + make_interval(secs => ${lease.leaseMs / 1_000}), ${lease.codeVersion}, ${lease.isDraining}, ${lease.sandboxProblem ?? null}, ${lease.sandboxLayers ?? null})
    on conflict (id) do update set renewed_at = now(), expires_at = excluded.expires_at`,
  )
}

/**
 * Says that a worker lives, also where its lease has run out. False where the lease is gone: a worker that takes executions over ends the
 * lease in the same transaction, so a worker that still has one has lost nothing.
 */
export async function renewLease(db: Database, lease: LeaseTerms): Promise<boolean> {
  const rows = await readInScope(
    db,
    all,
    sql`
    update worker_leases
    set renewed_at = now(), expires_at = now() + make_interval(secs => ${lease.leaseMs / 1_000}), code_version = ${lease.codeVersion}, is_draining = ${lease.isDraining}
    where id = ${lease.id}
    returning id`,
  )
  return rows.length > 0
}

/** The workers that take executions. */
export async function listWorkerIds(db: Database): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(db, all, sql`select id from worker_leases where ${isLiveWorker}`)
  return rows.map(({ id }) => id)
}

/** The executions that a worker holds. */
export async function listHeld(db: Database, workerId: string): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(
    db,
    all,
    sql`select id from executions where worker_id = ${workerId} and status in ('running', 'cancelling')`,
    'kept',
  )
  return rows.map(({ id }) => id)
}
