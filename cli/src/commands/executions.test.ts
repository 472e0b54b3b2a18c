import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { pointingTo } from '../testing/given.ts'
import { startStubServer } from '../testing/stub-server.ts'

test('executions are narrowed to those that need attention', async () => {
  await using server = await startStubServer()
  server.on('GET /api/executions', { body: { executions: [], count: 0, next_cursor: null } })
  const { code, err } = await callCli(['executions', 'list', '--attention', 'failed', '--workflow', 'sync_users'], pointingTo(server))
  assert.equal(code, 0)
  assert.deepEqual(server.requests[0]?.query, { workflow_name: 'sync_users', attention: 'failed' })
  assert.match(err, /There are no such executions/)
})
