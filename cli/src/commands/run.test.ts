import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Interrupted } from '../failure.ts'
import { callCli } from '../testing/call-cli.ts'
import { acmeId, asEvent, executionId, givenExecuted, givenLine, pointingTo } from '../testing/given.ts'
import { errorBody, type StubServer, startStubServer } from '../testing/stub-server.ts'

const logsRoute = `GET /api/executions/${executionId}/logs`
const run = ['run', 'sync_users', '--org', acmeId]

function givenLog(server: StubServer, ...chunks: string[]): void {
  server.on('POST /api/workflows/execute', { status: 202, body: givenExecuted() })
  server.on(logsRoute, { write: (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(chunks.join('')) })
}

test('a run shows its log beside, and its result alone on standard output', async () => {
  await using server = await startStubServer()
  const ended = givenExecuted({ status: 'success', result: { users_synced: 3 }, duration_ms: 1_234 })
  givenLog(
    server,
    asEvent('log', givenLine(0, 'Starting'), 0),
    ': still here\n\n',
    asEvent('progress', { done: 1, total: 3, message: null }),
    asEvent('ended', ended),
  )
  const { code, out, err } = await callCli([...run, '--param', 'a=1', '--param', 'b:=2', '--idempotency-key', 'k'], pointingTo(server))
  assert.equal(code, 0)
  assert.equal(out, '{\n  "users_synced": 3\n}\n')
  assert.equal(err, `10:00:00.123 info  Starting\nsuccess after 1.2 s ${executionId}\n`)
  const request = server.requests.find(({ method }) => method === 'POST')
  assert.deepEqual(request?.body, { workflow_name: 'sync_users', parameters: { a: '1', b: 2 }, idempotency_key: 'k' })
  assert.equal(request?.headers['x-organization-id'], acmeId)
  assert.equal(request?.query.wait, '0')
})

test('a run that fails says why and exits with 1', async () => {
  await using server = await startStubServer()
  givenLog(
    server,
    asEvent(
      'ended',
      givenExecuted({ status: 'failed', error: { type: 'Error', message: 'The vendor is down', details: {} }, duration_ms: 20 }),
    ),
  )
  const { code, out, err } = await callCli(run, pointingTo(server))
  assert.deepEqual({ code, out }, { code: 1, out: '' })
  assert.equal(err, `failed after 20 ms: The vendor is down (Error) ${executionId}\n`)
})

test('a log whose connection breaks continues after its last line', async () => {
  await using server = await startStubServer()
  server.on('POST /api/workflows/execute', { status: 202, body: givenExecuted() })
  let connections = 0
  const rest = asEvent('log', givenLine(1, 'two'), 1) + asEvent('ended', givenExecuted({ status: 'success', duration_ms: 1 }))
  server.on(logsRoute, {
    write(response) {
      connections += 1
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      if (connections > 1) response.end(rest)
      else response.write(asEvent('log', givenLine(0, 'one'), 0), () => response.destroy())
    },
  })
  const { code, err } = await callCli(run, pointingTo(server))
  assert.equal(code, 0)
  assert.match(err, /one\n.*two\n/)
  assert.deepEqual(
    server.requests.filter(({ path }) => path.endsWith('/logs')).map(({ headers }) => headers['last-event-id']),
    [undefined, '0'],
  )
})

test('--json prints the execution as it ended, and no log', async () => {
  await using server = await startStubServer()
  const ended = givenExecuted({ status: 'timeout', duration_ms: 5 })
  givenLog(server, asEvent('log', givenLine(0, 'Starting'), 0), asEvent('ended', ended))
  const { code, out, err } = await callCli([...run, '--json'], pointingTo(server))
  assert.equal(code, 1)
  assert.deepEqual(JSON.parse(out), ended)
  assert.equal(err, '')
})

test('--no-wait prints the id of what was started', async () => {
  await using server = await startStubServer()
  server.on('POST /api/workflows/execute', { status: 202, body: givenExecuted() })
  const { code, out, err } = await callCli([...run, '--no-wait'], pointingTo(server))
  assert.deepEqual({ code, out }, { code: 0, out: `${executionId}\n` })
  assert.match(err, /crosswalk logs 0189\S+ --follow/)
})

test('Ctrl+C leaves the execution running and says how to stop it', async () => {
  await using server = await startStubServer()
  const stop = new AbortController()
  server.on('POST /api/workflows/execute', { status: 202, body: givenExecuted() })
  server.on(logsRoute, {
    write: (response) =>
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .write(asEvent('log', givenLine(0, 'Starting'), 0), () => stop.abort(new Interrupted())),
  })
  const { code, err } = await callCli(run, { ...pointingTo(server), signal: stop.signal })
  assert.equal(code, 130)
  assert.match(err, new RegExp(`The execution continues\\. .*crosswalk executions cancel ${executionId}`))
})

test('what the server refuses is told, and parameters that are no JSON never reach it', async () => {
  await using server = await startStubServer()
  server.on('POST /api/workflows/execute', { status: 404, body: errorBody('workflow_not_found', "No workflow is named 'sync_users'.") })
  const refused = await callCli(run, pointingTo(server))
  assert.deepEqual([refused.code, refused.err], [1, "crosswalk: No workflow is named 'sync_users'. (workflow_not_found)\n"])
  const before = server.requests.length
  for (const wrong of [
    ['--param', 'nothing'],
    ['--param', 'a:=['],
    ['--params-json', '[]'],
    ['--params-json', '@nothing.json'],
  ]) {
    assert.equal((await callCli([...run, ...wrong], pointingTo(server))).code, 2, wrong.join(' '))
  }
  assert.equal(server.requests.length, before)
})
