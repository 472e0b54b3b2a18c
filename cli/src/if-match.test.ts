import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from './testing/call-cli.ts'
import { acmeId, givenOrganization, pointingTo } from './testing/given.ts'
import { errorBody, startStubServer } from './testing/stub-server.ts'

const changes: [args: string[], route: string][] = [
  [['orgs', 'update', acmeId, '--name', 'B'], `PATCH /api/organizations/${acmeId}`],
  [['orgs', 'deactivate', acmeId], `DELETE /api/organizations/${acmeId}`],
  [['mappings', 'update', 'm1', '--org', acmeId, '--external-name', 'B'], `PATCH /api/organizations/${acmeId}/integrations/m1`],
  [['mappings', 'deactivate', 'm1', '--org', acmeId], `DELETE /api/organizations/${acmeId}/integrations/m1`],
  [['config', 'set', 'url', 'b'], 'PUT /api/config/url'],
  [['config', 'delete', 'url'], 'DELETE /api/config/url'],
  [['schedules', 'set', 'sync_users', '--cron', '0 3 * * *'], 'PUT /api/schedules/sync_users'],
  [['schedules', 'pause', 'sync_users'], 'PUT /api/schedules/sync_users'],
  [['schedules', 'resume', 'sync_users'], 'PUT /api/schedules/sync_users'],
  [['schedules', 'reset', 'sync_users'], 'DELETE /api/schedules/sync_users'],
]

test('every command that changes something can depend on what is there, and says who changed it meanwhile', async () => {
  await using server = await startStubServer()
  const message = 'Ann changed it at 2025-10-11 10:00:00 UTC, after you read it, so nothing was changed now.'
  for (const [args, route] of changes) {
    server.on(route, { status: 412, body: errorBody('changed_meanwhile', message, { changed_by: 'Ann', changed_at: null, etag: '"b"' }) })
    for (const [given, sent] of [
      ['"a"', '"a"'],
      ['a', '"a"'],
      ['*', '*'],
    ] as const) {
      const { code, err } = await callCli([...args, '--if-match', given], pointingTo(server))
      assert.deepEqual([code, err], [1, `crosswalk: ${message} (changed_meanwhile)\n`], args.join(' '))
      assert.equal(server.requests.at(-1)?.headers['if-match'], sent)
    }
  }
})

test('without it nothing is sent along', async () => {
  await using server = await startStubServer()
  server.on(`PATCH /api/organizations/${acmeId}`, { body: givenOrganization('B') })
  const { code } = await callCli(['orgs', 'update', acmeId, '--name', 'B', '--json'], pointingTo(server))
  assert.equal(code, 0)
  assert.equal(server.requests.at(-1)?.headers['if-match'], undefined)
})
