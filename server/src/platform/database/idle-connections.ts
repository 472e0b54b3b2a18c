import type pg from 'pg'

/** How long a connection is kept without use, in ms, and from how many uses on it is one that is used. */
export type Keeping = { unusedMs: number; usedMs: number; uses: number }

/**
 * Each connection is a process of PostgreSQL with some ten MB. One that a burst opened, and that did little since, is not worth that. One
 * that did much has planned the statements that are asked often, which takes a new one tens of milliseconds of processor time: a busy
 * process that lets them go whenever it needs fewer for some seconds pays for them again and again.
 */
const keeping: Keeping = { unusedMs: 10_000, usedMs: 60_000, uses: 200 }

/** Has the pool keep what is used for longer than what is not. */
export function keepUsed(pool: pg.Pool, { unusedMs, usedMs, uses }: Keeping = keeping): void {
  const counts = new WeakMap<pg.PoolClient, number>()
  pool.on('release', (_error, client) => {
    const count = (counts.get(client) ?? 0) + 1
    counts.set(client, count)
    // The pool reads it for this connection, right after it has told of its release.
    pool.options.idleTimeoutMillis = count < uses ? unusedMs : usedMs
  })
}
