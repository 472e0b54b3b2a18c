import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { after, before, beforeEach, test } from 'node:test'
import { answer, type SimulatedVendor, simulateVendor, type VendorAnswer } from '@crosswalk/sdk/testing'
import { startProcesses, type TestProcesses } from '../testing/processes.ts'
import { endProcess } from '../testing/worker-process.ts'

// An API process and worker processes, and a vendor that is not always ready.

let vendor: SimulatedVendor
let processes: TestProcesses
let worker: ChildProcess
/** What the vendor says next to who lists; after that it is ready. */
let refusals: VendorAnswer[] = []
let listedAt: number[] = []

before(async () => {
  vendor = await simulateVendor({
    'GET /list': () => {
      listedAt.push(performance.now())
      return refusals.shift() ?? 'listed'
    },
    'POST /create/:name': ({ params }) => params.name ?? null,
  })
  processes = await startProcesses()
  worker = await processes.startWorker()
  await processes.map('hasty', vendor.url)
})
after(async () => {
  await processes[Symbol.asyncDispose]()
  await vendor.stop()
})
beforeEach(() => {
  vendor.requests.length = 0
  listedAt = []
  refusals = []
})

type Line = { level: string; message: string; data: { attempt: number; max_attempts: number } | null }
const attemptsOf = (execution: Awaited<ReturnType<TestProcesses['shown']>>) =>
  execution.steps.map(({ name, attempt, status }) => [name, attempt, status])

test('a safe call that is answered 429 and 503 is made again without the author doing anything, and the wait that was asked for is kept', async () => {
  refusals = [answer(429, null, { 'retry-after': '2' }), answer(503)]
  const execution = await processes.ended(await processes.execute('lists'))
  assert.deepEqual([execution.status, execution.result], ['success', 'listed'])
  assert.deepEqual(attemptsOf(execution), [['hasty.list', 3, 'success']])
  const [first = 0, second = 0, third = 0] = listedAt
  assert.equal(listedAt.length, 3)
  // On its own account it would wait for a second at most, and for two after the second attempt.
  assert.ok(second - first >= 1_990, `it came again after ${second - first} ms`)
  assert.ok(third - second >= 990, `it came again after ${third - second} ms`)
  const { body } = await processes.call<{ logs: Line[] }>('GET', `/executions/${execution.execution_id}/logs`)
  assert.deepEqual(
    body.logs.map(({ level, message, data }) => [level, /answered (\d+)/.exec(message)?.[1], data?.attempt, data?.max_attempts]),
    [
      ['warn', '429', 1, 3],
      ['warn', '503', 2, 3],
    ],
  )
  assert.match(
    body.logs[0]?.message ?? '',
    /^hasty\.list failed in attempt 1 of 3 and is tried again in 2 s: GET .* answered 429 Too Many Requests/,
  )
})

test('StopRetrying ends at once what has attempts left', async () => {
  refusals = Array.from({ length: 4 }, () => answer(503))
  const execution = await processes.ended(await processes.execute('insists', { url: vendor.url }))
  const { message, details } = execution.error ?? {}
  assert.deepEqual([execution.status, message, details?.code], ['failed', 'it will not be ready', 'stop_retrying'])
  assert.deepEqual(attemptsOf(execution), [['ask', 2, 'failed']])
  assert.equal(listedAt.length, 2)
})

test('a retry after the vendor is mended continues from the failed step on another worker, and repeats nothing before it', async () => {
  vendor.faults.hold({ kind: 'status', status: 500 }, ({ path }) => path === '/create/second')
  const failed = await processes.ended(await processes.execute('creates_three'))
  assert.equal(failed.status, 'failed')
  assert.deepEqual(attemptsOf(failed), [
    ['hasty.create', 1, 'success'],
    ['check', 1, 'success'],
    ['hasty.create', 1, 'failed'],
  ])
  vendor.faults.clear()
  await endProcess(worker, 'SIGTERM')
  await processes.startWorker()
  const retry = await processes.call<{ execution_id: string; retry_of: string }>('POST', `/executions/${failed.execution_id}/retry`)
  assert.deepEqual([retry.status, retry.body.retry_of], [202, failed.execution_id])
  const execution = await processes.ended(retry.body.execution_id)
  assert.deepEqual([execution.status, execution.result], ['success', ['first', 'checked', 'second', 'third']])
  assert.deepEqual(
    vendor.requests.map(({ path }) => path),
    ['/create/first', '/create/second', '/create/second', '/create/third'],
  )
})
