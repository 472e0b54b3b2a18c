import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { acmeId, pointingTo } from '../testing/given.ts'
import { startStubServer } from '../testing/stub-server.ts'

const connection = {
  ...{ id: acmeId, integration_name: 'halo', name: 'account', org_id: null, mapping_id: null, external_id: 'realm-42', status: 'failing' },
  ...{
    connected_by: 'Ada',
    connected_at: '2025-10-11T10:00:00Z',
    expires_at: '2025-10-13T11:00:00Z',
    last_renewed_at: '2025-10-11T10:00:00Z',
  },
  ...{ failing_since: '2025-10-12T10:00:00Z', last_error: { kind: 'unavailable', message: 'It is down.', at: null } },
}

test('connections are listed with their status and last failure', async () => {
  await using server = await startStubServer()
  server.on('GET /api/connections', { body: { connections: [connection], count: 1, next_cursor: null } })
  const { code, out } = await callCli(['connections', 'list', '--integration', 'halo'], pointingTo(server))
  assert.equal(code, 0)
  for (const text of ['halo.account', 'all', 'failing', 'realm-42', 'Ada', '2025-10-13 11:00:00Z', 'It is down.'])
    assert.ok(out.includes(text), out)
})

test('a link to connect is printed by itself, to be sent', async () => {
  await using server = await startStubServer()
  const url = 'https://crosswalk.example.com/api/connections/open?link=abc'
  const purpose = {
    integration_display_name: 'HaloPSA',
    label: 'Account',
    org_name: 'Acme',
    mapping_name: null,
    vendor_host: 'halo.example',
  }
  server.on('POST /api/connections/links', { status: 201, body: { id: acmeId, url, expires_at: '2025-10-18T10:00:00Z', ...purpose } })
  const { out, err } = await callCli(['connections', 'connect', 'halo', 'account', '--org', acmeId], pointingTo(server))
  assert.equal(out, `${url}\n`)
  assert.match(err, /^It connects Account of HaloPSA for Acme, at halo\.example\.\nOpen it in a browser/)
  assert.match(err, /connections revoke-link 0/)
  assert.deepEqual(server.requests[0]?.body, { integration_name: 'halo', name: 'account', org_id: acmeId })
})

test('a connection is revoked by its id', async () => {
  await using server = await startStubServer()
  server.on(`DELETE /api/connections/${acmeId}`, { status: 204 })
  const { code, err } = await callCli(['connections', 'revoke', acmeId], pointingTo(server))
  const notAsked = 'The vendor was not asked: the integration does not say how to end the consent. End it at the vendor.'
  assert.deepEqual([code, err], [0, `Revoked.\n${notAsked}\n`])
})

test('what came of revoking a connection at the vendor is said', async () => {
  await using server = await startStubServer()
  const message = 'login.books.example did not end the consent: it answered 400 (invalid_client). End the consent at the vendor.'
  const at_vendor = { outcome: 'refused', host: 'login.books.example', status: 400, vendor_code: 'invalid_client', message }
  server.on(`DELETE /api/connections/${acmeId}`, { body: { at_vendor } })
  const { code, err } = await callCli(['connections', 'revoke', acmeId], pointingTo(server))
  assert.deepEqual([code, err], [0, `Revoked.\n${message}\n`])
  const { out } = await callCli(['connections', 'revoke', acmeId, '--json'], pointingTo(server))
  assert.deepEqual(JSON.parse(out), { at_vendor })
})

test('open links are listed, and one is revoked by its id', async () => {
  await using server = await startStubServer()
  const link = { id: acmeId, integration_name: 'halo', name: 'account', org_id: null, mapping_id: null }
  server.on('GET /api/connections/links', {
    body: { links: [{ ...link, made_by: 'Ada', expires_at: '2025-10-18T10:00:00Z' }], count: 1, next_cursor: null },
  })
  server.on(`DELETE /api/connections/links/${acmeId}`, { status: 204 })
  const { out } = await callCli(['connections', 'links', '--integration', 'halo'], pointingTo(server))
  for (const text of ['halo.account', 'all', 'Ada', acmeId]) assert.ok(out.includes(text), out)
  assert.equal((await callCli(['connections', 'revoke-link', acmeId], pointingTo(server))).err, 'Revoked.\n')
})
