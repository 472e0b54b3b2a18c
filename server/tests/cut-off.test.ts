import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { listSteps } from '../src/engine/state/executions.queries.ts'
import { viewOfStep } from '../src/history/step-view.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'
import { until } from '../testing/until.ts'

// Steps that are cut off where no worker dies: their runner is lost, or their code ends without them.

const file = `
import { workflow } from '@crosswalk/sdk'

const forever = () => new Promise((resolve) => setTimeout(resolve, 3_600_000))

export const losesRunner = workflow({ name: 'loses_runner', description: 'Continues in another process.' }, (ctx) =>
  ctx.step('long', async () => {
    await ctx.log('info', String(process.pid))
    await forever()
  }))
export const leaves = workflow({ name: 'leaves', description: 'Ends before its step.' }, async (ctx) => {
  await Promise.race([ctx.step('left', forever), ctx.sleep(50)])
})
export const fails = workflow({ name: 'fails', description: 'Is tried again.' }, (ctx) =>
  ctx.step('third', ({ attempt }) => {
    if (attempt < 3) throw new Error('refused ' + attempt)
    return attempt
  }, { initialDelayMs: 1 }))
`

let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let worker: TestWorker
before(async () => {
  workspace = await temporaryWorkspace({ 'workflows/cut-off.ts': file })
  // Without namespaces a runner knows its process by the same number as the test, which ends it.
  worker = await startTestWorker({ workspace: workspace.path, isolations: ['none'] })
})
after(async () => {
  await worker[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

const shown = async (id: string) => (await listSteps(worker.db, 'allOrganizations', id)).map(viewOfStep)
const attemptsOf = async (id: string) =>
  (await shown(id)).map(({ name, status, attempts }) => [
    name,
    status,
    attempts.map((each) => [each.attempt, each.status, each.error?.message]),
  ])

test('a step whose runner was lost is one step with two attempts, of which the first was cut off', async () => {
  const id = await worker.submit('loses_runner')
  const pids = async () => (await worker.lines(id)).map(({ message }) => Number(message)).filter((pid) => pid > 0)
  await until('it is in its step', async () => (await pids()).length === 1 && (await shown(id)).length === 1)
  process.kill((await pids())[0] ?? 0, 'SIGKILL')
  await until('it is in its step again', async () => (await pids()).length === 2)
  await until('that is shown', async () => (await shown(id))[0]?.attempt === 2)
  assert.deepEqual(await attemptsOf(id), [
    [
      'long',
      'running',
      [
        [1, 'cut_off', undefined],
        [2, 'running', undefined],
      ],
    ],
  ])
})

test('a step that its code ended without was cut off', async () => {
  const { id } = await worker.run('leaves')
  assert.deepEqual(
    (await attemptsOf(id)).filter(([name]) => name === 'left'),
    [['left', 'failed', [[1, 'cut_off', undefined]]]],
  )
})

test('each failed attempt is kept with its reason', async () => {
  const { id, result } = await worker.run('fails')
  assert.equal(result, 3)
  assert.deepEqual(await attemptsOf(id), [
    [
      'third',
      'success',
      [
        [1, 'failed', 'refused 1'],
        [2, 'failed', 'refused 2'],
        [3, 'success', undefined],
      ],
    ],
  ])
})
