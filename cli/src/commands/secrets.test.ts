import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { acmeId, pointingTo } from '../testing/given.ts'
import { startStubServer } from '../testing/stub-server.ts'

const secret = { key: 'api_key', scope: 'global', org_id: null, updated_at: '2025-10-11T10:00:00Z', updated_by: 'me' }

test('a secret is read from standard input without the line end that echo adds', async () => {
  await using server = await startStubServer()
  server.on('POST /api/secrets', { status: 201, body: secret })
  const { code, out, err } = await callCli(['secrets', 'set', 'api_key'], { ...pointingTo(server), stdin: ' two\nlines \n' })
  assert.deepEqual({ code, out, err }, { code: 0, out: '', err: 'Set api_key for all organizations.\n' })
  assert.deepEqual(server.requests[0]?.body, { key: 'api_key', value: ' two\nlines ', scope: 'global' })
})

test('a secret of one organization names it', async () => {
  await using server = await startStubServer()
  server.on('POST /api/secrets', { status: 201, body: { ...secret, scope: 'organization', org_id: acmeId } })
  const unread = await callCli(['secrets', 'set', 'api_key', '--org', acmeId, '--value', 'x'], pointingTo(server))
  assert.deepEqual([unread.code, unread.err], [0, `Set api_key for the organization ${acmeId}.\n`])
  server.on(`GET /api/organizations/${acmeId}`, { body: { id: acmeId, name: 'Acme Corp' } })
  const named = await callCli(['secrets', 'set', 'api_key', '--org', acmeId, '--value', 'x'], pointingTo(server))
  assert.equal(named.err, 'Set api_key for Acme Corp.\n')
  assert.deepEqual(server.requests[0]?.body, { key: 'api_key', value: 'x', scope: 'organization', org_id: acmeId })
  const both = await callCli(['secrets', 'set', 'api_key', '--org', acmeId, '--global'], pointingTo(server))
  assert.equal(both.code, 2)
})

test('an empty secret is refused before the server is asked', async () => {
  await using server = await startStubServer()
  const { code, err } = await callCli(['secrets', 'set', 'api_key'], { ...pointingTo(server), stdin: '\n' })
  assert.deepEqual([code, err], [1, 'crosswalk: No value was given for api_key. Type it when asked, or pipe it in. (secret_empty)\n'])
  assert.equal(server.requests.length, 0)
})

test('a config value is a text unless it is given as JSON', async () => {
  await using server = await startStubServer()
  server.on('PUT /api/config/limit', { body: { ...secret, key: 'limit', value: 1 } })
  await callCli(['config', 'set', 'limit', '10'], pointingTo(server))
  await callCli(['config', 'set', 'limit', '--value-json', '-'], { ...pointingTo(server), stdin: '{"users":10}' })
  assert.deepEqual(
    server.requests.map(({ body }) => body),
    [
      { value: '10', scope: 'global' },
      { value: { users: 10 }, scope: 'global' },
    ],
  )
  assert.equal((await callCli(['config', 'set', 'limit'], pointingTo(server))).code, 2)
})

test('a secret is deleted where it is', async () => {
  await using server = await startStubServer()
  server.on('DELETE /api/secrets/api_key', { status: 204 })
  const { code } = await callCli(['secrets', 'delete', 'api_key', '--org', acmeId], pointingTo(server))
  assert.equal(code, 0)
  assert.deepEqual(server.requests[0]?.query, { scope: 'organization', org_id: acmeId })
})

const details = {
  ...{ ...secret, backend: 'database', version: 2, expires_at: null, declared_by: [], read_by: [], last_read: null },
  versions: [
    { version: 2, is_current: true, set_at: '2025-10-11T10:00:00Z', set_by: 'me' },
    { version: 1, is_current: false, set_at: '2025-10-01T10:00:00Z', set_by: 'Ada' },
  ],
}

test('a secret is shown with its versions, and never with a value', async () => {
  await using server = await startStubServer()
  server.on('GET /api/secrets/api_key', { body: details })
  const { code, out } = await callCli(['secrets', 'show', 'api_key'], pointingTo(server))
  assert.equal(code, 0)
  assert.match(out, /Kept +in the database/)
  assert.match(out, /2 \(now\) +2025-10-11 10:00:00Z +me\n1 +2025-10-01 10:00:00Z +Ada/)
  assert.deepEqual(server.requests[0]?.query, { scope: 'global' })
})

test('an earlier version is set again, and an expiry is a day or a time', async () => {
  await using server = await startStubServer()
  server.on('POST /api/secrets/api_key/restore', { body: { ...details, version: 3 } })
  server.on('PATCH /api/secrets/api_key', { body: { ...details, expires_at: '2027-01-01T00:00:00.000Z' } })
  const restored = await callCli(['secrets', 'restore', 'api_key', '1'], pointingTo(server))
  assert.equal(restored.err, 'api_key for all organizations is again what it was in version 1; that is version 3 now.\n')
  const expiring = await callCli(['secrets', 'expire', 'api_key', '--on', '2027-01-01'], pointingTo(server))
  assert.equal(expiring.err, 'api_key expires 2027-01-01 00:00:00Z.\n')
  assert.deepEqual(
    server.requests.map(({ body }) => body),
    [{ version: 1 }, { expires_at: '2027-01-01T00:00:00.000Z' }],
  )
  for (const wrong of [[], ['--on', 'soon'], ['--never', '--on', '2027-01-01']])
    assert.equal((await callCli(['secrets', 'expire', 'api_key', ...wrong], pointingTo(server))).code, 2)
})
