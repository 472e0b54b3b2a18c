import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { pointingTo } from '../testing/given.ts'
import { startStubServer } from '../testing/stub-server.ts'

const acme = '0191d2a4-7c3e-7d1f-8a55-0b7f5f3c2e10'
const key = {
  id: '0191d2a4-7c3e-7d1f-8a55-0b7f5f3c2e11',
  name: 'reports',
  prefix: 'cwk_12345678',
  state: 'active',
  grants: [{ role: 'viewer', reach: { organizations: [acme] } }],
  made_by: { type: 'person', id: 'p', name: 'Ada' },
  addresses: null,
  created_at: '2025-10-11T10:00:00Z',
  expires_at: null,
  rotated_at: null,
  previous_valid_until: null,
  revoked_at: null,
  last_used_at: null,
  last_used_address: null,
}
const page = { keys: [key], count: 1, next_cursor: null, administrator_key: null }

test('a key is made with one reach and printed alone, so that it can be piped', async () => {
  await using server = await startStubServer()
  server.on('POST /api/keys', { status: 201, body: { ...key, key: 'cwk_the-key-itself' } })
  const made = await callCli(['keys', 'create', 'reports', '--role', 'viewer', '--org', acme], pointingTo(server))
  assert.deepEqual([made.code, made.out], [0, 'cwk_the-key-itself\n'])
  assert.match(made.err, /shown this once/)
  const both = await callCli(['keys', 'create', 'x', '--role', 'viewer', '--org', acme, '--tag', 'gold'], pointingTo(server))
  assert.equal(both.code, 2)
  assert.match(both.err, /--org and --tag/)
})

test('keys are listed, and rotated and revoked by their names', async () => {
  await using server = await startStubServer()
  server.on('GET /api/keys', { body: page })
  server.on(`POST /api/keys/${key.id}/rotate`, { body: { ...key, key: 'cwk_another' } })
  server.on(`DELETE /api/keys/${key.id}`, { status: 204 })
  assert.match((await callCli(['keys', 'list'], pointingTo(server))).out, /reports +cwk_12345678… +active +viewer for 1 organization +Ada/)
  assert.equal((await callCli(['keys', 'rotate', 'reports', '--overlap', '0'], pointingTo(server))).out, 'cwk_another\n')
  assert.deepEqual((await callCli(['keys', 'revoke', 'reports'], pointingTo(server))).err, 'Revoked reports.\n')
  const unknown = await callCli(['keys', 'revoke', 'other'], pointingTo(server))
  assert.deepEqual([unknown.code, /There is no key named other/.test(unknown.err)], [1, true])
  server.on('GET /api/keys', { body: { ...page, keys: [key, { ...key, id: acme }] } })
  assert.match((await callCli(['keys', 'revoke', 'reports'], pointingTo(server))).err, /2 keys are named reports/)
})

test('roles are listed, and what I may do is told', async () => {
  await using server = await startStubServer()
  const role = { name: 'auditor', description: 'Reads the audit', permissions: ['canViewAudit'], is_built_in: false }
  server.on('GET /api/roles', { body: { roles: [role], count: 1, permissions: [] } })
  server.on('POST /api/roles', { status: 201, body: role })
  server.on('DELETE /api/roles/auditor', { status: 204 })
  server.on('GET /api/me', {
    body: { principal: { type: 'person', id: 'p', name: 'Ada' }, grants: key.grants, permissions: ['canViewAudit'] },
  })
  assert.match((await callCli(['roles', 'list'], pointingTo(server))).out, /auditor +yes +Reads the audit +canViewAudit/)
  const made = await callCli(
    ['roles', 'create', 'auditor', '--description', 'Reads the audit', '--permission', 'canViewAudit'],
    pointingTo(server),
  )
  assert.match(made.out, /Permissions +canViewAudit/)
  assert.equal((await callCli(['roles', 'update', 'auditor'], pointingTo(server))).code, 2)
  assert.equal((await callCli(['roles', 'delete', 'auditor'], pointingTo(server))).err, 'Deleted auditor.\n')
  assert.match(
    (await callCli(['me'], pointingTo(server))).out,
    /Name +Ada\nKind +person\nGrants +viewer for 1 organization\nPermissions +canViewAudit/,
  )
})

test('an organization is given tags and loses some, and keeps the others', async () => {
  await using server = await startStubServer()
  const organization = { id: acme, name: 'Acme', domains: [], tenant_id: null, tags: ['gold', 'old'], is_active: true, etag: '"1"' }
  server.on(`GET /api/organizations/${acme}`, {
    body: { ...organization, created_at: '2025-10-11T10:00:00Z', updated_at: '2025-10-11T10:00:00Z' },
  })
  server.on(`PATCH /api/organizations/${acme}`, { body: { ...organization, tags: ['gold', 'vip'] } })
  const tagged = await callCli(['orgs', 'tag', acme, '--add', 'VIP', '--remove', 'old'], pointingTo(server))
  assert.deepEqual([tagged.code, tagged.out], [0, 'gold, vip\n'])
  const sent = server.requests.find(({ method }) => method === 'PATCH')
  assert.deepEqual([sent?.body, sent?.headers['if-match']], [{ tags: ['gold', 'vip'] }, '"1"'])
})

test('the audit is verified to its end, and what is wrong is told with exit code 1', async () => {
  await using server = await startStubServer()
  const head = { sequence: 3, hash: 'a'.repeat(64) }
  const part = { checked: 2, problems: [], next_cursor: 2, head, has_head: null, unlinked: 0 }
  const rest = { ...part, checked: 1, next_cursor: null }
  server.on('GET /api/audit/chain', ({ query }) => ({ body: query.cursor === '0' ? part : rest }))
  const whole = await callCli(['audit', 'verify'], pointingTo(server))
  assert.deepEqual([whole.code, whole.out], [0, '3 events, none missing or changed.\n'])
  assert.match(whole.err, /--head later: 3:aaa/)
  const problems = [{ sequence: 2, event_id: acme, problem: 'event_changed' }]
  server.on('GET /api/audit/chain', { body: { ...rest, problems, has_head: false } })
  const broken = await callCli(['audit', 'verify', '--head', `3:${head.hash}`], pointingTo(server))
  assert.equal(broken.code, 1)
  assert.match(broken.out, /Event 2 \(.*\) is not what it was.*\n.*end was cut off/)
})

test('what the audit is sent on to is listed with why it waits', async () => {
  await using server = await startStubServer()
  server.on('GET /api/audit/sinks', { body: { sinks: [], count: 0 } })
  assert.match((await callCli(['audit', 'sinks'], pointingTo(server))).err, /sent nowhere/)
  const sink = {
    name: 'webhook',
    cursor: 41,
    behind: 3,
    sent_at: null,
    failures: 2,
    failing_since: '2026-01-01T00:00:00Z',
    last_error: 'It is away.',
  }
  server.on('GET /api/audit/sinks', { body: { sinks: [sink], count: 1 } })
  assert.match((await callCli(['audit', 'sinks'], pointingTo(server))).out, /webhook +41 +3 +- +2026-01-01 00:00:00Z +It is away\./)
})
