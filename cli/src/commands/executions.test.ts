import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { pointingTo } from '../testing/given.ts'
import { startStubServer } from '../testing/stub-server.ts'

test('an execution shows what its steps called a client with', async () => {
  await using server = await startStubServer()
  const step = {
    status: 'success',
    attempt: 1,
    started_at: '2025-10-11T01:00:00.000Z',
    duration_ms: 5,
    error: null,
    idempotency_key: 'k',
    attempts: [],
  }
  const steps = [
    { ...step, name: 'halo.addUser', arguments: '["Ada",{"site":1}]' },
    { ...step, name: 'count', arguments: null },
  ]
  const execution = { workflow_name: 'w', kind: 'workflow', status: 'success', caller: { name: 'me' }, parameters: {}, result: null, steps }
  server.on('GET /api/executions/e1', { body: { execution_id: 'e1', created_at: '2025-10-11T01:00:00.000Z', ...execution } })
  const { code, out } = await callCli(['executions', 'show', 'e1'], pointingTo(server))
  assert.equal(code, 0)
  assert.match(out, /halo\.addUser +success +1 +5 ms +\["Ada",\{"site":1\}\] +-\n/)
  assert.match(out, /count +success +1 +5 ms +- +-/)
})

test('what an execution asked of vendors is listed, narrowed to what failed', async () => {
  await using server = await startStubServer()
  const exchange = {
    id: 'x1',
    step: 'halo.users',
    purpose: 'call',
    method: 'GET',
    host: 'api.halo.example',
    path: '/users',
    attempt: 2,
    status: 429,
    error: { kind: 'rate_limited', message: null },
    response_bytes: 12,
    waited_ms: 1_500,
    started_at: '2025-10-11T01:00:00.000Z',
    duration_ms: 80,
  }
  const unanswered = { ...exchange, id: 'x2', step: null, status: null, error: { kind: 'timeout', message: 'late' }, waited_ms: 0 }
  const forToken = { ...exchange, id: 'x3', purpose: 'token', method: 'POST', path: '/token', status: 401, attempt: 1, waited_ms: 0 }
  const webPage = { ...exchange, id: 'x4', status: 200, error: { kind: 'invalid_response', message: null }, waited_ms: 0 }
  server.on('GET /api/executions/e1/exchanges', {
    body: { exchanges: [exchange, unanswered, forToken, webPage], count: 4, next_cursor: null },
  })
  const { code, out } = await callCli(['executions', 'exchanges', 'e1', '--status', 'failed'], pointingTo(server))
  assert.equal(code, 0)
  assert.deepEqual(server.requests[0]?.query, { status: 'failed' })
  assert.match(out, /halo\.users +GET api\.halo\.example\/users +2 +429 +12 +1\.5 s +80 ms/)
  assert.match(out, / - +GET api\.halo\.example\/users +2 +timeout +12 +- +80 ms/)
  assert.match(out, / 2 +200 invalid_response +12 /)
  assert.match(out, /halo\.users +POST api\.halo\.example\/token \(for a token\) +1 +401 +12 +- +80 ms/)
})

test('vendors are listed with what is used of their limits and what waits', async () => {
  await using server = await startStubServer()
  const vendor = {
    integration_name: 'halo',
    host: 'api.halo.example',
    org_id: null,
    credential: { keys: ['halo_secret'], tenant: 'acme.example', connection: null, mapping_id: null },
    last_used_at: '2025-10-11T00:59:00.000Z',
    limits: [
      { requests: 300, per_ms: 60_000, window: 'sliding', usable: 270, used: 12 },
      { parallel: 4, used: 1 },
    ],
    waiting: { people: 1, background: 2 },
    paused: { until: '2025-10-11T01:00:00.000Z', reason: 'api.halo.example answered 429' },
    down: null,
  }
  const credential = { keys: [], tenant: null, connection: 'account', mapping_id: 'm1' }
  const down = { until: '2025-10-11T01:00:00.000Z', reason: 'status 503', organizations: 2 }
  const connected = { ...vendor, org_id: 'o1', credential, paused: null, down }
  server.on('GET /api/vendors', { body: { vendors: [vendor, connected], count: 2, next_cursor: null } })
  const { out } = await callCli(['vendors', 'list', '--integration', 'halo'], pointingTo(server))
  assert.deepEqual(server.requests[0]?.query, { integration: 'halo' })
  assert.match(
    out,
    /halo +api\.halo\.example +everybody +halo_secret, tenant acme\.example +12 of 300 in 1 min.*; 1 of 4 at once +3 +2025-10-11.* +paused until .* \(api\.halo\.example answered 429\)/,
  )
  assert.match(
    out,
    /halo +api\.halo\.example +o1 +connection account, mapping m1 .* down for 2 organizations \(status 503\), tried again at /,
  )
})

test('executions are narrowed to those that need attention', async () => {
  await using server = await startStubServer()
  server.on('GET /api/executions', { body: { executions: [], count: 0, next_cursor: null } })
  const { code, err } = await callCli(['executions', 'list', '--attention', 'failed', '--workflow', 'sync_users'], pointingTo(server))
  assert.equal(code, 0)
  assert.deepEqual(server.requests[0]?.query, { workflow_name: 'sync_users', attention: 'failed' })
  assert.match(err, /There are no such executions/)
})
