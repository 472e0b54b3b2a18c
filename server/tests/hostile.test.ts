import assert from 'node:assert/strict'
import { once } from 'node:events'
import { cp, readdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { url as inspectorUrl } from 'node:inspector'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openGroupFolder } from '../src/engine/runners/sandbox/control-groups.ts'
import { hasNamespaces, isolations, keepsFilesFromWriting } from '../src/engine/runners/sandbox/layers.ts'
import { openMemoryGroups } from '../src/engine/runners/sandbox/memory-groups.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'

// Author code that wants out, on real processes behind each of the layers that this machine has. Files and processes are kept by the
// layers even where code gets past Node, which sandbox.test.ts tries; here Node stands before them, as it always does.

const escapingWorkspace = fileURLToPath(new URL('../testing/escaping', import.meta.url))
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let workspace = ''
let outside = ''
/** What the host itself sees to is the same behind all of them: tried once. */
let isFirst = true
const server = createServer((_request, response) => response.end('inside'))
let port = 0

before(async () => {
  directory = await temporaryDirectory()
  workspace = join(directory.path, 'workspace')
  outside = join(directory.path, 'master.key')
  await cp(escapingWorkspace, workspace, { recursive: true })
  await symlink(packages, join(workspace, 'node_modules'))
  await symlink(outside, join(workspace, 'vendor', 'link'))
  await writeFile(outside, 'the master key', { mode: 0o600 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
after(async () => {
  server.close()
  await directory[Symbol.asyncDispose]()
})

/** Groups of runners that this process has not removed. */
async function memoryGroupsLeft(): Promise<string[]> {
  const memory = await openMemoryGroups()
  if ('problem' in memory) return []
  return (await readdir(openGroupFolder().path)).filter((name) => name.startsWith(`crosswalk-runner-${process.pid}-`))
}

for (const isolation of isolations) {
  test(`behind ${isolation}, hostile code reaches nothing`, async (context) => {
    let worker: TestWorker
    try {
      worker = await startTestWorker({ workspace, isolations: [isolation], network: 'none', allow: [], maxHeapMb: 96, stallMs: 1_500 })
    } catch (error) {
      // Elsewhere is asserted that this is told. What matters here is what machines have.
      if (/cannot be started for author code/.test(String(error))) return
      throw error
    }
    try {
      const { layers } = await worker.pool.sandbox()
      const globex = await worker.addOrganization('Globex')

      await context.test('nothing of the machine, its files, its processes or its network', async () => {
        const execution = await worker.run('attacks', { outside, port })
        assert.equal(execution.status, 'success', JSON.stringify(execution.error))
        const { 'the environment': environment, 'open files': files, ...rest } = execution.result as Record<string, string>
        assert.equal(environment, 'reached: {}')
        assert.match(String(files), /reached: open: [0-2]$/)
        const reached = Object.entries(rest).filter(([, got]) => !got.startsWith('refused'))
        // Node follows a link that lies in the workspace, so without a layer below it the author of the workspace reads what it leads to.
        const links = keepsFilesFromWriting(layers) ? [] : [['a link out of the workspace', 'reached: the master key']]
        assert.deepEqual(reached, links)
        assert.equal(inspectorUrl(), undefined)
        if (hasNamespaces(layers)) assert.match(String(rest['a key in the data directory']), /ENOENT|ERR_ACCESS_DENIED/)
      })

      await context.test('nothing of another organization, before, beside or after it', async () => {
        const [listener, neighbour] = await Promise.all([worker.run('listens'), worker.run('is_clean', {}, 30_000, globex)])
        assert.equal(listener.status, 'success')
        assert.deepEqual(neighbour.result, { heard: null, hasOwnFetch: true })
        assert.deepEqual((await worker.run('is_clean', {}, 30_000, globex)).result, { heard: null, hasOwnFetch: true })
      })

      await context.test('what an ended execution left behind costs nobody else, and not the next of its own organization', async () => {
        assert.equal((await worker.run('leaves_a_loop')).result, 'ended')
        const [own, other] = await Promise.all([worker.run('says'), worker.run('says', {}, 30_000, globex)])
        assert.deepEqual([own.result, other.result], ['hello', 'hello'])
      })

      // Without a group of the kernel the watch is all there is, and looks too seldom for this.
      if (layers.memoryProblem === null)
        await context.test('memory that is taken at once is limited by the kernel, and the neighbour continues', async () => {
          const [greedy, neighbour] = await Promise.all([worker.run('fills_buffers_at_once'), worker.run('says', {}, 30_000, globex)])
          assert.deepEqual([greedy.status, greedy.error?.details.code], ['failed', 'out_of_memory'])
          assert.equal(neighbour.result, 'hello')
        })

      if (!isFirst) return
      isFirst = false
      await context.test('memory beside the heap is limited', async () => {
        const execution = await worker.run('fills_buffers')
        assert.equal(execution.status, 'failed')
        assert.match(String(execution.error?.details.code), /out_of_memory|ERR_/)
      })

      await context.test('gigabytes of output and of results do not reach the worker', async () => {
        const before = process.memoryUsage.rss()
        const [talk, answer] = await Promise.all([worker.run('talks', {}, 90_000), worker.run('answers_hugely', {}, 90_000, globex)])
        assert.ok(talk.status === 'success' || talk.status === 'failed', talk.status)
        assert.equal(answer.status, 'failed')
        assert.ok(process.memoryUsage.rss() - before < 300 * 1024 * 1024)
        assert.equal((await worker.run('says')).result, 'hello')
      })
    } finally {
      await worker[Symbol.asyncDispose]()
    }
    assert.deepEqual(await memoryGroupsLeft(), [])
  })
}
