import assert from 'node:assert/strict'
import { type ChildProcess, execFile } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { readInScope, sql } from '../src/platform/database/database.ts'
import { readEvents, type StreamEvent } from '../testing/event-stream.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp, type TestApp, testAdminKey } from '../testing/test-app.ts'
import { endProcess, startApiProcess, startWorkerProcess } from '../testing/worker-process.ts'

// Two API processes and a worker on one database, as behind a balancer.

let app: TestApp
let organizationId: string
let worker: ChildProcess
let apis: { child: ChildProcess; url: string }[] = []
const authorization = `Bearer ${testAdminKey}`

before(async () => {
  app = await createTestApp()
  organizationId = (await givenOrganization(app.db, 'Acme')).id
  const start = () => startApiProcess(app.databaseUrl)
  ;[worker, ...apis] = await Promise.all([startWorkerProcess(app.databaseUrl), start(), start()])
})
after(async () => {
  await Promise.all([worker, ...apis.map(({ child }) => child)].map((child) => endProcess(child, 'SIGKILL')))
  await app[Symbol.asyncDispose]()
})

async function execute(api: number, workflow_name: string, parameters: object, more: object = {}, wait = 0) {
  const response = await fetch(`${apis[api]?.url}/api/workflows/execute?wait=${wait}`, {
    method: 'POST',
    headers: { authorization, 'x-organization-id': organizationId, 'content-type': 'application/json' },
    body: JSON.stringify({ workflow_name, parameters, ...more }),
  })
  const body = (await response.json()) as { execution_id: string; status: string; result: unknown }
  return { status: response.status, body }
}

const logUrl = (api: number, id: string) => `${apis[api]?.url}/api/executions/${id}/logs`

type Followed = {
  lines: StreamEvent[]
  hasEnded: boolean
  progress: { done: number }[]
  /** How late each line came, in order of lateness. */
  lateMs: number[]
}

/** Follows a log to its end, or to where the connection breaks. */
async function follow(api: number, id: string, { after = null as number | null, onLine = (_count: number) => {} } = {}): Promise<Followed> {
  const events: StreamEvent[] = []
  try {
    for await (const event of readEvents(logUrl(api, id), {
      authorization,
      ...(after === null ? {} : { 'last-event-id': String(after) }),
    })) {
      events.push(event)
      onLine(events.length)
    }
  } catch (error) {
    // Who is told that the process is overloaded asks again, as every client does.
    if (events.length === 0 && /refused with 503/.test(String(error))) {
      await delay(200)
      return follow(api, id, { after, onLine })
    }
    if (events.length === 0) throw error
  }
  const lines = events.filter(({ event }) => event === 'log')
  return {
    lines,
    hasEnded: events.at(-1)?.event === 'ended',
    progress: events.filter(({ event }) => event === 'progress').map(({ data }) => data as { done: number }),
    lateMs: lines.map(({ data, at }) => at - (data as { data: { at: number } }).data.at).sort((left, right) => left - right),
  }
}
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index)
const median = (values: readonly number[]) => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN

test('the same idempotency key from fifty simultaneous calls on two API processes is one execution', async () => {
  const calls = numbers(50).map((number) => execute(number % 2, 'one_step', {}, { idempotency_key: 'fifty' }, 30))
  const answers = await Promise.all(calls)
  assert.deepEqual(new Set(answers.map(({ status, body }) => `${status} ${body.status} ${body.result}`)), new Set(['200 success 2']))
  assert.equal(new Set(answers.map(({ body }) => body.execution_id)).size, 1)
  const made = await readInScope(app.db, 'allOrganizations', sql`select from executions where name = 'one_step'`)
  assert.equal(made.length, 1)
})

/** What a machine that does other things takes for the smallest request, while something else is measured beside it. */
async function besides<Result>(api: number, measured: () => Promise<Result>): Promise<{ result: Result; ownMs: number }> {
  const tookMs: number[] = []
  let isOver = false
  const asking = (async () => {
    do {
      const askedAt = performance.now()
      await (await fetch(`${apis[api]?.url}/healthz`)).arrayBuffer()
      tookMs.push(performance.now() - askedAt)
      await delay(20)
    } while (!isOver)
  })()
  const result = await measured().finally(() => {
    isOver = true
  })
  await asking
  return { result, ownMs: median(tookMs) }
}

