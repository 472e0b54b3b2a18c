import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '../../testing/temporary-directory.ts'
import { until } from '../../testing/until.ts'
import { readRunning } from '../platform/files/data-directory.ts'
import { isAlive } from '../platform/postgres/embedded-postgres.server.ts'

const linuxOnly = { skip: process.platform !== 'linux' && 'looks into /proc' }
const main = fileURLToPath(new URL('../main.ts', import.meta.url))

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** Runs `main.ts` in its own process, on a data directory and a workspace of the test. */
async function runMain(place: { path: string }, args: string[], env: NodeJS.ProcessEnv = {}) {
  await mkdir(join(place.path, 'workspace'), { recursive: true })
  const settings = {
    CROSSWALK_DATA_DIR: join(place.path, 'data'),
    CROSSWALK_WORKSPACE: join(place.path, 'workspace'),
    CROSSWALK_PORT: '0',
    CROSSWALK_LOG_LEVEL: 'warn',
    DATABASE_URL: '',
    ...env,
  }
  const child = spawn(process.execPath, [main, ...args], {
    cwd: place.path,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...settings },
  })
  started.push(child)
  const output = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    output.out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output.err += chunk.toString()
  })
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, ...output }))
  const url = () =>
    until(
      'it listens',
      () => {
        if (child.exitCode !== null) throw new Error(`It ended: ${output.out}${output.err}`)
        return /listens on (\S+)/.exec(output.out)?.[1]
      },
      60_000,
    )
  return { child, output, ended, url }
}

const isUp = (url: string) =>
  fetch(`${url}/healthz`).then(
    (answer) => answer.ok,
    () => false,
  )

