import assert from 'node:assert/strict'
import { mkdir, readdir, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../../testing/temporary-directory.ts'
import { temporaryWorkspace } from '../../../../testing/temporary-workspace.ts'
import { CompileCache } from './compile-cache.ts'

const workflow = (name: string) => `import { defineWorkflow } from '@crosswalk/sdk'
export default defineWorkflow({ name: '${name}', run: () => ${JSON.stringify(name)} })`

async function givenCache(workspace: string, folder: string): Promise<CompileCache> {
  const cache = CompileCache.open({ workspace, folder, maxHeapMb: 128 })
  assert.ok(cache)
  return cache
}
const stampIn = async (folder: string) => (await readdir(folder)).find((name) => name.endsWith('.stamp'))

test('links that lead nowhere or in a circle are passed by, and the rest of the workspace is compiled', async () => {
  await using workspace = await temporaryWorkspace({ 'workflows/fine.ts': workflow('fine') })
  await using kept = await temporaryDirectory()
  await symlink('gone.ts', join(workspace.path, 'workflows', 'dangling.ts'))
  await symlink('circle.ts', join(workspace.path, 'workflows', 'circle.ts'))
  await (await givenCache(workspace.path, kept.path)).refresh([])
  assert.ok(await stampIn(kept.path))
})

test('what the file system refuses is told to whoever asked, and the next time is a new one', async () => {
  await using workspace = await temporaryWorkspace({ 'workflows/fine.ts': workflow('fine') })
  await using kept = await temporaryDirectory()
  const cache = await givenCache(workspace.path, kept.path)
  await cache.refresh([])
  const stamp = join(kept.path, String(await stampIn(kept.path)))
  await rename(stamp, join(kept.path, 'aside'))
  await mkdir(stamp)
  await assert.rejects(cache.refresh([]), { code: 'EISDIR' })
  await assert.rejects(cache.refresh([]), { code: 'EISDIR' })
  assert.doesNotThrow(() => cache.shareWith(60_000))
})