test('a line and the progress are seen on every API process within 200 ms', async () => {
  const { body } = await execute(0, 'talks', { lines: 40, each: 1, pauseMs: 100 })
  const { result: followed, ownMs } = await besides(0, () => Promise.all([0, 1, 0, 1, 1].map((api) => follow(api, body.execution_id))))
  // A line goes through the worker, the database and the API process, each of which waits for its turn.
  const limitMs = 200 + 10 * ownMs
  for (const { lines, lateMs, progress, hasEnded } of followed) {
    assert.deepEqual(
      lines.map(({ id }) => id),
      numbers(40),
    )
    // What was written before the follower came does not count, nor does a machine that does other things just then.
    assert.ok(median(lateMs) < limitMs, `half of the lines came more than ${median(lateMs)} ms late, where ${limitMs} is the limit`)
    assert.ok(hasEnded && progress.length >= 3, `progress came ${progress.length} times`)
  }
})

test('who followed a log on an API process that was killed continues after the last line on another one', async () => {
  const { body } = await execute(0, 'talks', { lines: 60, each: 1, pauseMs: 40 })
  const broken = await follow(0, body.execution_id, { onLine: (count) => count === 20 && apis[0]?.child.kill('SIGKILL') })
  assert.ok(!broken.hasEnded && broken.lines.length >= 10)
  const resumed = await follow(1, body.execution_id, { after: broken.lines.at(-1)?.id ?? null })
  assert.deepEqual(
    [...broken.lines, ...resumed.lines].map(({ id }) => id),
    numbers(60),
  )
  assert.ok(resumed.hasEnded)
  apis[0] = await startApiProcess(app.databaseUrl)
})

const slowFollowers = 20
const lineCount = 5_000
const lineLength = 4_000

/** Asks for the log and never reads it. */
function followNeverReading(api: number, id: string): Socket {
  const { port, hostname } = new URL(apis[api]?.url ?? '')
  const socket = connect(Number(port), hostname)
  socket.pause()
  socket.write(
    `GET /api/executions/${id}/logs HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ${authorization}\r\nAccept: text/event-stream\r\n\r\n`,
  )
  return socket
}

const residentMb = async (child: ChildProcess) =>
  Number((await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(child.pid)])).stdout) / 1024

test('followers that never read cost the writer, a quick follower, and other requests nothing', async () => {
  const api = apis[1]?.child as ChildProcess
  const beforeMb = await residentMb(api)
  const { body } = await execute(1, 'talks', { lines: lineCount, length: lineLength, each: 50, pauseMs: 40 })
  const id = body.execution_id
  const slow = numbers(slowFollowers).map(() => followNeverReading(1, id))
  let isOver = false
  async function ask(which: number): Promise<number[]> {
    const requestMs: number[] = []
    while (!isOver) {
      const askedAt = performance.now()
      const response = await fetch(`${apis[which]?.url}/api/executions/${id}`, { headers: { authorization } })
      assert.equal(response.status, 200)
      await response.arrayBuffer()
      requestMs.push(performance.now() - askedAt)
    }
    return requestMs
  }
  try {
    const asking = Promise.all([ask(1), ask(0)])
    // The other API process, which has no slow followers, says what this machine takes at present.
    const {
      result: [quick, elsewhere],
      ownMs,
    } = await besides(0, () => Promise.all([follow(1, id), follow(0, id)])).finally(() => {
      isOver = true
    })
    const [requestMs, requestElsewhereMs] = await asking
    const grownMb = (await residentMb(api)) - beforeMb
    for (const { lines, hasEnded } of [quick, elsewhere]) {
      assert.deepEqual(
        lines.map(({ id }) => id),
        numbers(lineCount),
      )
      assert.ok(hasEnded)
    }
    const [lateMs, elsewhereMs] = [median(quick.lateMs), median(elsewhere.lateMs)]
    assert.ok(lateMs < 2_000 + 20 * ownMs + 20 * elsewhereMs, `half of the lines came ${lateMs} ms late, and elsewhere ${elsewhereMs} ms`)
    const [askedMs, askedElsewhereMs] = [median(requestMs), median(requestElsewhereMs)]
    assert.ok(
      askedMs < 200 + 10 * ownMs + 3 * askedElsewhereMs,
      `half of the requests took more than ${askedMs} ms, and elsewhere ${askedElsewhereMs} ms`,
    )
    // Were what they do not read kept for them, it would be some four hundred megabytes.
    assert.ok(grownMb < 250, `the API process grew by ${grownMb} MB`)
    assert.ok(slow.every((socket) => !socket.destroyed))
  } finally {
    for (const socket of slow) socket.destroy()
  }
})
