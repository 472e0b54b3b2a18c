import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, test } from 'node:test'
import { type Execution, waitForExecution } from '../src/engine/state/executions.ts'
import { readInScope, type Sql, sql } from '../src/platform/database/database.ts'
import type { JsonObject } from '../src/protocol/json.ts'
import { expand } from '../testing/given-batches.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp, type TestApp, testAdminKey } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

// What a worker leaves when it dies, is paused, or is told to stop, and to whom it goes. All workers are processes.

let app: TestApp
const organizations: string[] = []
const workers: ChildProcess[] = []

let stopped: ReturnType<typeof stopInOrder>
before(async () => {
  stopped = stopInOrder()
  stopped.catch(() => {})
  app = await createTestApp()
  for (const name of ['Acme', 'Globex', 'Initech', 'Umbrella']) organizations.push((await givenOrganization(app.db, name)).id)
})
afterEach(async () => {
  for (const worker of workers.splice(0)) await endProcess(worker, 'SIGKILL')
  // Nothing of one test is left to the next, nor given to a worker that is gone.
  await rows(
    sql`with gone as (delete from worker_leases) update executions set status = 'cancelled' where status in ('pending', 'running', 'cancelling')`,
  )
})
after(() => app[Symbol.asyncDispose]())

async function startWorker(env: Record<string, string> = {}): Promise<ChildProcess> {
  const worker = await startWorkerProcess(app.databaseUrl, { env })
  workers.push(worker)
  return worker
}

const rows = <Row extends object>(statement: Sql) => readInScope<Row>(app.db, 'allOrganizations', statement)

const submit = (name: string, parameters: JsonObject, organization = organizations[0]) =>
  givenSubmitted(app.db, organization ?? null, name, parameters)

const ended = (id: string): Promise<Execution> => waitForExecution(app, 'allOrganizations', id, 60_000)

type Held = { id: string; status: string; claim: number; losses: number; pid: number | null; started_at: Date | null }
/** Each execution, with the process that has it. */
const heldOf = (ids: readonly string[]) =>
  rows<Held>(sql`
    select e.id, e.status, e.claim, e.losses, l.pid, e.started_at from executions e left join worker_leases l on l.id = e.worker_id
    where e.id = any(${[...ids]}::uuid[]) order by e.id`)
const one = async (id: string) => (await heldOf([id]))[0] as Held
const countBy = (held: readonly Held[]) => held.reduce((counts, { pid }) => counts.set(pid, (counts.get(pid) ?? 0) + 1), new Map())

