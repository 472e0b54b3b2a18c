import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { testLogger } from '../../../testing/test-app.ts'
import { createTestDatabase, type TestDatabase } from '../../../testing/test-database.ts'
import { until } from '../../../testing/until.ts'
import { listen, type Notifications } from './notifications.ts'
import { tellThrough } from './notify.ts'

let database: TestDatabase
let notifications: Notifications
const heard: string[] = []

before(async () => {
  database = await createTestDatabase()
  notifications = await listen(database.url, testLogger)
  notifications.on('test', null, (id) => void heard.push(id))
})
after(async () => {
  await notifications.close()
  await database[Symbol.asyncDispose]()
})

/** As the platform has it: a connection that the database ends is no failure. */
function givenPool(options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: database.url, ...options })
  pool.on('error', () => {})
  return pool
}

test('more is told at once than goes in one notification', async () => {
  const pool = givenPool()
  const tell = tellThrough(pool)
  const ids = Array.from({ length: 1_000 }, () => crypto.randomUUID())
  for (const id of ids) tell('test', id)
  await until('all of it is heard', () => heard.length >= ids.length)
  assert.deepEqual(heard.splice(0), ids)
  await pool.end()
})

test('what is told while earlier news cannot be sent is sent as soon as it can', async () => {
  const pool = givenPool({ max: 1, connectionTimeoutMillis: 2_000 })
  const busy = await pool.connect()
  let failures = 0
  const query = pool.query.bind(pool) as (config: pg.QueryConfig) => Promise<pg.QueryResult>
  const counted = (config: pg.QueryConfig) => {
    const answer = query(config)
    answer.catch(() => failures++)
    return answer
  }
  const tell = tellThrough(Object.assign(pool, { query: counted as typeof pool.query })) // it is asked with a configuration only
  tell('test', 'lost')
  await until('it waits for a connection', () => pool.waitingCount === 1)
  tell('test', 'kept')
  await until('the first was given up', () => failures === 1)
  busy.release()
  await until('the second is heard', () => heard.includes('kept'))
  await pool.end()
})
