import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { pointingTo } from '../testing/given.ts'
import { startStubServer } from '../testing/stub-server.ts'

test('the browsers that are signed in are listed, and one is signed out by its id', async () => {
  await using server = await startStubServer()
  const times = { created_at: '2025-10-11T10:00:00Z', last_used_at: '2025-10-11T11:00:00Z', expires_at: '2025-10-18T10:00:00Z' }
  const session = { id: '0191d2a4-7c3e-7d1f-8a55-0b7f5f3c2e10', ...times, address: '192.0.2.7', browser: null, is_current: false }
  server.on('GET /api/sessions', { body: { sessions: [session], count: 1 } })
  server.on(`DELETE /api/sessions/${session.id}`, { status: 204 })
  const list = await callCli(['sessions', 'list'], pointingTo(server))
  assert.match(list.out, /^ID +OPENED +USED +ENDS +ADDRESS +BROWSER\n0191d2a4-7c3e-7d1f-8a55-0b7f5f3c2e10 .* 192\.0\.2\.7 +-\n$/)
  const end = await callCli(['sessions', 'end', session.id], pointingTo(server))
  assert.deepEqual([end.code, end.err], [0, `Ended the session ${session.id}.\n`])
})

test('all other sessions are ended at once, and neither an id nor --others is refused', async () => {
  await using server = await startStubServer()
  const times = { created_at: '2025-10-11T10:00:00Z', last_used_at: '2025-10-11T11:00:00Z', expires_at: '2025-10-18T10:00:00Z' }
  const ids = ['0191d2a4-7c3e-7d1f-8a55-0b7f5f3c2e10', '0191d2a4-7c3e-7d1f-8a55-0b7f5f3c2e11', '0191d2a4-7c3e-7d1f-8a55-0b7f5f3c2e12']
  const sessions = ids.map((id, index) => ({ id, ...times, address: null, browser: null, is_current: index === 0 }))
  server.on('GET /api/sessions', { body: { sessions, count: 3 } })
  for (const id of ids.slice(1)) server.on(`DELETE /api/sessions/${id}`, { status: 204 })
  const end = await callCli(['sessions', 'end', '--others'], pointingTo(server))
  assert.deepEqual([end.code, end.err], [0, 'Ended 2 sessions.\n'])
  const wrong = await callCli(['sessions', 'end'], pointingTo(server))
  assert.notEqual(wrong.code, 0)
  assert.match(wrong.err, /Give the id of a session, or --others to end all others\./)
})
