import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { createTestDatabase } from '../../../testing/test-database.ts'
import { newId } from '../ids.ts'
import { openDatabase, readInScope, sql } from './database.ts'
import { makeWorkerRole } from './worker-role.ts'

test('the role of workers acts as the application, and cannot become the owner or change the schema', async () => {
  await using database = await createTestDatabase()
  const name = `crosswalk_worker_${newId().replaceAll('-', '').slice(-12)}`
  const first = await makeWorkerRole(database.url, name)
  const url = await makeWorkerRole(database.url, name)
  assert.ok(first && url)
  const worker = new pg.Client({ connectionString: url })
  await worker.connect()
  try {
    await assert.rejects(new pg.Client({ connectionString: first }).connect(), /password authentication failed/)
    const db = openDatabase(url, { maxConnections: 1, name: 'crosswalk test' })
    assert.deepEqual(await readInScope(db, 'allOrganizations', sql`select count(*)::int as count from organizations`), [{ count: 0 }])
    const listed = { organizationIds: new Set([newId()]) }
    assert.deepEqual(await readInScope(db, listed, sql`select count(*)::int as count from organizations`), [{ count: 0 }])
    await db.close()
    const owner = new URL(database.url).username
    await assert.rejects(worker.query(`set role ${owner}`), /permission denied to set role/)
    await assert.rejects(worker.query('create table mine (id int)'), /permission denied/)
    await assert.rejects(worker.query('select * from organizations'), /permission denied/)
    await assert.rejects(worker.query(`create role ${name}_2`), /permission denied/)
  } finally {
    await worker.end()
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query(`drop role ${name}`)
    await client.end()
  }
})

test('an owner that may not make roles makes none', async () => {
  await using database = await createTestDatabase()
  const name = `crosswalk_limited_${newId().replaceAll('-', '').slice(-12)}`
  const limited = await makeWorkerRole(database.url, name)
  assert.ok(limited)
  assert.equal(await makeWorkerRole(limited, `${name}_2`), undefined)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(`drop role ${name}`)
  await client.end()
})
