import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { givenOrganization, pointingTo } from './testing/given.ts'
import { errorBody, startStubServer } from './testing/stub-server.ts'

const program = fileURLToPath(new URL('../bin/crosswalk.js', import.meta.url))

/** Starts the command as its own process. */
function startCli(args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: tmpdir(),
    env: { ...process.env, DATABASE_URL: '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal, err }))
  return { child, ended }
}

test('a reader that has had enough ends the command quietly', async () => {
  await using server = await startStubServer()
  const organizations = Array.from({ length: 20_000 }, () => givenOrganization('x'.repeat(100)))
  server.on('GET /api/organizations', { body: { organizations, count: organizations.length, next_cursor: null } })
  const { child, ended } = startCli(['orgs', 'list', '--json'], pointingTo(server).env)
  child.stdout.once('data', () => child.stdout.destroy())
  assert.deepEqual(await ended, { code: 0, signal: null, err: '' })
})

test('all of a long list arrives in a pipe', async () => {
  await using server = await startStubServer()
  const organizations = Array.from({ length: 20_000 }, () => givenOrganization('x'.repeat(100)))
  const body = { organizations, count: organizations.length, next_cursor: null }
  server.on('GET /api/organizations', { body })
  const { child, ended } = startCli(['orgs', 'list', '--json'], pointingTo(server).env)
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  assert.equal((await ended).code, 0)
  assert.deepEqual(JSON.parse(out), body)
})

test('the exit code is that of the outcome', async () => {
  await using server = await startStubServer()
  server.on('GET /api/workflows', { status: 401, body: errorBody('unauthenticated', 'Sign in.') })
  const refused = startCli(['workflows', 'list'], pointingTo(server).env)
  assert.deepEqual(await refused.ended, {
    code: 1,
    signal: null,
    err: 'crosswalk: The API key was not accepted: set CROSSWALK_API_KEY to a valid one, or unset it to use the one in the data directory. (unauthenticated)\n',
  })
  assert.equal((await startCli(['workflows', 'lits'], {}).ended).code, 2)
})

test('Ctrl+C ends a command that waits', { skip: process.platform === 'win32' && 'has no signals' }, async () => {
  await using server = await startStubServer()
  const { child, ended } = startCli(['workflows', 'list'], pointingTo(server).env)
  server.on('GET /api/workflows', { write: () => void child.kill('SIGINT') })
  assert.equal((await ended).code, 130)
})

test("the server's processes get the command's place, with its exit code and what it says", async () => {
  const { code, err } = await startCli(['api'], {}).ended
  assert.equal(code, 1)
  assert.match(err, /^An api process of its own needs DATABASE_URL\./)
})
