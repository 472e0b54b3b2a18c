import type pg from 'pg'
import { ReadOnlyDatabase } from './outages.ts'

/**
 * For a new connection: does nothing where its server takes changes. Nothing is read from one that takes none either: a standby may be
 * behind, and would not know what was accepted a moment ago.
 *
 * @throws ReadOnlyDatabase
 */
export async function requireWritable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ transaction_read_only: string }>('show transaction_read_only')
  if (rows[0]?.transaction_read_only === 'on') throw new ReadOnlyDatabase()
}

/** The connections of a pool, without those that may lead to a server that was the right one before a failover. */
export interface Connections {
  take(): Promise<pg.PoolClient>
  /** This one's server takes no changes any more: whatever was connected before now is not used again. */
  distrust(client: pg.PoolClient): void
}

/** A server may become read-only without cutting anybody off. One refusal is taken to speak for all that was connected by then. */
export function connectionsOf(pool: pg.Pool): Connections {
  let generation = 0
  const madeIn = new WeakMap<pg.PoolClient, number>()
  pool.on('connect', (client) => madeIn.set(client as pg.PoolClient, generation)) // the pool's own, which it hands out next

  return {
    async take() {
      for (;;) {
        const client = await pool.connect()
        if (madeIn.get(client) === generation) return client
        client.release(true)
      }
    },
    distrust(client) {
      if (madeIn.get(client) === generation) generation++
    },
  }
}
