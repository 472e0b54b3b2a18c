import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { acmeId, asEvent, executionId, givenExecuted, givenLine, givenOrganization, pointingTo } from './testing/given.ts'
import { errorBody, startStubServer } from './testing/stub-server.ts'

const program = fileURLToPath(new URL('../bin/crosswalk.js', import.meta.url))

/** Starts the command as its own process. */
function startCli(args: readonly string[], env: NodeJS.ProcessEnv, output: { stdout?: number; stderr?: number } = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: tmpdir(),
    env: { ...process.env, DATABASE_URL: '', ...env },
    stdio: ['pipe', output.stdout ?? 'pipe', output.stderr ?? 'pipe'],
  })
  let err = ''
  child.stderr?.on('data', (chunk: Buffer) => {
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
  child.stdout?.once('data', () => child.stdout?.destroy())
  assert.deepEqual(await ended, { code: 141, signal: null, err: '' })
})

/** Every command that prints something, with what it needs of the server. */
const printing: (readonly string[])[] = [
  ['--help'],
  ['--version'],
  ['orgs', 'list'],
  ['orgs', 'list', '--json'],
  ['orgs', 'show', acmeId],
  ['orgs', 'deactivate', acmeId],
  ['config', 'list'],
  ['secrets', 'list'],
  ['mappings', 'list'],
  ['workflows', 'list'],
  ['integrations', 'list'],
  ['data-providers', 'list'],
  ['schedules', 'list'],
  ['executions', 'list'],
  ['batches', 'list'],
  ['audit'],
  ['logs', executionId],
  ['run', 'sync_users', '--org', acmeId],
  ['run', 'sync_users', '--org', acmeId, '--json'],
  ['doctor'],
  ['start', '--help'],
]

async function givenEverything() {
  const server = await startStubServer()
  const none = { count: 0, next_cursor: null }
  for (const name of ['config', 'secrets', 'mappings', 'schedules', 'executions', 'batches'])
    server.on(`GET /api/${name}`, { body: { [name]: [], ...none } })
  for (const name of ['workflows', 'integrations']) server.on(`GET /api/${name}`, { body: { [name]: [], ...none, problems: [] } })
  server.on('GET /api/data-providers', { body: { data_providers: [], ...none, problems: [] } })
  server.on('GET /api/audit', { body: { events: [], ...none } })
  server.on('GET /api/organizations', { body: { organizations: [givenOrganization('Acme')], ...none, count: 1 } })
  server.on(`GET /api/organizations/${acmeId}`, { body: givenOrganization('Acme') })
  server.on(`DELETE /api/organizations/${acmeId}`, { status: 204 })
  const ended = givenExecuted({ status: 'success', result: { done: true }, duration_ms: 1 })
  server.on('POST /api/workflows/execute', { body: ended })
  const lines = { logs: [givenLine(0, 'Starting')], ...none, count: 1 }
  server.on(`GET /api/executions/${executionId}/logs`, (request) =>
    request.headers.accept === 'application/json'
      ? { body: lines }
      : { write: (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(asEvent('ended', ended)) },
  )
  return server
}

const hasFullDisk = existsSync('/dev/full')
test('a full disk is told in one sentence, with an exit code, by every command', { skip: !hasFullDisk && 'has no /dev/full' }, async () => {
  await using server = await givenEverything()
  const full = openSync('/dev/full', 'w')
  const sentence = 'The disk that the output goes to is full. Free space on it, then run the command again. (output_failed)'
  for (const args of printing) {
    const both = await startCli(args, pointingTo(server).env, { stdout: full, stderr: full }).ended
    assert.deepEqual([both.code, both.signal], [1, null], args.join(' '))
    const { code, err } = await startCli(args, pointingTo(server).env, { stdout: full }).ended
    // What writes to standard error alone has nothing to lose here.
    if (code === 0) assert.doesNotMatch(err, /output_failed/)
    else
      assert.deepEqual(
        [
          code,
          err
            .split('\n')
            .filter((line) => !/^\s*$/.test(line))
            .at(-1),
        ],
        [1, `crosswalk: ${sentence}`],
        args.join(' '),
      )
    assert.doesNotMatch(err, /\bat .*\.ts:\d+|node:internal/, args.join(' '))
  }
  closeSync(full)
})

test('all of a long list arrives in a pipe', async () => {
  await using server = await startStubServer()
  const organizations = Array.from({ length: 20_000 }, () => givenOrganization('x'.repeat(100)))
  const body = { organizations, count: organizations.length, next_cursor: null }
  server.on('GET /api/organizations', { body })
  const { child, ended } = startCli(['orgs', 'list', '--json'], pointingTo(server).env)
  let out = ''
  child.stdout?.on('data', (chunk: Buffer) => {
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
