import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemActing } from '../src/audit/audit.ts'
import { cancelExecution } from '../src/engine/state/cancellation.ts'
import { getExecution } from '../src/engine/state/executions.ts'
import { readInScope, sql } from '../src/platform/database/database.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'
import { until } from '../testing/until.ts'

// The one runner that there may be is taken, so what another organization asks for waits for it to end.
let worker: TestWorker
let otherId: string
let running: string
before(async () => {
  worker = await startTestWorker({ maxRunnersInAll: 1 })
  otherId = await worker.addOrganization('Globex')
  running = await worker.submit('listens', {}, 600_000)
  await until('the runner is taken', async () => (await worker.lines(running)).length > 0)
})
after(() => worker[Symbol.asyncDispose]())

const statusOf = async (id: string) => (await getExecution(worker.db, 'allOrganizations', id)).status
const cancel = async (id: string) => cancelExecution(worker.db, systemActing, await getExecution(worker.db, 'allOrganizations', id), [])

test('an execution that waits for a runner is cancelled, and its time goes by, before there is one; its code never begins', async () => {
  const [cancelled, late] = [await worker.submit('listens', {}, 600_000, otherId), await worker.submit('listens', {}, 300, otherId)]
  await until('it is held', async () => (await statusOf(cancelled)) === 'running')
  await cancel(cancelled)
  assert.equal((await worker.ended(cancelled, otherId)).status, 'cancelled')
  assert.equal((await worker.ended(late, otherId)).status, 'timeout')
  assert.equal(await statusOf(running), 'running')

  // The runner that they waited for serves the next, and has heard of neither.
  await cancel(running)
  await worker.ended(running)
  assert.equal((await worker.run('answers', {}, 30_000, otherId)).status, 'success')
  const lines = sql`select message from execution_logs where execution_id = any(${[cancelled, late]}::uuid[])`
  assert.deepEqual(await readInScope(worker.db, 'allOrganizations', lines), [])
})
