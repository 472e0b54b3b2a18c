import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Execution, getExecution, waitForExecution } from '../src/engine/state/executions.ts'
import { inScope, readInScope, sql } from '../src/platform/database/database.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'
import { until } from '../testing/until.ts'

let worker: TestWorker

before(async () => {
  worker = await startTestWorker({ minWaitMs: 1_000 })
})
after(() => worker[Symbol.asyncDispose]())

const current = (id: string): Promise<Execution> => getExecution(worker.db, { organizationId: worker.organizationId }, id)
const waits = (id: string) =>
  until('it waits', async () => {
    const execution = await current(id)
    return execution.status === 'waiting' && execution
  })

test('a long sleep lets the session and the place go, and the execution goes on when it is over', async () => {
  const id = await worker.submit('sleeps', { ms: 2_500 })
  const waiting = await waits(id)
  assert.deepEqual([waiting.wait?.for, waiting.completedAt], [{ type: 'time' }, null])
  assert.ok(Math.abs((waiting.wait?.until?.getTime() ?? 0) - (waiting.startedAt?.getTime() ?? 0) - 2_500) < 1_000)
  const ended = await worker.ended(id)
  assert.deepEqual([ended.status, ended.result, ended.wait], ['success', { before: 1, after: 2 }, null])
  assert.deepEqual(
    (await worker.steps(id)).map(({ position, name, status }) => [position, name, status]),
    [
      [0, 'before', 'success'],
      [1, 'sleep', 'success'],
      [2, 'after', 'success'],
    ],
  )
  assert.deepEqual(
    (await worker.lines(id)).map(({ message }) => message),
    ['begun', 'The execution waits, and holds no place until it goes on.', 'The execution goes on after its wait.', 'awake'],
  )
})
