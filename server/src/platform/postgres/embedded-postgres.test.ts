import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, test } from 'node:test'
import { promisify } from 'node:util'
import pg from 'pg'
import { temporaryDirectory } from '../../../testing/temporary-directory.ts'
import { until } from '../../../testing/until.ts'
import { StartError } from '../start-error.ts'
import { isAlive } from './embedded-postgres.server.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'

type User = { uid: number; gid: number }
const run = promisify(execFile)
const isRoot = process.getuid?.() === 0
const nobody: User = { uid: 65534, gid: 65534 }
const logger = { info() {}, warn() {}, error() {} }
const withCode =
  (code: string, saying = /./) =>
  (error: unknown) =>
    error instanceof StartError && error.code === code && saying.test(error.message)

const start = (directory: string) => startEmbeddedPostgres({ directory, logger, durable: false })

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** Starts PostgreSQL in a process of its own, which can be killed. */
function startInProcess(directory: string, user?: User) {
  const face = new URL('./embedded-postgres.ts', import.meta.url).href
  const code = `import { startEmbeddedPostgres } from ${JSON.stringify(face)}
    const quiet = { info() {}, warn() {}, error() {} }
    try { console.log((await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, logger: quiet, durable: false })).url); setInterval(() => {}, 1000) }
    catch (error) { console.log(error.code) }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/', ...user })
  started.push(child)
  const said = once(child.stdout, 'data').then(([chunk]) => String(chunk).trim())
  const kill = async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { said, kill }
}

const dataOf = (directory: string) => join(directory, 'cluster', 'data')
const namesIn = (directory: string): Promise<string[]> => readdir(directory).catch(() => [])
const pidIn = async (directory: string) => Number((await readFile(join(dataOf(directory), 'postmaster.pid'), 'utf8')).split('\n')[0])

/** The process that would stop PostgreSQL after a kill, found by what it was started with. */
async function findWatchOf(pid: number): Promise<number | undefined> {
  for (const name of await readdir('/proc')) {
    const words = /^\d+$/.test(name) ? (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).split('\0') : []
    if (words.includes('crosswalk-postgres-watch') && words.includes(String(pid))) return Number(name)
  }
  return undefined
}

test('the first start makes a database, and the next one finds what is in it', async () => {
  await using place = await temporaryDirectory()
  const directory = join(place.path, 'postgres')
  const first = await start(directory)
  await query(first.url, "create table kept as select 'grüße' as word")
  await first.stop()
  await first.stop()
  assert.equal(await first.exited, undefined)
  const second = await start(directory)
  assert.deepEqual(await query(second.url, 'select word from kept'), ['grüße'])
  await second.stop('now')
})

test('the owner has what migrations and tests need, and is no superuser', async () => {
  await using place = await temporaryDirectory()
  const postgres = await start(join(place.path, 'postgres'))
  const [isSuperuser, makesRoles, makesDatabases] = await query(
    postgres.url,
    'select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user',
  )
  assert.deepEqual([isSuperuser, makesRoles, makesDatabases], [false, true, true])
  for (const extension of ['pg_trgm', 'unaccent', 'pgcrypto']) await query(postgres.url, `create extension ${extension}`)
  assert.deepEqual(
    await query(postgres.url, "select pg_encoding_to_char(encoding), datlocale from pg_database where datname = 'crosswalk'"),
    ['UTF8', 'C.UTF-8'],
  )
  assert.deepEqual(await query(postgres.url, 'show timezone'), ['UTC'])
  assert.equal((await stat(join(place.path, 'postgres', 'cluster', 'owner-password'))).mode & 0o777, 0o600)
  await postgres.stop('now')
})

test('a second start on the same directory is refused', async () => {
  await using place = await temporaryDirectory()
  const directory = join(place.path, 'postgres')
  const postgres = await start(directory)
  await assert.rejects(start(directory), withCode('data_dir_in_use', /CROSSWALK_DATA_DIR/))
  assert.equal(await startInProcess(directory).said, 'data_dir_in_use')
  await postgres.stop('now')
})

test('a PostgreSQL that is killed comes back at the same address with its data', async () => {
  await using place = await temporaryDirectory()
  const directory = join(place.path, 'postgres')
  const postgres = await startEmbeddedPostgres({ directory, logger })
  await query(postgres.url, 'create table kept as select 1 as number')
  const pid = await pidIn(directory)
  process.kill(pid, 'SIGKILL')
  await until(
    'PostgreSQL answers again',
    async () => (await query(postgres.url, 'select number from kept').catch(() => undefined))?.[0] === 1,
  )
  assert.notEqual(await pidIn(directory), pid)
  await postgres.stop()
})

test('PostgreSQL stops by itself when the process that runs it is killed', async () => {
  await using place = await temporaryDirectory()
  const directory = join(place.path, 'postgres')
  const first = startInProcess(directory)
  await query(await first.said, 'create table kept as select 1 as number')
  const pid = await pidIn(directory)
  await first.kill()
  await until('PostgreSQL has stopped', () => !isAlive(pid))
  const second = await start(directory)
  assert.deepEqual(await query(second.url, 'select number from kept'), [1])
  await second.stop('now')
})

test('a PostgreSQL left running by a kill of everything around it is ended by the next start', {
  skip: process.platform !== 'linux' && 'looks into /proc',
}, async () => {
  await using place = await temporaryDirectory()
  const directory = join(place.path, 'postgres')
  const first = startInProcess(directory)
  await query(await first.said, 'create table kept as select 1 as number')
  const pid = await pidIn(directory)
  const watch = await findWatchOf(pid)
  assert.ok(watch)
  process.kill(watch, 'SIGKILL')
  await first.kill()
  assert.ok(isAlive(pid))
  const second = await start(directory)
  assert.notEqual(await pidIn(directory), pid)
  assert.deepEqual(await query(second.url, 'select number from kept'), [1])
  await second.stop('now')
})

test('a stale pid file whose number another program has now is no obstacle, and that program is left alone', async () => {
  await using place = await temporaryDirectory()
  const directory = join(place.path, 'postgres')
  const first = await start(directory)
  const pidFile = join(dataOf(directory), 'postmaster.pid')
  const lines = (await readFile(pidFile, 'utf8')).split('\n')
  await first.stop()
  const { uid, gid } = await stat(directory)
  const other = spawn(process.execPath, ['-e', "console.log('up'); setInterval(() => {}, 1000)"], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
    ...(isRoot && { uid, gid }),
  })
  started.push(other)
  await once(other.stdout, 'data')
  await writeFile(pidFile, [other.pid, ...lines.slice(1)].join('\n'))
  await chown(pidFile, uid, gid)
  const second = await start(directory)
  await second.stop('now')
  assert.equal(other.exitCode ?? other.signalCode, null)
})

test('an interrupted first start leaves nothing half made', async () => {
  await using place = await temporaryDirectory()
  const directory = join(place.path, 'postgres')
  const first = startInProcess(directory)
  first.said.catch(() => {})
  await until('the making has begun', async () => {
    const draft = (await namesIn(directory)).find((name) => name.startsWith('cluster.new-'))
    return draft !== undefined && (await namesIn(join(directory, draft))).includes('data')
  })
  await first.kill()
  const second = await start(directory)
  assert.deepEqual(await query(second.url, 'select 1'), [1])
  assert.deepEqual(
    (await readdir(directory)).filter((name) => name.startsWith('cluster')),
    ['cluster'],
  )
  await second.stop('now')
})

test('files of another PostgreSQL version, missing files and damaged files are told apart', async () => {
  await using place = await temporaryDirectory()
  const directory = join(place.path, 'postgres')
  await (await start(directory)).stop()
  const versionFile = join(dataOf(directory), 'PG_VERSION')
  const version = await readFile(versionFile, 'utf8')
  await writeFile(versionFile, '99\n')
  await assert.rejects(start(directory), withCode('database_files_newer', /PostgreSQL 99/))
  await writeFile(versionFile, '15\n')
  await assert.rejects(start(directory), withCode('database_files_older', /pg_dump/))
  await rm(versionFile)
  await assert.rejects(start(directory), withCode('database_files_damaged', /backup/))
  await writeFile(versionFile, version)
  await rm(join(dataOf(directory), 'global', 'pg_control'))
  await assert.rejects(start(directory), withCode('embedded_postgres_failed', /backup/))
})

test('a copy that root made without its owners is refused with the way to give them back, which works', {
  skip: !isRoot && 'only for root',
}, async () => {
  await using place = await temporaryDirectory()
  const original = join(place.path, 'original')
  const first = await start(original)
  await query(first.url, 'create table kept as select 1 as number')
  await first.stop()
  const copy = join(place.path, "somebody's copy")
  await run('cp', ['-r', original, copy])
  const refused = await start(copy).then(
    () => assert.fail('it started'),
    (error: StartError) => error,
  )
  assert.equal(refused.code, 'data_dir_not_writable')
  assert.match(refused.message, /belong to root, as after a copy with cp -r\..*Copy with cp -a/)
  const [remedy = ''] = /chown -R \d+:\d+ '.*?'(?=\. Copy)/.exec(refused.message) ?? []
  await run('sh', ['-c', remedy])
  const second = await start(copy)
  assert.deepEqual(await query(second.url, 'select number from kept'), [1])
  await second.stop('now')
})

test('where the database that is kept elsewhere was not copied along, no empty one takes its place', {
  skip: !isRoot && 'only for root',
}, async () => {
  await using place = await temporaryDirectory()
  const directory = join(place.path, 'postgres')
  await mkdir(directory)
  await writeFile(join(directory, 'location'), '/var/lib/crosswalk/of-another-machine\n')
  await assert.rejects(start(directory), withCode('database_files_damaged', /of-another-machine.*is not there\. Copy it/))
})

test('root and an ordinary user can take turns on the data of that user', { skip: !isRoot && 'only root can try' }, async () => {
  await using place = await temporaryDirectory()
  await chown(place.path, nobody.uid, nobody.gid)
  const directory = join(place.path, 'postgres')
  const byUser = startInProcess(directory, nobody)
  await query(await byUser.said, 'create table kept as select 1 as number')
  await byUser.kill()
  const byRoot = await start(directory)
  assert.deepEqual(await query(byRoot.url, 'select number from kept'), [1])
  await byRoot.stop()
  const again = startInProcess(directory, nobody)
  assert.deepEqual(await query(await again.said, 'select number from kept'), [1])
  const pid = await pidIn(directory)
  await again.kill()
  await until('PostgreSQL has stopped', () => !isAlive(pid))
})

test('where the unprivileged user may not enter, the database is kept elsewhere, which is said and remembered', {
  skip: !isRoot && 'only for root',
}, async () => {
  await using place = await temporaryDirectory()
  const closed = join(place.path, 'closed')
  const directory = join(closed, 'postgres')
  await mkdir(closed, { mode: 0o700 })
  const first = await start(directory)
  const elsewhere = (await readFile(join(directory, 'location'), 'utf8')).trim()
  try {
    assert.ok(first.notices.some((notice) => notice.includes(elsewhere) && notice.includes(directory)))
    await query(first.url, 'create table kept as select 1 as number')
    await first.stop()
    await chmod(closed, 0o755)
    const second = await start(directory)
    assert.deepEqual(await query(second.url, 'select number from kept'), [1])
    await second.stop('now')
  } finally {
    await rm(elsewhere, { recursive: true, force: true })
  }
})
