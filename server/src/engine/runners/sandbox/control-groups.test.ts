import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../../testing/temporary-directory.ts'
import { findOwnGroup, ownLeaf, prepareFolder } from './control-groups.ts'

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
