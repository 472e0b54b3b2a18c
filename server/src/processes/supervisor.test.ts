import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../testing/temporary-directory.ts'
import { until } from '../../testing/until.ts'
import { isAlive } from '../platform/postgres/embedded-postgres.server.ts'
import { type ProcessPlan, runProcess, superviseProcess } from './supervisor.ts'

const logger = { error() {} }
const never = new Promise<never>(() => {})

/** A program that notes its process id, then does what the statements say. */
async function givenProgram(directory: string, statements: string): Promise<{ plan: ProcessPlan; pid(): Promise<number | undefined> }> {
  const file = join(directory, 'program.mjs')
  const pidFile = join(directory, 'pid')
  await writeFile(
    file,
    `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(pidFile)}, String(process.pid))\n${statements}\n`,
  )
  return {
    plan: { name: 'example', args: [file], env: process.env, output: 2, graceMs: 10_000 },
    pid: async () => Number(await readFile(pidFile, 'utf8').catch(() => '')) || undefined,
  }
}

const isReady = `process.send({ type: 'ready', url: 'http://127.0.0.1:1' })`
const stopsWhenAsked = `process.on('message', (message) => message.type === 'stop' && process.exit(0))`

test('a process that dies is started again, until it is stopped', async () => {
  await using place = await temporaryDirectory()
  const { plan, pid } = await givenProgram(place.path, `${isReady}; ${stopsWhenAsked}`)
  const supervised = superviseProcess(plan, logger)
  assert.equal(await supervised.ready, 'http://127.0.0.1:1')
  const first = await pid()
  assert.ok(first)
  process.kill(first, 'SIGKILL')
  const second = await until('another process runs', async () => ((await pid()) !== first ? pid() : undefined))
  assert.ok(isAlive(second))
  await supervised.stop()
  assert.ok(!isAlive(second))
})

test('a process is told on which port the API listens', async () => {
  await using place = await temporaryDirectory()
  const file = join(place.path, 'told')
  const notes = `process.on('message', (message) => message.type === 'port' && writeFileSync(${JSON.stringify(file)}, String(message.port)))`
  const { plan } = await givenProgram(place.path, `${notes}; ${isReady}; ${stopsWhenAsked}`)
  const supervised = superviseProcess(plan, logger)
  await supervised.ready
  supervised.tellPort(7_171)
  await until('it has noted it', async () => (await readFile(file, 'utf8').catch(() => '')) === '7171')
  await supervised.stop()
})

test('what a process gives as its reason for not starting is handed on', async () => {
  await using place = await temporaryDirectory()
  const { plan } = await givenProgram(
    place.path,
    `process.send({ type: 'start_error', code: 'port_taken', message: 'Port 1 is taken.' }, () => process.exit(78))`,
  )
  const supervised = superviseProcess(plan, logger)
  const error = await supervised.failed
  assert.deepEqual([error.code, error.message], ['port_taken', 'Port 1 is taken.'])
  await supervised.stop()
})

test('a process that never gets ready is given up after three tries', async () => {
  await using place = await temporaryDirectory()
  const { plan } = await givenProgram(place.path, 'process.exit(3)')
  const supervised = superviseProcess(plan, logger)
  const error = await supervised.failed
  assert.equal(error.code, 'process_failed')
  assert.match(error.message, /example process ended 3 times .*exit code 3/)
  await supervised.stop()
})

test('a process that does not stop in its time is killed', async () => {
  await using place = await temporaryDirectory()
  const { plan, pid } = await givenProgram(place.path, `${isReady}; process.on('message', () => {})`)
  const supervised = superviseProcess({ ...plan, graceMs: 50 }, logger)
  await supervised.ready
  await supervised.stop()
  const last = await pid()
  assert.ok(last && !isAlive(last))
})

test('a process run to its end succeeds, fails with its own reason, or fails with its exit code', async () => {
  await using place = await temporaryDirectory()
  await runProcess((await givenProgram(place.path, '')).plan, never)
  const { plan } = await givenProgram(
    place.path,
    `process.send({ type: 'start_error', code: 'schema_newer', message: 'Newer.' }, () => process.exit(78))`,
  )
  await assert.rejects(runProcess(plan, never), { code: 'schema_newer' })
  await assert.rejects(runProcess((await givenProgram(place.path, 'process.exit(4)')).plan, never), {
    code: 'process_failed',
    message: /exit code 4/,
  })
})

test('processes go when the one that supervises them is killed', async () => {
  await using place = await temporaryDirectory()
  const stopRequests = new URL('./stop-requests.ts', import.meta.url).href
  const { plan, pid } = await givenProgram(
    place.path,
    `const { listenForStop } = await import(${JSON.stringify(stopRequests)}); listenForStop().first.then(() => process.exit(0)); setInterval(() => {}, 1000); ${isReady}`,
  )
  const supervisor = new URL('./supervisor.ts', import.meta.url).href
  const code = `import { superviseProcess } from ${JSON.stringify(supervisor)}; await superviseProcess(${JSON.stringify(plan)}, { error() {} }).ready; console.log('up')`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(parent.stdout, 'data')
  const child = await pid()
  assert.ok(child && isAlive(child))
  parent.kill('SIGKILL')
  await until('the process is gone', () => !isAlive(child))
})
