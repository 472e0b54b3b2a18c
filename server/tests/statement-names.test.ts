import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { startOwnPostgres } from '../testing/own-postgres.ts'
import { testAdminKey } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startApiProcess, startWorkerProcess } from '../testing/worker-process.ts'

const parts = new AsyncDisposableStack()
after(() => parts.disposeAsync())
const postgres = parts.use(await startOwnPostgres())

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: postgres.superuserUrl })
  await client.connect()
  parts.defer(() => client.end())
  return client
}
// Two: within a transaction PostgreSQL shows names as they were when they were first looked at.
const [administrator, blocking] = [await connect(), await connect()]
const { child, url } = await startApiProcess(postgres.url)
parts.defer(() => endProcess(child, 'SIGTERM'))

type Answer = { status: number; body: { id: string; request_id: string; error: string; execution_id: string; status: string } }

async function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${url}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${testAdminKey}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Answer['body'] }
}

/** Runs `work` while nobody else comes at a table. */
async function whileLocked(table: string, mode: string, work: () => Promise<void>): Promise<void> {
  await blocking.query(`begin; lock table ${table} in ${mode} mode`)
  await work().finally(() => blocking.query('rollback'))
}

type Waiting = { pid: number; name: string }

const waiting = (like: string) =>
  administrator
    .query<Waiting>(
      `select pid, application_name as name from pg_stat_activity
        where wait_event_type = 'Lock' and application_name like $1 and datname = current_database()`,
      [like],
    )
    .then(({ rows }) => rows)

/** Cancels what waits for a lock until there is an answer: a request may have several such statements. */
async function cancelled(asking: Promise<Answer>): Promise<Answer> {
  let isAnswered = false
  const answered = asking.finally(() => {
    isAnswered = true
  })
  await until('it is answered', async () => {
    for (const { pid } of await waiting('crosswalk api%')) await administrator.query('select pg_cancel_backend($1)', [pid])
    return isAnswered
  })
  return answered
}

const logged = () =>
  administrator
    .query<{ log: string }>(`select pg_read_file(current_setting('data_directory') || '/../../postgres.log') as log`)
    .then(({ rows }) => rows[0]?.log ?? '')

for (const { what, method, path, body } of [
  { what: 'a read', method: 'GET', path: '/organizations', body: undefined },
  { what: 'a change', method: 'POST', path: '/organizations', body: { name: 'Acme' } },
]) {
  test(`PostgreSQL shows which request a statement is for, while it runs and when it fails: ${what}`, async () => {
    await whileLocked('organizations', 'access exclusive', async () => {
      const asking = ask(method, path, body, { 'x-request-id': "x'; drop table organizations; --" })
      const [found] = await until('it waits for the lock', async () => {
        const rows = await waiting('crosswalk api%')
        return rows.length > 0 && rows
      })
      const { status, body: refused } = await cancelled(asking)
      assert.deepEqual([status, refused.error], [504, 'database_too_slow'])
      assert.equal(found?.name, `crosswalk api request ${refused.request_id}`)
      const line = (await logged()).split('\n').find((each) => each.includes(refused.request_id))
      assert.match(line ?? '', /crosswalk api request [0-9a-f-]{36} ERROR: {2}canceling statement due to user request/)
    })
    // The connection is used by others now.
    const { rows } = await administrator.query(`select from pg_stat_activity where application_name like 'crosswalk api request%'`)
    assert.equal(rows.length, 0)
  })
}

test('PostgreSQL shows which execution a statement of a worker is for', async () => {
  const worker = await startWorkerProcess(postgres.url)
  parts.defer(() => endProcess(worker, 'SIGTERM'))
  const { body: organization } = await ask('POST', '/organizations', { name: 'Acme' })
  const acting = { 'x-organization-id': organization.id }
  let executionId = ''
  await whileLocked('step_records', 'share', async () => {
    const { body } = await ask('POST', '/workflows/execute?wait=0', { workflow_name: 'sleeps', parameters: { ms: 1 } }, acting)
    executionId = body.execution_id
    const rows = await until('its step waits for the lock', async () => {
      const found = await waiting('crosswalk worker%')
      return found.length > 0 && found
    })
    assert.deepEqual([...new Set(rows.map(({ name }) => name))], [`crosswalk worker execution ${executionId}`])
  })
  await until('it has ended', async () => (await ask('GET', `/executions/${executionId}`)).body.status === 'success')
})
