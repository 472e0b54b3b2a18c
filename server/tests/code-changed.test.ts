import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Execution } from '../src/engine/state/executions.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'
import { until } from '../testing/until.ts'

const file = 'workflows/changing.ts'
const code = (body: string) =>
  `import { workflow } from '@crosswalk/sdk'
export const changing = workflow({ name: 'changing', description: 'Is changed while it runs.' }, async (ctx) => { ${body} })`

/** Does two steps, tells its process, and hangs in the third. */
const original = code(`
  await ctx.step('first', () => 1)
  await ctx.step('second', () => 2)
  await ctx.log('info', String(process.pid))
  await ctx.step('third', () => new Promise(() => {}))`)

let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let worker: TestWorker
before(async () => {
  workspace = await temporaryWorkspace({ [file]: original })
  // Without namespaces a runner knows its process by the same number as the test, which ends it.
  worker = await startTestWorker({ workspace: workspace.path, isolations: ['none'] })
})
after(async () => {
  await worker[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

/** Runs the original into its third step, changes the code, and takes the process away. */
async function changedTo(body: string): Promise<Execution> {
  await workspace.write(file, original)
  await worker.host.setWorkspace(await worker.pool.reload())
  const id = await worker.submit('changing')
  await until('it hangs in the third step', async () => (await worker.steps(id)).some(({ name }) => name === 'third'))
  const [line] = await worker.lines(id)
  await workspace.write(file, code(body))
  await worker.host.setWorkspace(await worker.pool.reload())
  process.kill(Number(line?.message), 'SIGKILL')
  return worker.ended(id)
}

const stepNames = async (id: string) => (await worker.steps(id)).map(({ name }) => name)

test('changed code continues where it still asks for what is recorded', async () => {
  const execution = await changedTo(`
    const sum = (await ctx.step('first', () => 10)) + (await ctx.step('second', () => 20))
    return sum + (await ctx.step('other', () => 100))`)
  assert.equal(execution.result, 103, JSON.stringify(execution.error))
})

test('changed code that asks for another step in place of a recorded one fails, names the recorded one, and does not do the other', async () => {
  const execution = await changedTo(`
    await ctx.step('first', () => 1)
    await ctx.step('renamed', () => 2)
    return 'not reached'`)
  assert.deepEqual([execution.status, execution.error?.details], ['failed', { step: 'second', code: 'code_changed' }])
  assert.match(execution.error?.message ?? '', /no longer asks for the step 'second'/)
  assert.deepEqual(await stepNames(execution.id), ['first', 'second', 'third'])
})

test('changed code that ends without asking for a recorded step fails, and names it', async () => {
  const execution = await changedTo(`return ctx.step('first', () => 1)`)
  assert.deepEqual([execution.status, execution.error?.details], ['failed', { step: 'second', code: 'code_changed' }])
})

test('code that was not changed continues as before', async () => {
  await workspace.write(file, original)
  await worker.host.setWorkspace(await worker.pool.reload())
  const id = await worker.submit('changing')
  await until('it hangs in the third step', async () => (await worker.steps(id)).some(({ name }) => name === 'third'))
  process.kill(Number((await worker.lines(id))[0]?.message), 'SIGKILL')
  await until('it continues in another process', async () =>
    (await worker.lines(id)).some(({ message }) => /process .* was lost/.test(message)),
  )
  assert.deepEqual(await stepNames(id), ['first', 'second', 'third'])
})
