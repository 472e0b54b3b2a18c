import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { temporaryDirectory } from '../../testing/temporary-directory.ts'
import { testAdminKey, testLogger, testMasterKey } from '../../testing/test-app.ts'
import { createTestDatabase } from '../../testing/test-database.ts'
import { readEnvironment } from '../platform/environment.ts'
import { startApi } from './api.ts'
import { startWorker } from './worker.ts'

test('a statement that takes too long is given up with a named error, and keeps no connection from others', async () => {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await createTestDatabase())
  const directory = parts.use(await temporaryDirectory())
  const api = await startApi({
    environment: readEnvironment({ CROSSWALK_PORT: '0', CROSSWALK_OVERLOADED_AFTER_MS: '0' }, directory.path),
    databaseUrl: database.url,
    masterKey: testMasterKey,
    adminApiKey: testAdminKey,
    logger: testLogger,
    maxStatementMs: 300,
  })
  parts.defer(() => api.close())
  const ask = async () => {
    const answer = await fetch(`${api.url}/api/organizations`, { headers: { authorization: `Bearer ${testAdminKey}` } })
    return { status: answer.status, body: (await answer.json()) as { error: string; message: string } }
  }
  const owner = new pg.Client({ connectionString: database.url })
  await owner.connect()
  parts.defer(() => owner.end())
  await owner.query('begin; lock table organizations in access exclusive mode')
  // More than there are connections: each is free again for the next.
  const answers = await Promise.all(Array.from({ length: 50 }, ask))
  await owner.query('rollback')
  for (const { status, body } of answers) {
    assert.deepEqual([status, body.error], [504, 'database_too_slow'])
    assert.match(body.message, /Ask for less at once, or try again later/)
  }
  assert.equal((await ask()).status, 200)
})

test('a process whose user of the database may act as the application role alone does not start, and says what to grant', async () => {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await createTestDatabase())
  const directory = parts.use(await temporaryDirectory())
  const owner = new pg.Client({ connectionString: database.url })
  await owner.connect()
  parts.defer(() => owner.end())
  const name = `partial_${database.name.replaceAll(/\W/g, '_')}`.slice(0, 60)
  await owner.query(`create role ${name} login noinherit password 'partial'; grant crosswalk_app to ${name}`)
  parts.defer(() => owner.query(`drop role ${name}`).then(() => {}))
  const url = new URL(database.url)
  url.username = name
  url.password = 'partial'
  const given = {
    environment: readEnvironment({ CROSSWALK_PORT: '0', CROSSWALK_OVERLOADED_AFTER_MS: '0' }, directory.path),
    databaseUrl: url.href,
    masterKey: testMasterKey,
    adminApiKey: testAdminKey,
    logger: testLogger,
  }
  const isRefused = { code: 'database_role_missing', message: /grant crosswalk_app, crosswalk_listed to/ }
  await assert.rejects(startApi(given), isRefused)
  await assert.rejects(startWorker({ ...given, watch: false }), isRefused)
  await owner.query(`grant crosswalk_listed to ${name}`)
  const api = await startApi(given)
  await api.close()
})
