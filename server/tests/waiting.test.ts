import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemActing } from '../src/audit/audit.ts'
import { cancelExecution } from '../src/engine/state/cancellation.ts'
import { type Execution, getExecution } from '../src/engine/state/executions.ts'
import { wake } from '../src/engine/state/waiting.ts'
import { inScope } from '../src/platform/database/database.ts'
import { pauses } from '../src/processes/slices.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'
import { until } from '../testing/until.ts'

let worker: TestWorker

before(async () => {
  worker = await startTestWorker({ minWaitMs: 1_000 })
})
after(() => worker[Symbol.asyncDispose]())

const current = (id: string): Promise<Execution> => getExecution(worker.db, 'allOrganizations', id)
const waits = (id: string) =>
  until('it waits', async () => {
    const execution = await current(id)
    return execution.status === 'waiting' && execution
  })
const shown = async (id: string) => (await worker.steps(id)).map(({ name, status }) => `${name} ${status}`)

test('a long sleep lets the session and the place go, and the execution continues when it is over', async () => {
  const id = await worker.submit('sleeps', { ms: 4_000 })
  const waiting = await waits(id)
  assert.deepEqual([waiting.wait?.for, waiting.completedAt], [{ type: 'time' }, null])
  assert.ok(Number(waiting.wait?.until) - Number(waiting.startedAt) >= 4_000)
  assert.deepEqual(await shown(id), ['before success', 'sleep running'])
  const ended = await worker.ended(id)
  assert.deepEqual([ended.status, ended.result, ended.wait], ['success', { before: 1, after: 2 }, null])
  assert.ok(Number(ended.completedAt) - Number(ended.startedAt) >= 4_000)
  assert.deepEqual(await shown(id), ['before success', 'sleep success', 'after success'])
  assert.deepEqual(
    (await worker.lines(id)).map(({ message }) => message),
    ['begun', 'The execution waits, and holds no place until it continues.', 'The execution continues after its wait.', 'awake'],
  )
})

test('a short sleep keeps its place', async () => {
  const id = await worker.submit('sleeps', { ms: 600 })
  await worker.ended(id)
  assert.deepEqual(
    (await worker.lines(id)).map(({ message }) => message),
    ['begun', 'awake'],
  )
})

test('steps beside a sleep are done before anything is let go, each once', async () => {
  const id = await worker.submit('sleeps_beside', { ms: 6_000 })
  await waits(id)
  assert.deepEqual(
    (await shown(id)).filter((step) => step.startsWith('beside')),
    ['beside 0 success', 'beside 1 success', 'beside 2 success'],
  )
  const { status, result } = await worker.ended(id)
  const { done, awakeAt } = result as { done: number[]; awakeAt: number }
  assert.deepEqual([status, done.length], ['success', 3])
  assert.ok(awakeAt - (done[0] ?? 0) >= 4_000)
  assert.equal((await worker.lines(id)).filter(({ message }) => message.startsWith('The execution waits')).length, 1)
})

test('of two sleeps at once the first to be over wakes it, and then it waits for the other', async () => {
  const id = await worker.submit('sleeps_twice', { ms: 2_000 })
  await waits(id)
  const ended = await worker.ended(id)
  assert.deepEqual([ended.status, await shown(id)], ['success', ['sleep success', 'sleep success', 'short success', 'long success']])
  assert.equal((await worker.lines(id)).filter(({ message }) => message.startsWith('The execution waits')).length, 2)
})

test('woken before its time it waits again, for the rest', async () => {
  const id = await worker.submit('sleeps', { ms: 5_000 })
  const before = await waits(id)
  assert.equal(await inScope(worker.db, 'allOrganizations', (transaction) => wake(transaction, pauses, id)), true)
  await until(
    'it waits again',
    async () => (await worker.lines(id)).filter(({ message }) => message.startsWith('The execution waits')).length === 2,
  )
  const again = await waits(id)
  assert.deepEqual(again.wait, before.wait)
  const ended = await worker.ended(id)
  assert.ok(Number(ended.completedAt) >= Number(before.wait?.until))
  assert.deepEqual(await shown(id), ['before success', 'sleep success', 'after success'])
})

test('one that waits is cancelled at once', async () => {
  const id = await worker.submit('sleeps', { ms: 600_000 })
  await waits(id)
  const cancelled = await cancelExecution(worker.db, systemActing, await current(id), [])
  assert.deepEqual([cancelled.status, await shown(id)], ['cancelled', ['before success', 'sleep failed']])
})

test('the time-out counts the time that it ran, over all of its claims, and no wait', async () => {
  const ms = 1_200
  // It takes 6 s at least, of which it runs 2.4 s.
  const inTime = await worker.run('works_and_sleeps', { ms }, 5_500)
  assert.equal(inTime.status, 'success', JSON.stringify(inTime.error))
  assert.ok(inTime.ranMs >= 2 * ms && inTime.ranMs < 5 * ms, `${inTime.ranMs} ms`)
  const late = await worker.run('works_and_sleeps', { ms: 2_000 }, 3_600)
  assert.deepEqual(
    [late.status, late.error?.message],
    ['timeout', 'The execution ran for longer than its limit of 3.6 seconds (timeoutMs) and was ended.'],
  )
  assert.equal((await worker.lines(late.id)).length, 2, 'it was the work after the wait that was too much')
})

test('a deadline counts all of it, and ends an execution that waits', async () => {
  const id = await givenSubmitted(worker.db, worker.organizationId, 'hurries', { ms: 60_000 }, { deadlineMs: 3_000 })
  const { wait, startedAt } = await waits(id)
  assert.equal(Number(wait?.until) - Number(startedAt), 3_000)
  const ended = await worker.ended(id)
  assert.deepEqual(
    [ended.status, ended.error?.message, ended.error?.details],
    [
      'timeout',
      'The execution, with all that it waited for, took longer than its limit of 3 seconds (deadlineMs) and was ended.',
      { code: 'deadline_passed', deadline_ms: 3_000 },
    ],
  )
  const tookMs = Number(ended.completedAt) - Number(startedAt)
  assert.ok(tookMs >= 3_000 && tookMs < 30_000, `${tookMs} ms`)
  // One that holds its place has the same deadline.
  const busy = await worker.ended(await givenSubmitted(worker.db, worker.organizationId, 'ignores', {}, { deadlineMs: 1_000 }))
  assert.deepEqual([busy.status, busy.error?.details.code], ['timeout', 'deadline_passed'])
})
