import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '../../../../testing/temporary-directory.ts'
import { testLogger } from '../../../../testing/test-app.ts'
import { readablePaths } from '../readable-paths.ts'
import { RunnerProcess } from '../runner-process.ts'
import { firstDescriptor } from './launch.ts'
import { describeLayers, describeMissing, isolations } from './layers.ts'
import { type MemoryGroup, memoryGroupsIn, openMemoryGroups } from './memory-groups.ts'
import { processChain, residentBytes } from './memory-watch.ts'
import { probeSandbox, type Sandbox } from './probe.ts'

const MiB = 1024 * 1024
const groupFile = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Waits for a word, as a runner does before it loads anything; then fills buffers, or answers every word. */
const program = `
const kept = []
process.stdin.on('data', (word) => {
  if (String(word) === 'fill') for (;;) kept.push(Buffer.alloc(1024 * 1024, 1))
  process.stdout.write('here')
})`

type Held = { child: ChildProcess; group: MemoryGroup; say(word: string): void; answer(): Promise<string> }

async function start(sandbox: Sandbox, folder: string, maxBytes: number): Promise<Held> {
  const command = [process.execPath, '-e', program] as const
  const started = sandbox.launch({ command: [...command], readable: [folder], hidden: [], folder, env: {}, network: 'none' })
  const child = spawn(started.command, started.args, {
    cwd: started.cwd,
    env: started.env,
    stdio: ['pipe', 'pipe', 'ignore', ...Array<'ignore'>(firstDescriptor - 3).fill('ignore'), ...started.descriptors],
  })
  started.release()
  const group = sandbox.memoryGroups?.make(maxBytes)
  assert.ok(group && child.pid !== undefined)
  await group.hold(child.pid)
  return {
    child,
    group,
    say: (word) => child.stdin?.write(word),
    answer: async () => String((await once(child.stdout as NonNullable<typeof child.stdout>, 'data'))[0]), // it is a pipe
  }
}

/** @returns undefined where this machine has no groups; what it says then is asserted */
async function probed(isolation: (typeof isolations)[number], folder: string): Promise<Sandbox | undefined> {
  const sandbox = await probeSandbox({ mode: 'auto', readable: [folder], folder, among: [isolation] }).catch(() => undefined)
  if (sandbox?.memoryGroups) {
    assert.match(describeLayers(sandbox.layers), /a memory group of the kernel for each runner/)
    return sandbox
  }
  if (sandbox) assertToldAsMissing(sandbox)
  sandbox?.close()
  return undefined
}

function assertToldAsMissing({ layers }: Sandbox): void {
  assert.ok(layers.memoryProblem)
  assert.match(
    describeLayers(layers, 'linux'),
    /The kernel does not limit its memory, which is looked at twice a second \(.+\)\. To get the limit, set Delegate=memory and/,
  )
}

for (const isolation of isolations)
  test(`behind ${isolation}, the kernel ends what fills memory beside its heap, at its limit, and its neighbour continues`, async () => {
    await using folder = await temporaryDirectory()
    const sandbox = await probed(isolation, folder.path)
    if (!sandbox) return
    const maxBytes = 160 * MiB
    const [greedy, neighbour] = [await start(sandbox, folder.path, maxBytes), await start(sandbox, folder.path, maxBytes)]
    try {
      greedy.say('hello')
      assert.equal(await greedy.answer(), 'here')
      // Node is up: no process of the chain is still to come.
      for (const pid of processChain(greedy.child.pid ?? 0))
        assert.match(await readFile(`/proc/${pid}/cgroup`, 'utf8'), /crosswalk-runner-/)
      const ended = once(greedy.child, 'exit')
      let highest = 0
      // Nobody watches it here: this only looks.
      const looking = setInterval(() => {
        highest = Math.max(highest, residentBytes(processChain(greedy.child.pid ?? 0).at(-1) ?? 0) ?? 0)
      }, 5)
      greedy.say('fill')
      await ended
      clearInterval(looking)
      assert.equal(greedy.group.isSpent(), true)
      // What Node maps of its own program may have been there before, and be counted elsewhere.
      assert.ok(highest < maxBytes + 128 * MiB, `${highest / MiB} MiB`)
      neighbour.say('hello')
      assert.equal(await neighbour.answer(), 'here')
      assert.equal(neighbour.group.isSpent(), false)
    } finally {
      for (const { child, group } of [greedy, neighbour]) {
        child.kill('SIGKILL')
        await group.remove()
      }
      sandbox.close()
    }
  })

