import assert from 'node:assert/strict'
import { rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryWorkspace } from '../../../testing/temporary-workspace.ts'
import { testLogger } from '../../../testing/test-app.ts'
import type { RunOrder, SessionMessage } from '../../protocol/channel.ts'
import { readablePaths, readyMadeFolder } from './readable-paths.ts'
import type { Loaded } from './runner-load.ts'
import { RunnerProcess } from './runner-process.ts'
import { probeSandbox } from './sandbox/probe.ts'

const workflow = (name: string, body: string) => `
import { workflow } from '@crosswalk/sdk'
export const made = workflow({ name: '${name}', description: '${name}', category: 'Test' }, async (ctx) => { ${body} })
`
const builtins = `return process.moduleLoadList.filter((name) => name === 'NativeModule crypto' || name === 'NativeModule v8')`
const classes = `return ['ninjaone', 'halopsa'].map((name) => new (ctx.getIntegrationClass(name))(ctx).constructor.integrationName)`

/** Runners of one workspace, as a pool starts them one after the other. */
async function givenRunners(files: Record<string, string>) {
  const workspace = await temporaryWorkspace(files)
  const sandbox = await probeSandbox({ mode: 'auto', readable: readablePaths(workspace.path), folder: workspace.path })
  const started: RunnerProcess[] = []
  return {
    file: (name: string) => join(workspace.path, name),
    async load(before?: Loaded, exclude: { file: string; reason: string }[] = []) {
      const options = { workspace: workspace.path, readyMade: { folder: readyMadeFolder, names: 'all' as const } }
      const limits = { maxHeapMb: 128, stallMs: 5_000, loadTimeoutMs: 20_000 }
      const runner = new RunnerProcess({ ...options, ...limits, logger: testLogger, gateway: null, network: 'none' }, sandbox)
      started.push(runner)
      return { runner, loaded: await runner.load(exclude, before) }
    },
    async [Symbol.asyncDispose]() {
      for (const runner of started) runner.kill('retired')
      await Promise.all(started.map(({ exited }) => exited))
      sandbox.close()
      await workspace[Symbol.asyncDispose]()
    },
  }
}

/** Runs a workflow without steps. */
function run(runner: RunnerProcess, name: string): Promise<unknown> {
  const order: RunOrder = {
    kind: 'workflow',
    name,
    executionId: 'an execution',
    organization: null,
    caller: { type: 'api_key', id: 'test', name: 'Test' },
    input: { parameters: {} },
  }
  const ended = Promise.withResolvers<unknown>()
  const onMessage = (message: SessionMessage) => {
    if (message.type !== 'ended') return undefined
    if (message.outcome.ok) ended.resolve(message.outcome.value)
    else ended.resolve(message.outcome.error.code ?? message.outcome.error.message)
    return undefined
  }
  runner.open(order, { onMessage, onLost: () => ended.reject(new Error('lost')), mask: { text: (text) => text } })
  return ended.promise
}

test('a runner that finds the files that another described describes nothing again, and runs all that was found', async () => {
  await using given = await givenRunners({
    'workflows/builtins.ts': workflow('builtins', builtins),
    'workflows/classes.ts': workflow('classes', classes),
  })
  const { loaded: first } = await given.load()
  assert.ok(first.definitions.some(({ name }) => name === 'ninjaone'))
  const { runner, loaded } = await given.load(first)
  assert.equal(loaded, first)
  assert.equal(runner.codeVersion, first.codeVersion)
  assert.deepEqual(await run(runner, 'builtins'), [])
  // Loaded at once, when it is asked for.
  assert.deepEqual(await run(runner, 'classes'), ['ninjaone', 'halopsa'])
  assert.equal(await run(runner, 'never_made'), 'definition_not_found')
})

test('a file that is written, comes or goes is seen by the next runner, also where its size and its time are the same', async () => {
  await using given = await givenRunners({
    'workflows/one.ts': workflow('one', 'return 1'),
    'workflows/two.ts': workflow('two', 'return 2'),
  })
  const { loaded: first } = await given.load()
  const when = new Date('2026-01-01')
  await writeFile(given.file('workflows/one.ts'), workflow('one', 'return 3'))
  await utimes(given.file('workflows/one.ts'), when, when)
  const second = await given.load(first)
  assert.notEqual(second.loaded.codeVersion, first.codeVersion)
  assert.equal(await run(second.runner, 'one'), 3)
  await writeFile(given.file('workflows/one.ts'), workflow('one', 'return 4'))
  await utimes(given.file('workflows/one.ts'), when, when)
  const third = await given.load(second.loaded)
  assert.equal(await run(third.runner, 'one'), 4)

  await rm(given.file('workflows/two.ts'))
  const fourth = await given.load(third.loaded)
  assert.deepEqual(
    fourth.loaded.definitions.filter(({ name }) => name === 'two'),
    [],
  )
  assert.equal(await run(fourth.runner, 'two'), 'definition_not_found')
})

test('what was not published is not run by a later runner either: a second of a name, one that is left out, and ours beside one of the workspace', async () => {
  await using given = await givenRunners({
    'integrations/ninjaone.ts': `
      import { BaseIntegration } from '@crosswalk/sdk'
      export class Own extends BaseIntegration {
        static integrationName = 'ninjaone'
        async getClient() { return {} }
        async testConnection() { return { success: true, message: 'Own' } }
      }`,
    'workflows/a.ts': workflow('same', "return 'a'"),
    'workflows/b.ts': workflow('same', "return 'b'"),
    'workflows/left-out.ts': workflow('left_out', "return 'there'"),
    'workflows/whose.ts': workflow('whose', `return ctx.getIntegrationClass('ninjaone').name`),
  })
  const exclude = [{ file: 'workflows/left-out.ts', reason: 'It is left out.' }]
  const { loaded: first } = await given.load(undefined, exclude)
  const { runner, loaded } = await given.load(first, exclude)
  assert.equal(loaded, first)
  assert.equal(await run(runner, 'same'), 'a')
  assert.equal(await run(runner, 'left_out'), 'definition_not_found')
  assert.equal(await run(runner, 'whose'), 'Own')
})

test('of several exports with one name a later runner takes the one that was published, and none that was refused', async () => {
  await using given = await givenRunners({
    'integrations/acme.ts': `
      import { BaseIntegration } from '@crosswalk/sdk'
      export class BaseAcme extends BaseIntegration {
        static integrationName = 'acme'
        async getClient() { return {} }
        async testConnection() { return { success: true, message: 'Reached' } }
      }
      // It has no name of its own.
      export class Acme extends BaseAcme {}`,
    'workflows/twice.ts': `
      import { workflow } from '@crosswalk/sdk'
      import { z } from 'zod'
      const options = { name: 'twice', description: 'Twice', category: 'Test' }
      // A date is nothing that a form can have.
      export const a = workflow({ ...options, parameters: z.object({ at: z.date() }) }, async () => 'refused')
      export default workflow(options, async () => 'published')`,
    'workflows/whose.ts': workflow('whose', `return ctx.getIntegrationClass('acme').name`),
  })
  const first = await given.load()
  const second = await given.load(first.loaded)
  assert.equal(second.loaded, first.loaded)
  for (const { runner } of [first, second])
    assert.deepEqual([await run(runner, 'twice'), await run(runner, 'whose')], ['published', 'BaseAcme'])
})

test('a workspace without a file of its own is known as well', async () => {
  await using given = await givenRunners({})
  const first = await given.load()
  assert.equal((await given.load(first.loaded)).loaded, first.loaded)
})