/** A server that is no PostgreSQL but answers like one of the given version. */
async function givenPostgresOfVersion(version: string, versionNumber: string) {
  const sockets = new Set<Socket>()
  const message = (type: string, ...parts: Buffer[]) => {
    const body = Buffer.concat(parts)
    const head = Buffer.alloc(5)
    head.write(type)
    head.writeInt32BE(body.length + 4, 1)
    return Buffer.concat([head, body])
  }
  const int16 = (value: number) => Buffer.from([value >> 8, value & 255])
  const int32 = (value: number) => Buffer.concat([int16(value >> 16), int16(value & 65_535)])
  const text = (value: string) => Buffer.concat([Buffer.from(value), Buffer.from([0])])
  const column = (name: string) => Buffer.concat([text(name), int32(0), int16(0), int32(25), int16(-1 & 65_535), int32(-1), int16(0)])
  const value = (content: string) => Buffer.concat([int32(content.length), Buffer.from(content)])
  const ready = message('Z', Buffer.from('I'))
  const row = [
    message('T', int16(2), column('number'), column('version')),
    message('D', int16(2), value(versionNumber), value(version)),
    message('C', text('SELECT 1')),
    ready,
  ]
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', int32(0)), ready]))
      socket.on('data', (chunk) => chunk.toString().startsWith('Q') && socket.write(Buffer.concat(row)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { url: `postgresql://me:hunter2@127.0.0.1:${address.port}/crosswalk`, [Symbol.dispose]: close }
}

for (const [what, args, env, sentence] of [
  ['a wrong variable', ['start'], { CROSSWALK_WORKERS: 'many' }, /^CROSSWALK_WORKERS is "many"\. Set it to .*\n$/],
  ['an unknown command', ['begin'], {}, /^There is no command begin\. Use: .*\n$/],
  [
    'listening beyond this machine without TLS',
    ['start'],
    { CROSSWALK_HOST: '0.0.0.0' },
    /^CROSSWALK_HOST is 0\.0\.0\.0, so passwords .*CROSSWALK_TLS_CERT.*CROSSWALK_TRUSTED_PROXIES.*CROSSWALK_ALLOW_PLAIN_HTTP=on.*\n$/,
  ],
  [
    'a database on another machine without TLS',
    ['migrate'],
    { DATABASE_URL: 'postgresql://me:hunter2@db.example.com/crosswalk' },
    /^DATABASE_URL leads to db\.example\.com without TLS, .*sslmode=verify-full.*CROSSWALK_ALLOW_PLAIN_DATABASE=on.*\n$/,
  ],
  [
    'a certificate that is not there',
    ['start'],
    { CROSSWALK_TLS_CERT: '/nowhere/cert.pem', CROSSWALK_TLS_KEY: '/nowhere/key.pem' },
    /^The file \/nowhere\/(cert|key)\.pem in CROSSWALK_TLS_(CERT|KEY) does not exist\. .*\n$/,
  ],
  ['an API without a database', ['api'], {}, /^An api process of its own needs DATABASE_URL\..*\n$/],
] as const) {
  test(`${what} is answered with one sentence and exit code 1`, async () => {
    await using place = await temporaryDirectory()
    const { code, err, out } = await (await runMain(place, [...args], env)).ended
    assert.deepEqual([code, out], [1, ''])
    assert.match(err, sentence)
  })
}

test('a port that is taken is named before anything is made', async () => {
  await using place = await temporaryDirectory()
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  assert.ok(address && typeof address === 'object')
  const { code, err } = await (await runMain(place, ['start'], { CROSSWALK_PORT: String(address.port) })).ended
  other.close()
  assert.equal(code, 1)
  assert.equal(
    err,
    `Port ${address.port} on 127.0.0.1 is taken by another program. Stop that program, or set CROSSWALK_PORT to another port.\n`,
  )
  assert.ok(!existsSync(join(place.path, 'data', 'postgres')))
})

test('a database that does not answer ends the start with what to check', async () => {
  await using place = await temporaryDirectory()
  const { code, err } = await (await runMain(place, ['start'], { DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:1/crosswalk' })).ended
  assert.equal(code, 1)
  assert.match(err, /^The database does not answer .*DATABASE_URL/)
  assert.doesNotMatch(err, /hunter2/)
})

test('a database that is too old ends the start with its version', async () => {
  await using place = await temporaryDirectory()
  using old = await givenPostgresOfVersion('13.4', '130004')
  const { code, err } = await (await runMain(place, ['start'], { DATABASE_URL: old.url })).ended
  assert.equal(code, 1)
  assert.match(err, /PostgreSQL 13\.4.*15 or newer/)
})

test(
  'a start serves until it is asked to stop, comes back from the death of its API, and refuses a second one beside it',
  linuxOnly,
  async () => {
    await using place = await temporaryDirectory()
    const dataDir = join(place.path, 'data')
    const running = await runMain(place, ['start'])
    const url = await running.url()
    assert.ok(await isUp(url))
    assert.match(running.output.out, /The admin API key is in .*admin-api-key/)
    assert.equal((await readRunning(dataDir))?.url, url)

    const second = await (await runMain(place, ['start'])).ended
    assert.equal(second.code, 1)
    assert.match(second.err, /^Another Crosswalk uses the data directory .*\n$/)

    const [api] = await childrenOf(running.child.pid, 'api')
    assert.ok(api)
    process.kill(api, 'SIGKILL')
    await until(
      'another API answers at the same address',
      async () => !(await childrenOf(running.child.pid, 'api')).includes(api) && (await isUp(url)),
      60_000,
    )

    const parts = await childrenOf(running.child.pid)
    running.child.kill('SIGTERM')
    const { code } = await running.ended
    assert.equal(code, 0)
    await until('nothing of it runs', async () => !parts.some(isAlive), 30_000)
    assert.equal(await readRunning(dataDir), undefined)
    assert.ok(!existsSync(join(dataDir, 'postgres', 'cluster', 'data', 'postmaster.pid')))
  },
)

test('after a kill of everything the next start serves again', linuxOnly, async () => {
  await using place = await temporaryDirectory()
  const first = await runMain(place, ['start'])
  await first.url()
  const key = await readFile(join(place.path, 'data', 'admin-api-key'), 'utf8')
  const parts = await childrenOf(first.child.pid)
  assert.ok(parts.length >= 3)
  for (const pid of [first.child.pid, ...parts]) if (pid) process.kill(pid, 'SIGKILL')
  await first.ended
  const second = await runMain(place, ['start'])
  assert.ok(await isUp(await second.url()))
  assert.equal(await readFile(join(place.path, 'data', 'admin-api-key'), 'utf8'), key)
  second.child.kill('SIGINT')
  assert.equal((await second.ended).code, 0)
})

/** The processes that a process started, all or those with a word among their arguments. */
async function childrenOf(parent: number | undefined, word?: string): Promise<number[]> {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const words = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).split('\0')
    if (Number(/\) \S (\d+)/.exec(stat)?.[1]) === parent && (word === undefined || words.includes(word))) found.push(Number(name))
  }
  return found
}