/** A worker that holds a process in a group, says where that is, and waits to be killed. The process ends with its input. */
const worker = `
const { spawn } = await import('node:child_process')
const { readFileSync } = await import('node:fs')
const { openMemoryGroups } = await import(${JSON.stringify(groupFile('memory-groups.ts'))})
const { openGroupFolder } = await import(${JSON.stringify(groupFile('control-groups.ts'))})
const groups = await openMemoryGroups()
if ('problem' in groups) { process.stdout.write('none'); process.exit() }
const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
await groups.make(64 * 1024 * 1024).hold(child.pid)
const name = readFileSync('/proc/' + child.pid + '/cgroup', 'utf8').match(/crosswalk-runner-\\S+/)[0]
process.stdout.write(openGroupFolder().path + '/' + name + ' ' + child.pid)
setInterval(() => {}, 1000)`

async function startWorker(): Promise<{ child: ChildProcess; group: string; held: number } | undefined> {
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', worker], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [group, held] = String((await once(child.stdout, 'data'))[0]).split(' ')
  return group === undefined || held === undefined ? undefined : { child, group, held: Number(held) }
}

test('the group of a worker that was killed is removed by the next start, and that of a living worker is not', async () => {
  const killed = await startWorker()
  const living = await startWorker()
  if (!killed || !living) return
  try {
    assert.ok(existsSync(killed.group) && existsSync(living.group))
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')
    while (existsSync(killed.group)) {
      // What was held ends by itself, a moment later: until then the kernel keeps its group.
      const groups = await openMemoryGroups()
      assert.ok('make' in groups)
    }
    assert.ok(existsSync(living.group))
    assert.match(await readFile(`/proc/${living.held}/cgroup`, 'utf8'), /crosswalk-runner-/)
  } finally {
    living.child.kill('SIGKILL')
    await once(living.child, 'exit')
    while (existsSync(living.group)) await openMemoryGroups()
  }
})

test('a group is removed when what is in it has ended, not before', async () => {
  const groups = await openMemoryGroups()
  if ('problem' in groups) return
  const group = groups.make(64 * MiB)
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
  await group.hold(child.pid as number) // it was started
  const name = /crosswalk-runner-\S+/.exec(await readFile(`/proc/${child.pid}/cgroup`, 'utf8'))?.[0]
  assert.ok(name)
  const removed = group.remove().then(() => 'removed')
  assert.equal(await Promise.race([removed, new Promise((resolve) => setImmediate(resolve, 'waits'))]), 'waits')
  child.kill('SIGKILL')
  assert.equal(await removed, 'removed')
  // One that has ended needs no group, and is no fault.
  await groups.make(64 * MiB).remove()
})

test('a runner that cannot be put into a group ends before it loads anything, and says why', async () => {
  await using folder = await temporaryDirectory()
  const sandbox = await probeSandbox({ mode: 'auto', readable: readablePaths(folder.path), folder: folder.path })
  const limits = { maxHeapMb: 96, stallMs: 5_000, loadTimeoutMs: 20_000 }
  const options = { ...limits, workspace: folder.path, logger: testLogger, gateway: null, network: 'none' as const }
  // The folder that groups were made in is not there any more.
  const memoryGroups = memoryGroupsIn({ version: 2, path: join(folder.path, 'gone') })
  try {
    const runner = new RunnerProcess(options, { ...sandbox, memoryGroups })
    await assert.rejects(runner.load([]), { code: 'ENOENT' })
    await runner.exited
    assert.equal(runner.codeVersion, '')
  } finally {
    sandbox.close()
  }
})

test('where there is no group it is told beside what holds, with the remedy, and is not a fault of the installation', async () => {
  await using folder = await temporaryDirectory()
  const sandbox = await probeSandbox({ mode: 'auto', readable: [folder.path], folder: folder.path })
  sandbox.close()
  const layers = { ...sandbox.layers, memoryProblem: 'other processes are in /sys/fs/cgroup' }
  assertToldAsMissing({ ...sandbox, layers })
  assert.equal(describeMissing(layers), describeMissing(sandbox.layers))
  assert.doesNotMatch(describeLayers({ ...layers, mode: 'off' }), /memory/)
})
