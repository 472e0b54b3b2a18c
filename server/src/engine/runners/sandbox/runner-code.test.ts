import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '../../../../testing/temporary-directory.ts'
import { temporaryWorkspace } from '../../../../testing/temporary-workspace.ts'
import { testLogger } from '../../../../testing/test-app.ts'
import { until } from '../../../../testing/until.ts'
import { readablePaths } from '../readable-paths.ts'
import type { Loaded } from '../runner-load.ts'
import { RunnerPool } from '../runner-pool.ts'
import { RunnerProcess } from '../runner-process.ts'
import { CompileCache } from './compile-cache.ts'
import { keepsFilesFromWriting } from './layers.ts'
import { processChain } from './memory-watch.ts'
import { probeSandbox } from './probe.ts'
import { codeFolder } from './runner-code.ts'

const root = fileURLToPath(new URL('../../../../../', import.meta.url))

const source = `
import { createRequire } from 'node:module'
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import * as core from 'zod/v4/core'
const tooEarly = process.moduleLoadList.filter((name) => /undici|_tls_wrap|http2/.test(name))
if (tooEarly.length > 0) throw new Error('Loaded though nobody asked for it: ' + tooEarly)
if (z.core.$ZodType !== core.$ZodType) throw new Error('There are two of zod.')
const isCompiled = process.argv[1].endsWith('.cjs') ? createRequire(import.meta.url)(process.argv[1]).isCompiled : undefined
const hasCrypto = process.moduleLoadList.includes('NativeModule crypto')
const options = { description: JSON.stringify({ isCompiled, hasCrypto }), category: 'Test', parameters: z.object({ name: z.string() }) }
export const told = workflow({ name: 'told', ...options }, async () => 1)
workflow({ name: 'kept', ...options }, async () => 1)
`

test('a runner starts from a few compiled files, with one SDK and one zod for itself and its workspace', async (context) => {
  await using directory = await temporaryDirectory()
  const workspace = join(directory.path, 'workspace')
  await mkdir(join(workspace, 'workflows'), { recursive: true })
  await symlink(join(root, 'node_modules'), join(workspace, 'node_modules'))
  await writeFile(join(workspace, 'package.json'), '{ "type": "module" }')
  await writeFile(join(workspace, 'workflows', 'one.ts'), source)
  const folder = join(directory.path, 'cache')
  await using sandbox = await givenSandbox(workspace)
  if (!keepsFilesFromWriting(sandbox.layers)) return context.skip('Runners could write compiled code here, so there is none.')
  // It is broken below, and must not be that of others.
  const given = { workspace, maxHeapMb: 128, sharesCode: false }

  const load = async (cache: CompileCache) => {
    const runner = new RunnerProcess(optionsFor(workspace), sandbox, cache)
    const { definitions, problems } = await runner.load([])
    const command = await readFile(`/proc/${processChain(runner.pid as number).at(-1)}/cmdline`, 'utf8') // it was started
    runner.kill('retired')
    await runner.exited
    const [told] = definitions
    return {
      names: definitions.map(({ name }) => name),
      problems: problems.map(({ reason }) => reason),
      isCompiled: JSON.parse(told?.description ?? '{}').isCompiled,
      command,
    }
  }
  const unexported = /The workflow kept is made and not exported/

  const cache = CompileCache.open({ folder, ...given })
  assert.ok(cache)
  assert.equal(cache.entry, undefined)
  await writeFile(join(folder, 'runner-of-before.compiled'), '')
  await cache.refresh([])
  assert.deepEqual(globSync('runner-*.compiled', { cwd: folder }), [`${basename(codeFolder(folder, false))}.compiled`])
  assert.equal(cache.entry, join(codeFolder(folder, false), 'entry.cjs'))
  const fast = await load(cache)
  assert.match(fast.command, /entry\.cjs\0$/)
  assert.equal(fast.isCompiled, true)
  assert.deepEqual(fast.names, ['told'])
  assert.equal(fast.problems.length, 1)
  assert.match(fast.problems[0] as string, unexported) // there is one

  await writeFile(join(dirname(cache.entry as string), 'code-runner.cjs'), 'throw new Error("broken")')
  await writeFile(join(workspace, 'workflows', 'two.ts'), 'export {}')
  await cache.refresh([])
  assert.equal(cache.entry, undefined)
  const slow = await load(cache)
  assert.match(slow.command, /main\.ts\0$/)
  assert.deepEqual(slow.names, ['told'])
  await cache.close()
})

test('compiled code that is damaged is thrown away, and made again', async (context) => {
  await using workspace = await temporaryWorkspace({ 'workflows/one.ts': source })
  await using directory = await temporaryDirectory()
  const pool = new RunnerPool({
    ...optionsFor(workspace.path),
    sessionsPerRunner: 2,
    maxRunners: 2,
    executionsPerRunner: 100,
    cacheFolder: directory.path,
  })
  await using _closed = { [Symbol.asyncDispose]: () => pool.close() }
  if (!keepsFilesFromWriting((await pool.sandbox()).layers))
    return context.skip('Runners could write compiled code here, so there is none.')
  const compiled = () => {
    const [file] = globSync('runner-*.compiled', { cwd: directory.path })
    return file === undefined ? undefined : join(directory.path, file)
  }
  const names = ({ definitions }: Loaded) => definitions.map(({ name }) => name)
  assert.deepEqual(names(await pool.reload()), ['told'])
  const file = await until('the code is compiled', compiled)
  await until('all of it is', () => globSync('*.stamp', { cwd: directory.path }).length === 1)

  // As a power cut may leave it.
  const bytes = await readFile(file)
  await writeFile(file, bytes.fill(0, bytes.length / 2))
  const { isCompiled } = JSON.parse((await pool.reload()).definitions[0]?.description ?? '{}')
  assert.equal(isCompiled, undefined, 'it started from the sources')
  await until('the code is compiled again', () => compiled() && globSync('*.stamp', { cwd: directory.path }).length === 1)
  await workspace.write('workflows/two.ts', 'export {}')
  assert.equal(JSON.parse((await pool.reload()).definitions[0]?.description ?? '{}').isCompiled, true)
})

const optionsFor = (workspace: string) =>
  ({
    workspace,
    maxHeapMb: 128,
    logger: testLogger,
    stallMs: 5_000,
    loadTimeoutMs: 20_000,
    gateway: null,
    network: 'none',
  }) as const

async function givenSandbox(workspace: string) {
  const sandbox = await probeSandbox({ mode: 'auto', readable: readablePaths(workspace), folder: workspace })
  return Object.assign(sandbox, { [Symbol.asyncDispose]: async () => sandbox.close() })
}
