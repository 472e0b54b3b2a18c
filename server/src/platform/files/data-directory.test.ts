import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../testing/temporary-directory.ts'
import { StartError } from '../start-error.ts'
import {
  lockDataDirectory,
  openDataDirectory,
  readOrMakeAdminApiKey,
  readOrMakeMasterKey,
  readRunning,
  removeRunning,
  writeRunning,
} from './data-directory.ts'

const isRoot = process.getuid?.() === 0
const withCode =
  (code: string, saying = /./) =>
  (error: unknown) =>
    error instanceof StartError && error.code === code && saying.test(error.message)

/** Runs a statement with the face of the data directory, in a process of its own. */
function inProcess(statement: string, user?: { uid: number; gid: number }) {
  const face = new URL('./data-directory.ts', import.meta.url).href
  const code = `import * as face from ${JSON.stringify(face)}; try { ${statement} } catch (error) { console.log(error.code + ': ' + error.message) }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/', ...user })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  return { child, output: once(child, 'close').then(() => output.trim()) }
}

const permissionsOf = async (path: string) => (await stat(path)).mode & 0o777

test('a data directory is made for its owner alone; where that is root, others may pass through', async () => {
  await using place = await temporaryDirectory()
  const dataDir = join(place.path, 'deep', 'data')
  await openDataDirectory(dataDir)
  await openDataDirectory(dataDir)
  assert.equal(await permissionsOf(dataDir), isRoot ? 0o711 : 0o700)
  assert.deepEqual(await readdir(dataDir), [])
})

test('a file in the place of the data directory is named', async () => {
  await using place = await temporaryDirectory()
  const file = join(place.path, 'file')
  await writeFile(file, '')
  await assert.rejects(openDataDirectory(file), withCode('data_dir_not_a_directory', /CROSSWALK_DATA_DIR/))
  await assert.rejects(openDataDirectory(join(file, 'data')), withCode('data_dir_not_a_directory'))
})

test('a data directory that cannot be written to is refused with what to do', async () => {
  await using place = await temporaryDirectory()
  const dataDir = join(place.path, 'data')
  await mkdir(dataDir, { mode: 0o555 })
  await chmod(dataDir, 0o555)
  const { output } = inProcess(`await face.openDataDirectory(${JSON.stringify(dataDir)})`, isRoot ? { uid: 65534, gid: 65534 } : undefined)
  assert.match(await output, /^data_dir_not_writable: .*EACCES.*CROSSWALK_DATA_DIR/)
})

test('a second process is refused while the first holds the directory, and let in when that was killed', async (t) => {
  await using place = await temporaryDirectory()
  const directory = JSON.stringify(place.path)
  const first = inProcess(`const lock = await face.lockDataDirectory(${directory}); console.log('held'); setInterval(() => lock, 1000)`)
  t.after(() => first.child.kill('SIGKILL'))
  await once(first.child.stdout, 'data')
  await writeRunning(place.path, { url: 'http://127.0.0.1:7071', pid: 4711, startedAt: '2026-01-01T00:00:00Z' })
  const second = inProcess(`await face.lockDataDirectory(${directory}); console.log('held')`)
  assert.match(await second.output, /^data_dir_in_use: .*process 4711 at http:\/\/127\.0\.0\.1:7071.*Stop it first/)
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  const third = inProcess(`await face.lockDataDirectory(${directory}); console.log('held')`)
  assert.equal(await third.output, 'held')
})

test('a start that follows a stop closely waits for it instead of failing', async () => {
  await using place = await temporaryDirectory()
  const lock = await lockDataDirectory(place.path)
  const next = lockDataDirectory(place.path)
  lock.release()
  ;(await next).release()
})

test('processes that ask for the keys at the same time agree on them', async () => {
  await using place = await temporaryDirectory()
  const ask = `console.log(await face.readOrMakeMasterKey(${JSON.stringify(place.path)}), await face.readOrMakeAdminApiKey(${JSON.stringify(place.path)}))`
  const answers = await Promise.all([1, 2, 3, 4].map(() => inProcess(ask).output))
  assert.equal(new Set(answers).size, 1)
  assert.equal(answers[0], `${await readOrMakeMasterKey(place.path)} ${await readOrMakeAdminApiKey(place.path)}`)
  assert.deepEqual((await readdir(place.path)).sort(), ['admin-api-key', 'master.key'])
  assert.deepEqual(
    [await permissionsOf(join(place.path, 'master.key')), await permissionsOf(join(place.path, 'admin-api-key'))],
    [0o600, 0o600],
  )
})

test('a damaged master key is reported and left as it is', async () => {
  await using place = await temporaryDirectory()
  await writeFile(join(place.path, 'master.key'), '')
  await assert.rejects(readOrMakeMasterKey(place.path), withCode('master_key_damaged', /backup/))
  assert.equal(await readFile(join(place.path, 'master.key'), 'utf8'), '')
})

test('where the platform runs is written, read and removed', async () => {
  await using place = await temporaryDirectory()
  assert.equal(await readRunning(place.path), undefined)
  const running = { url: 'http://127.0.0.1:7071', pid: 1, startedAt: '2026-01-01T00:00:00Z' }
  await writeRunning(place.path, running)
  assert.deepEqual(await readRunning(place.path), running)
  await writeFile(join(place.path, 'running.json'), '{"url":')
  assert.equal(await readRunning(place.path), undefined)
  await removeRunning(place.path)
  await removeRunning(place.path)
})

test('what root makes in the data directory of another user is usable by that user', { skip: !isRoot && 'only root can try' }, async () => {
  await using place = await temporaryDirectory()
  const dataDir = join(place.path, 'data')
  const user = { uid: 65534, gid: 65534 }
  await mkdir(dataDir, { mode: 0o700 })
  await chown(dataDir, user.uid, user.gid)
  await openDataDirectory(dataDir)
  ;(await lockDataDirectory(dataDir)).release()
  const key = await readOrMakeMasterKey(dataDir)
  const directory = JSON.stringify(dataDir)
  const { output } = inProcess(
    `await face.openDataDirectory(${directory}); await face.lockDataDirectory(${directory}); console.log(await face.readOrMakeMasterKey(${directory}))`,
    user,
  )
  assert.equal(await output, key)
})
