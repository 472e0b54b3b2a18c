import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { after, before, test } from 'node:test'
import { serialize } from 'node:v8'
import { getExecution, waitForExecution } from '../src/engine/state/executions.ts'
import { inScope, readInScope, type Sql, sql } from '../src/platform/database/database.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp, type TestApp, testAdminKey } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

let app: TestApp
const workers: ChildProcess[] = []

before(async () => {
  app = await createTestApp()
})
after(async () => {
  for (const worker of workers) await endProcess(worker, 'SIGKILL')
  await app[Symbol.asyncDispose]()
})

async function startWorker(): Promise<ChildProcess> {
  const worker = await startWorkerProcess(app.databaseUrl, { env: { CROSSWALK_MIN_WAIT_SECONDS: '1' } })
  workers.push(worker)
  return worker
}
const make = async (name: string) => (await givenOrganization(app.db, name)).id
const rows = <Row extends object>(statement: Sql) => readInScope<Row>(app.db, 'allOrganizations', statement)
const countOf = async (organizationId: string, status: string) =>
  (
    await rows<{ count: number }>(
      sql`select count(*)::int as count from executions where organization_id = ${organizationId} and status = ${status}`,
    )
  )[0]?.count ?? 0
const waits = (id: string) => until('it waits', async () => (await getExecution(app.db, 'allOrganizations', id)).status === 'waiting')

test('a sleep outlives the worker that began it, and continues in another', async () => {
  const organizationId = await make('Acme')
  const first = await startWorker()
  const id = await givenSubmitted(app.db, organizationId, 'sleeps', { ms: 6_000 })
  await waits(id)
  await endProcess(first, 'SIGKILL')
  await startWorker()
  const ended = await waitForExecution(app, 'allOrganizations', id, 60_000)
  assert.deepEqual([ended.status, ended.result], ['success', { before: 1, after: 2 }])
  assert.ok(Number(ended.completedAt) - Number(ended.startedAt) >= 6_000)
  const [row] = await rows<{ claim: number; losses: number }>(sql`select claim, losses from executions where id = ${id}`)
  assert.deepEqual(row, { claim: 2, losses: 0 }, 'the death of that worker was nothing to it')
  const steps = await rows<{ name: string; status: string }>(
    sql`select name, status from execution_steps where execution_id = ${id} order by position`,
  )
  assert.deepEqual(
    steps.map(({ name, status }) => [name, status]),
    [
      ['before', 'success'],
      ['sleep', 'success'],
      ['after', 'success'],
    ],
  )
})

test('a worker that is killed after a wait, in the middle of the work, is taken over as ever', async () => {
  const organizationId = await make('Globex')
  const id = await givenSubmitted(app.db, organizationId, 'works_and_sleeps', { ms: 2_500 })
  await waits(id)
  const linesOf = () => rows<{ message: string }>(sql`select message from execution_logs where execution_id = ${id} order by sequence`)
  await until('it works again', async () => (await linesOf()).length === 2)
  await endProcess(workers.pop() as ChildProcess, 'SIGKILL')
  await startWorker()
  assert.equal((await waitForExecution(app, 'allOrganizations', id, 60_000)).status, 'success')
  assert.deepEqual(
    (await linesOf()).map(({ message }) => message),
    [
      'The execution waits, and holds no place until it continues.',
      'The execution continues after its wait.',
      'The execution continues after its worker was lost.',
    ],
  )
})

test('more executions than there are places sleep, and another organization’s background work begins at once', async () => {
  const [sleepy, other] = [await make('Sleepy'), await make('Other')]
  const ids: string[] = []
  for (let index = 0; index < 60; index++) ids.push(await givenSubmitted(app.db, sleepy, 'sleeps', { ms: 600_000 }))
  await until('all of them wait', async () => (await countOf(sleepy, 'waiting')) === 60)
  const id = await givenSubmitted(app.db, other, 'one_step')
  const ended = await waitForExecution(app, 'allOrganizations', id, 60_000)
  const waitedMs = Number(ended.startedAt) - Number(ended.createdAt)
  assert.ok(ended.status === 'success' && waitedMs < 20_000, `it waited ${waitedMs} ms`)

  const ask = async (method: 'GET' | 'POST', url: string) =>
    (await app.app.inject({ method, url: `/api${url}`, headers: { authorization: `Bearer ${testAdminKey}` } })).json()
  const listed = await ask('GET', `/executions?status=waiting&org_id=${sleepy}&limit=200`)
  assert.equal(listed.count, 60)
  assert.deepEqual([listed.executions[0].status, listed.executions[0].waiting.for], ['waiting', 'time'])
  assert.ok(Date.parse(listed.executions[0].waiting.until) > Date.now() + 300_000)
  const cancelled = await ask('POST', `/executions/${ids[0]}/cancel`)
  assert.deepEqual([cancelled.status, cancelled.waiting], ['cancelled', null])
})

test('a thousand that are due in the same moment continue in turns, and hold up nobody else’s new work', async () => {
  const [big, small] = [await make('Big'), await make('Small')]
  const dueAt = Date.now() + 1_000
  // As the sleeps of `naps` leave them: asleep, with the time at which they are over on record.
  await inScope(app.db, 'allOrganizations', async (transaction) => {
    await transaction.query(sql`
      with made as (
        insert into executions (id, organization_id, kind, name, input, timeout_ms, caller, status, claim, started_at, wait_until, wait_for)
        select overlay(first_id_at(clock_timestamp())::text placing substr(gen_random_uuid()::text, 14) from 14)::uuid, ${big}, 'workflow', 'naps',
          '{ "parameters": { "ms": 5000 } }', 600000, '{ "type": "system", "id": "test", "name": "Test" }', 'waiting', 1, now(),
          to_timestamp(${dueAt / 1_000}::float8), '{ "type": "time" }'
        from generate_series(1, 1000) returning id
      )
      insert into step_records (execution_id, organization_id, answer_order, name, fingerprint, occurrence, outcome, is_plain, is_sealed)
      select id, ${big}, 0, 'sleep until', '5000', 0, ${serialize({ ok: true, value: dueAt })}::bytea, true, false from made`)
  })
  await until('some of them continue', async () => (await countOf(big, 'success')) > 0)
  const waitedMs: number[] = []
  let left = 1_000
  for (; left > 0; left = 1_000 - (await countOf(big, 'success'))) {
    const ended = await waitForExecution(app, 'allOrganizations', await givenSubmitted(app.db, small, 'one_step'), 60_000)
    waitedMs.push(Number(ended.startedAt) - Number(ended.createdAt))
  }
  assert.ok(waitedMs.length > 2 && Math.max(...waitedMs) < 20_000, `they waited ${waitedMs.join(', ')} ms`)
  const [once] = await rows<{ claims: number }>(sql`select max(claim)::int as claims from executions where organization_id = ${big}`)
  assert.equal(once?.claims, 2, 'each continued once')
})
