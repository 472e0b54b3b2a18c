import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { executionId, pointingTo } from '../testing/given.ts'
import { errorBody, startStubServer } from '../testing/stub-server.ts'

const route = 'GET /api/integrations/halo/discover'
const list = {
  organizations: [
    { id: '12345', name: 'Acme Corp', metadata: { code: 'ACME001', tier: 'premium' } },
    { id: '67890', name: 'Wayne', metadata: { code: null, tier: 'standard' } },
  ],
  cached_at: '2025-10-11T10:00:00Z',
  cache_expires_at: '2025-10-11T11:00:00Z',
  stale: false,
  last_error: null,
}

test('a discovery that takes long is waited for, with its progress in a terminal', async () => {
  await using server = await startStubServer()
  let asked = 0
  const progressSeen = Promise.withResolvers<void>()
  const send = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  server.on(route, {
    write(response) {
      asked += 1
      if (asked === 1) send(response, 202, { execution_id: executionId, status: 'running' })
      else void progressSeen.promise.then(() => send(response, 200, list))
    },
  })
  let looked = 0
  server.on(`GET /api/executions/${executionId}`, () => {
    looked += 1
    // By the second look the answer to the first has been shown.
    if (looked === 2) progressSeen.resolve()
    return { body: { status: 'running', progress: { done: 1_000, total: 2_000, message: 'page 1' } } }
  })
  const { code, out, err } = await callCli(['discover', 'halo', '--refresh'], { ...pointingTo(server), columns: 100 })
  assert.equal(code, 0)
  assert.match(err, /Asking halo: 1000 of 2000: page 1/)
  assert.match(err, /2 of 2 organizations, as of 2025-10-11 10:00:00Z\./)
  assert.match(out, /Acme Corp/)
  assert.ok(server.requests.filter(({ path }) => path.endsWith('/discover')).every(({ query }) => query.refresh === 'true'))
})

test('the list has a column for each piece of metadata, and --search narrows it', async () => {
  await using server = await startStubServer()
  server.on(route, { body: list })
  const { out } = await callCli(['discover', 'halo', '--search', 'wayne'], pointingTo(server))
  assert.equal(out, 'EXTERNAL ID  NAME   CODE  TIER\n67890        Wayne  -     standard\n')
  const json = await callCli(['discover', 'halo', '--search', 'wayne', '--json'], pointingTo(server))
  assert.deepEqual([JSON.parse(json.out), json.err], [list, ''])
})

test('a list that could not be refreshed says so', async () => {
  await using server = await startStubServer()
  server.on(route, {
    body: { ...list, stale: true, last_error: { error: 'discovery_failed', message: 'HTTP 503.', at: '2025-10-11T12:00:00Z' } },
  })
  const { code, err } = await callCli(['discover', 'halo'], pointingTo(server))
  assert.equal(code, 0)
  assert.match(err, /which is out of date\.\nThe last try failed at 2025-10-11 12:00:00Z: HTTP 503\.\n/)
})

test('a discovery that fails exits with 1 and the reason', async () => {
  await using server = await startStubServer()
  server.on(route, {
    status: 502,
    body: errorBody('discovery_failed', 'The vendor answered 401. Check the API key.', { execution_id: executionId }),
  })
  const { code, err } = await callCli(['discover', 'halo'], pointingTo(server))
  assert.deepEqual([code, err], [1, 'crosswalk: The vendor answered 401. Check the API key. (discovery_failed, request req-1)\n'])
})

test('ten thousand organizations are listed within seconds', async () => {
  await using server = await startStubServer()
  const organizations = Array.from({ length: 10_000 }, (_, index) => ({
    id: `${index}`,
    name: `Customer ${index}`,
    metadata: { tier: 'standard' },
  }))
  server.on(route, { body: { ...list, organizations } })
  const before = process.cpuUsage()
  const { out } = await callCli(['discover', 'halo'], { ...pointingTo(server), columns: 80 })
  // Of this process alone, whatever else the machine does.
  const { user } = process.cpuUsage(before)
  assert.equal(out.trimEnd().split('\n').length, 10_001)
  assert.ok(user < 5_000_000, `${user / 1_000} ms`)
  assert.match(out, /\n0 +Customer 0 +standard\n1 +Customer 1 /)
  assert.match(out, /\n9999 +Customer 9999 +standard\n$/)
})