/** A vendor that answers nobody before `release`. */
async function holdingVendor() {
  const waiting: ServerResponse[] = []
  let isReleased = false
  const server = createServer((_request, response) => {
    if (isReleased) response.end('done')
    else waiting.push(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    release() {
      isReleased = true
      for (const response of waiting) response.end('done')
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const running = (id: string, pid?: number) =>
  until('it runs', async () => {
    const held = await one(id)
    return held.status === 'running' && (pid === undefined || held.pid === pid)
  })

test('what a killed worker leaves is shared by the living ones, and each execution is handed over once', async () => {
  // Each holds its place until it is let go, however long that takes: none ends between two looks.
  await using vendor = await holdingVendor()
  const [killed, ...living] = await Promise.all([startWorker(), startWorker(), startWorker()])
  const ids: string[] = []
  for (let round = 0; round < 20; round++)
    for (const organization of organizations) ids.push(await submit('visits_vendor', { url: vendor.url }, organization))
  await until('all of them run', async () => (await heldOf(ids)).every(({ status }) => status === 'running'))
  const before = await heldOf(ids)
  const left = new Set(before.filter(({ pid }) => pid === killed.pid).map(({ id }) => id))
  assert.ok(left.size > 5, `it had ${left.size}`)
  await endProcess(killed, 'SIGKILL')

  const shared = await until('all that it left are with others', async () => {
    const now = await heldOf(ids)
    return now.every(({ id, claim }) => !left.has(id) || claim > 1) && now
  })
  const given = countBy(shared.filter(({ id }) => left.has(id)))
  const had = countBy(before)
  for (const { pid } of living) {
    const [own, more] = [had.get(pid) ?? 0, given.get(pid) ?? 0]
    assert.ok(own + more <= Math.max(32, own) + left.size / 2 + 1, `${pid} has ${own + more}`)
    // One whose places are full takes over what those with free places leave, which may be nothing.
    assert.ok(more > 0 || own >= 32, `${pid} had ${own} of ${ids.length} and was given nothing of ${left.size}`)
  }
  vendor.release()
  for (const id of ids) assert.equal((await ended(id)).status, 'success')
  for (const { id, claim, losses } of await heldOf(ids))
    assert.deepEqual([claim, losses], [left.has(id) ? 2 : 1, 0], 'nobody can tell whether it was the cause')
})

test('a worker whose places are full takes over more, up to as many again', async () => {
  const ids: string[] = []
  for (let count = 0; count < 90; count++) ids.push(await submit('naps', { ms: 3_000 }, organizations[count % 4]))
  await rows(
    sql`update executions set status = 'running', worker_id = 'gone', claim = 1, started_at = now() where id = any(${ids}::uuid[])`,
  )
  await startWorker()
  let peak = 0
  await until('all have ended', async () => {
    const held = await heldOf(ids)
    peak = Math.max(peak, held.filter(({ status, pid }) => status === 'running' && pid !== null).length)
    return held.every(({ status }) => status === 'success')
  })
  assert.ok(peak > 32 && peak <= 64, `it had ${peak} at once`)
  assert.ok((await heldOf(ids)).every(({ claim }) => claim === 2))
})

test('a worker that was paused for longer than its lease ends, and has written nothing', async () => {
  const calls: { key: string; response: ServerResponse }[] = []
  const vendor = createServer((request, response) => {
    calls.push({ key: new URL(request.url ?? '/', 'http://vendor').searchParams.get('key') ?? '', response })
    if (calls.length > 1) response.end('done by the second')
  })
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
  try {
    const paused = await startWorker({ CROSSWALK_LOG_LEVEL: 'silent' })
    const id = await submit('visits_vendor', { url: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}/` })
    await until('the first call is under way', () => calls.length === 1)
    const other = await submit('naps', { ms: 60_000 })
    await running(other)
    paused.kill('SIGSTOP')
    await startWorker()
    assert.deepEqual((await ended(id)).result, { visit: 'done by the second' })
    const left = await everythingOf(id)
    calls[0]?.response.end('done by the first')
    const exit = new Promise((resolve) => paused.once('exit', resolve))
    paused.kill('SIGCONT')
    assert.equal(await exit, 1)
    assert.deepEqual(await everythingOf(id), left)
    assert.deepEqual([calls.length, new Set(calls.map(({ key }) => key)).size], [2, 1])
    // What was with one worker is tried apart: the other follows the first.
    const { status, pid } = await until('the other is taken over', async () => {
      const held = await one(other)
      return held.claim === 2 && held.status === 'running' && held
    })
    assert.deepEqual([status, pid === paused.pid], ['running', false])
  } finally {
    vendor.closeAllConnections()
    vendor.close()
  }
})

const everythingOf = async (id: string) => [
  await rows(sql`select * from executions where id = ${id}`),
  await rows(sql`select * from execution_steps where execution_id = ${id}`),
  await rows(sql`select * from execution_logs where execution_id = ${id} order by sequence`),
]

test('a second SIGTERM ends a worker at once, and others continue with what it had', async () => {
  const worker = await startWorker()
  const id = await submit('naps', { ms: 60_000 })
  await running(id, worker.pid)
  const next = await startWorker()
  const askedAt = Date.now()
  const exit = new Promise<number>((resolve) => worker.once('exit', resolve))
  worker.kill('SIGTERM')
  await until(
    'it takes nothing more',
    async () => (await rows(sql`select from worker_leases where pid = ${worker.pid} and is_draining`)).length > 0,
  )
  const asking = setInterval(() => worker.kill('SIGTERM'), 100)
  assert.equal(await exit, 1)
  clearInterval(asking)
  assert.ok(Date.now() - askedAt < 45_000, 'it did not wait for what it had')
  await running(id, next.pid)
})

test('an execution that six workers died of is not taken over again, and what was beside it is', async () => {
  const worker = await startWorker()
  const [fourth, fifth] = [await submit('naps', { ms: 60_000 }), await submit('naps', { ms: 60_000 })]
  await running(fourth, worker.pid)
  await running(fifth, worker.pid)
  await rows(sql`update executions set losses = 5, is_suspect = id = ${fifth} where id in (${fourth}, ${fifth})`)
  await endProcess(worker, 'SIGKILL')
  const next = await startWorker()
  const { status, error } = await ended(fifth)
  assert.deepEqual([status, error?.details.code], ['failed', 'worker_lost'])
  await running(fourth, next.pid)
  assert.equal((await one(fourth)).losses, 5, 'the other was on trial')
  assert.deepEqual(await rows(sql`select from execution_steps where execution_id = ${fifth} and status = 'running'`), [])
})

test('an execution of a paused batch that a worker had claimed and never begun is held again', async () => {
  await startWorker()
  const call = async (method: 'GET' | 'POST', url: string, payload?: object) => {
    const answer = await app.app.inject({
      method,
      url: `/api${url}`,
      headers: { authorization: `Bearer ${testAdminKey}` },
      ...(payload ? { payload } : {}),
    })
    return answer.json()
  }
  for (const worker of workers.splice(0)) await endProcess(worker, 'SIGTERM')
  const { batch_id } = await call('POST', '/workflows/execute', { workflow_name: 'one_step', organizations: organizations.slice(0, 2) })
  await expand(app.db, batch_id)
  const ids = (await rows<{ id: string }>(sql`select id from executions where batch_id = ${batch_id} order by id`)).map(({ id }) => id)
  const [id = ''] = ids
  await rows(sql`update executions set status = 'running', worker_id = 'gone', claim = 1, started_at = now() where id = ${id}`)
  await call('POST', `/batches/${batch_id}/pause`)
  await startWorker()
  const held = await until('it is held again', async () => {
    const row = await one(id)
    return row.status === 'held' && row
  })
  assert.equal(held.started_at, null)
  await call('POST', `/batches/${batch_id}/resume`)
  for (const each of ids) assert.equal((await ended(each)).result, 2)
})

test('an execution that waits for another worker is cancelled at once, with the step that was cut off', async () => {
  const worker = await startWorker()
  const id = await submit('naps', { ms: 60_000 })
  const stepsOf = () => rows<{ status: string }>(sql`select status from execution_steps where execution_id = ${id}`)
  await until('its step has begun', async () => (await stepsOf()).length > 0)
  await endProcess(worker, 'SIGKILL')
  await rows(sql`
    with gone as (delete from worker_leases) update executions set status = 'pending', worker_id = null where id = ${id}`)
  const answer = await app.app.inject({
    method: 'POST',
    url: `/api/executions/${id}/cancel`,
    headers: { authorization: `Bearer ${testAdminKey}` },
  })
  assert.deepEqual(
    [answer.statusCode, answer.json().status, answer.json().error.message],
    [202, 'cancelled', 'The execution was cancelled.'],
  )
  assert.deepEqual(await stepsOf(), [{ status: 'failed' }])
})

/** Takes its time, so it is begun before the other tests. */
async function stopInOrder() {
  await using own = await createTestApp()
  const { id: organizationId } = await givenOrganization(own.db, 'Acme')
  const stopping = await startWorkerProcess(own.databaseUrl)
  const id = await givenSubmitted(own.db, organizationId, 'naps', { ms: 90_000 })
  const read = async () => {
    const [row] = await readInScope<{ status: string; claim: number; losses: number; pid: number | null }>(
      own.db,
      'allOrganizations',
      sql`select e.status, e.claim, e.losses, l.pid from executions e left join worker_leases l on l.id = e.worker_id where e.id = ${id}`,
    )
    return row
  }
  await until('it runs', async () => (await read())?.status === 'running')
  // Its runner is left to it alone, because of another execution that did not end when it was told to.
  const deaf = await givenSubmitted(own.db, organizationId, 'ignores', {}, { timeoutMs: 300 })
  await waitForExecution(own, 'allOrganizations', deaf, 60_000)
  // Its lease is long: what it hands back is not waited for.
  const next = await startWorkerProcess(own.databaseUrl, { env: { CROSSWALK_TAKEOVER_SECONDS: '60' } })
  try {
    const askedAt = Date.now()
    await endProcess(stopping, 'SIGTERM')
    const leftAt = Date.now()
    await until('the other continues with it', async () => (await read())?.pid === next.pid)
    return { code: stopping.exitCode, tookMs: leftAt - askedAt, handedOverMs: Date.now() - leftAt, execution: await read() }
  } finally {
    await endProcess(next, 'SIGKILL')
  }
}

test('a worker that is asked to stop does not wait for what takes long, and hands back at once what has not ended; that is no loss', async () => {
  const { code, tookMs, handedOverMs, execution } = await stopped
  assert.equal(code, 0)
  // What it has naps for 90 s, and its lease ends after a minute.
  assert.ok(tookMs < 60_000, `it took ${tookMs} ms`)
  assert.ok(handedOverMs < 30_000, `it was handed over after ${handedOverMs} ms`)
  assert.deepEqual([execution?.claim, execution?.losses], [2, 0])
})
