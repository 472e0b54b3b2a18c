import assert from 'node:assert/strict'
import { readFile, rename } from 'node:fs/promises'
import { test } from 'node:test'
import { runnerCacheFolder } from '../../../testing/runner-cache.ts'
import { temporaryWorkspace } from '../../../testing/temporary-workspace.ts'
import { testLogger } from '../../../testing/test-app.ts'
import { testWorkspace } from '../../../testing/test-worker.ts'
import { until } from '../../../testing/until.ts'
import type { RunOrder } from '../../protocol/channel.ts'
import { type PoolOptions, RunnerPool } from './runner-pool.ts'
import type { RunnerLine } from './runner-process.ts'
import type { SessionListener } from './session-listener.ts'

const listener: SessionListener = { onMessage: () => undefined, onLost() {}, mask: { text: (text) => text } }

function poolOf(options: Partial<PoolOptions>): RunnerPool {
  return new RunnerPool({
    workspace: testWorkspace,
    logger: testLogger,
    gateway: null,
    maxHeapMb: 128,
    stallMs: 5_000,
    loadTimeoutMs: 20_000,
    sessionsPerRunner: 2,
    maxRunners: 2,
    executionsPerRunner: 100,
    cacheFolder: runnerCacheFolder,
    ...options,
  })
}

async function givenPool(options: Partial<PoolOptions> = {}): Promise<RunnerPool & AsyncDisposable> {
  const pool = poolOf(options)
  await pool.reload()
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.close() })
}

function open(pool: RunnerPool, organizationId: string | null, isIsolated = false): Promise<RunnerLine> {
  const order: RunOrder = {
    kind: 'workflow',
    name: 'never_returns',
    executionId: 'an execution',
    organization: organizationId === null ? null : { id: organizationId, name: organizationId, domains: [], tenantId: null, fields: {} },
    caller: { type: 'api_key', id: 'test', name: 'Test' },
    input: { parameters: {} },
  }
  return pool.open(order, listener, isIsolated)
}

test('executions of one organization share a runner while it has room; nobody else ever gets it', async () => {
  await using pool = await givenPool()
  const [first, second, third] = [await open(pool, 'acme'), await open(pool, 'acme'), await open(pool, 'acme')]
  const [other, global] = [await open(pool, 'globex'), await open(pool, null)]
  assert.equal(first.runner, second.runner)
  const all = new Set([first.runner, third.runner, other.runner, global.runner])
  assert.equal(all.size, 4)
  assert.deepEqual(
    [...all].map(({ binding }) => binding),
    ['acme', 'acme', 'globex', 'global'],
  )
  first.close()
  second.close()
  assert.notEqual((await open(pool, 'globex')).runner, first.runner)
  assert.throws(() => first.runner.bind('globex'), /serves one organization/)
})

test('an execution that may be the cause of a loss has a runner to itself, which ends with it', async () => {
  await using pool = await givenPool()
  const [shared, alone] = [await open(pool, 'acme'), await open(pool, 'acme', true)]
  assert.notEqual(shared.runner, alone.runner)
  assert.equal((await open(pool, 'acme')).runner, shared.runner)
  alone.close()
  await alone.runner.exited
})

test('a runner that has nothing to do is kept for a while for its own organization, and then is gone', async () => {
  await using pool = await givenPool({ keepIdleMs: 300 })
  const first = await open(pool, 'acme')
  first.close()
  const second = await open(pool, 'acme')
  assert.equal(second.runner, first.runner)
  second.close()
  await second.runner.exited
  assert.notEqual((await open(pool, 'acme')).runner, first.runner)
})

test('there are never more runners than allowed: one that has nothing to do makes room, and else they are waited for', async () => {
  await using pool = await givenPool({ maxRunnersInAll: 2, spareRunners: 1, keepIdleMs: 60_000 })
  const acme = await open(pool, 'acme')
  const globex = await open(pool, 'globex')
  globex.close()
  const umbrella = await open(pool, 'umbrella')
  await globex.runner.exited
  let isOpen = false
  const initech = open(pool, 'initech').then((session) => {
    isOpen = true
    return session
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(isOpen, false)
  umbrella.close()
  assert.equal((await initech).runner.binding, 'initech')
  assert.equal(acme.runner.isGone, false)
})

test('where authors trust each other, all organizations share the runners', async () => {
  await using pool = await givenPool({ sharing: 'trusted' })
  assert.equal((await open(pool, 'acme')).runner, (await open(pool, 'globex')).runner)
})

test('a load of the workspace replaces spare runners, and those that run end with what they have', async () => {
  await using pool = await givenPool()
  const before = await open(pool, 'acme')
  await pool.reload()
  const after = await open(pool, 'acme')
  assert.notEqual(after.runner, before.runner)
  assert.equal(before.runner.isGone, false)
  before.close()
  await before.runner.exited
})

test('a runner that the system does not start takes no place, and the pool can be closed', async () => {
  await using workspace = await temporaryWorkspace({})
  // Without a namespace a process begins in the workspace, and cannot where that is gone.
  const pool = poolOf({ workspace: workspace.path, isolations: ['none'], maxRunnersInAll: 1 })
  await pool.sandbox()
  await rename(workspace.path, `${workspace.path}.away`)
  const loads = await Promise.allSettled([pool.reload(), pool.reload()])
  assert.deepEqual(
    loads.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  await rename(`${workspace.path}.away`, workspace.path)
  await pool.reload()
  await pool.reload()
  await open(pool, 'acme')
  await pool.close()
})

test('runners of before a load that failed take nothing more, and end with what they have', async () => {
  await using workspace = await temporaryWorkspace({})
  await using pool = await givenPool({ workspace: workspace.path, isolations: ['none'] })
  const [busy, idle] = [await open(pool, 'acme'), await open(pool, 'globex')]
  idle.close()
  await rename(workspace.path, `${workspace.path}.away`)
  await assert.rejects(pool.reload())
  await idle.runner.exited
  assert.equal(busy.runner.isGone, false)
  busy.close()
  await busy.runner.exited
  await rename(`${workspace.path}.away`, workspace.path)
})

test('on Linux a runner is behind the strongest layers, reads compiled code, and has a limit on processes', async () => {
  await using pool = await givenPool()
  const { layers } = await pool.sandbox()
  const { runner } = await open(pool, 'acme')
  assert.ok(runner.pid !== undefined)
  if (process.platform !== 'linux' || !layers.hasLimits) return
  const limits = await until('the limits are set', async () => {
    let pid = String(runner.pid)
    for (let child = pid; child; child = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ')[0] ?? '')
      pid = child
    const text = await readFile(`/proc/${pid}/limits`, 'utf8')
    return /Max open files +512/.test(text) ? text : undefined
  })
  assert.match(limits, /Max core file size +0/)
  assert.match(limits, /Max file size +0/)
})
