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

test('executions are narrowed to those that need attention', async () => {
  await using server = await startStubServer()
  server.on('GET /api/executions', { body: { executions: [], count: 0, next_cursor: null } })
  const { code, err } = await callCli(['executions', 'list', '--attention', 'failed', '--workflow', 'sync_users'], pointingTo(server))
  assert.equal(code, 0)
  assert.deepEqual(server.requests[0]?.query, { workflow_name: 'sync_users', attention: 'failed' })
  assert.match(err, /There are no such executions/)
})
