import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import pg from 'pg'
import { givenDatabase } from '../../../testing/given-database.ts'
import { keepUsed } from './idle-connections.ts'

test('a connection that was used is kept when one that was hardly used is let go', async () => {
  await using db = await givenDatabase()
  const pool = new pg.Pool({ connectionString: db.url, max: 2 })
  keepUsed(pool, { unusedMs: 1, usedMs: 600_000, uses: 3 })
  const used = await pool.connect()
  const unused = await pool.connect()
  const pidOf = async (client: pg.PoolClient) => (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid
  const usedPid = await pidOf(used)
  used.release()
  for (let use = 0; use < 2; use++) {
    const again = await pool.connect()
    assert.equal(await pidOf(again), usedPid)
    again.release()
  }
  const removed = once(pool, 'remove')
  unused.release()
  await removed
  assert.equal(pool.totalCount, 1)
  const kept = await pool.connect()
  assert.equal(await pidOf(kept), usedPid)
  kept.release()
  await pool.end()
})
