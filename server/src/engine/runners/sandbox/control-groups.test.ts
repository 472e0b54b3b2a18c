import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../../testing/temporary-directory.ts'
import { findOwnGroup, moveBack, moveDown, ownLeaf, prepareFolder, removeGroup } from './control-groups.ts'

const second = '34 24 0:29 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate'

test('in version 2 the own group is below where the hierarchy is mounted', () => {
  assert.deepEqual(findOwnGroup(['0::/system.slice/crosswalk.service'], [second]), {
    version: 2,
    path: '/sys/fs/cgroup/system.slice/crosswalk.service',
  })
})

test('where both versions are mounted, the one with the memory controller counts', () => {
  const mounts = [
    '30 24 0:25 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu',
    '31 24 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
    '32 24 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
  ]
  assert.deepEqual(findOwnGroup(['4:memory:/app', '1:cpu:/', '0::/'], mounts), { version: 1, path: '/sys/fs/cgroup/memory/app' })
  assert.deepEqual(findOwnGroup(['1:cpu:/', '0::/app'], mounts), { version: 2, path: '/sys/fs/cgroup/unified/app' })
})

test('a container that sees its part of the hierarchy alone is told its whole path, and finds its own', () => {
  const mount = '31 24 0:26 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory'
  assert.deepEqual(findOwnGroup(['4:memory:/docker/abc/more'], [mount]), { version: 1, path: '/sys/fs/cgroup/memory/more' })
  assert.equal(findOwnGroup(['4:memory:/docker/other'], [mount]), undefined)
})

test('where nothing is mounted there is no group', () => {
  assert.equal(findOwnGroup(['0::/'], []), undefined)
  assert.equal(findOwnGroup([''], [second]), undefined)
})

test('processes that have a leaf of their own use the group above it, and a group without the controller is named', async () => {
  await using folder = await temporaryDirectory()
  const leaf = join(folder.path, ownLeaf)
  await mkdir(leaf)
  await writeFile(join(folder.path, 'cgroup.controllers'), 'cpu memory pids\n')
  await writeFile(join(folder.path, 'cgroup.subtree_control'), 'memory\n')
  assert.equal(prepareFolder(leaf, 'memory'), folder.path)
  assert.equal(await readFile(join(folder.path, 'cgroup.subtree_control'), 'utf8'), 'memory\n')
  await writeFile(join(folder.path, 'cgroup.controllers'), 'cpu pids\n')
  assert.throws(() => prepareFolder(leaf, 'memory'), new Error(`${folder.path} has no memory controller`))
})

/** A new group of version 2 in our own, with real processes; undefined where this machine lets us make none. */
function givenGroup(): string | undefined {
  const own = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('0::'))
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(' - cgroup2 '))
  const found = findOwnGroup(own, mounts)
  if (!found) return undefined
  const path = join(found.path, `crosswalk-test-${randomUUID()}`)
  try {
    mkdirSync(path)
    return path
  } catch {
    return undefined
  }
}

/** A Node that has started another, as a start has its workers. Both end with the input of the first. */
const parent = `
const { spawn } = require('node:child_process')
const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
process.stdout.write(String(child.pid))
process.stdin.resume().on('end', () => child.stdin.end())`

test('processes of one start of Crosswalk are moved down together, and none is where others are in the group', async (context) => {
  const folder = process.platform === 'linux' ? givenGroup() : undefined
  if (folder === undefined) return context.skip('this machine lets us make no group of version 2')
  const above = spawn(process.execPath, ['-e', parent], { stdio: ['pipe', 'pipe', 'ignore'] })
  const stranger = spawn('sh', ['-c', 'read line'], { stdio: ['pipe', 'ignore', 'ignore'] })
  const processes = (group: string) => readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number).sort()
  const put = (pid: number | undefined) => writeFileSync(join(folder, 'cgroup.procs'), String(pid))
  const leaf = join(folder, ownLeaf)
  try {
    const worker = Number((await once(above.stdout, 'data'))[0])
    const ours = [above.pid as number, worker].sort() // it was started
    ours.forEach(put)
    assert.deepEqual(moveDown(folder, worker).sort(), ours)
    assert.deepEqual([processes(folder), processes(leaf)], [[], ours])

    moveBack(folder, ours)
    assert.deepEqual(processes(folder), ours)
    put(stranger.pid)
    assert.deepEqual(moveDown(folder, worker), [])
    assert.deepEqual(processes(folder), [...ours, stranger.pid as number].sort()) // it was started
  } finally {
    const ended = [above, stranger].map((child) => once(child, 'exit'))
    for (const child of [above, stranger]) child.stdin.end()
    await Promise.all(ended)
    while (!(removeGroup(leaf) && removeGroup(folder))) await new Promise((resolve) => setImmediate(resolve))
  }
})
