import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { pointingTo } from '../testing/given.ts'
import { startStubServer } from '../testing/stub-server.ts'

const approval = {
  id: 'a1',
  org_id: 'o1',
  org_name: 'Acme',
  execution_id: 'e1',
  workflow_name: 'offboard',
  title: 'Delete the mailbox',
  message: null,
  details: { mailbox: 'x@acme.example' },
  status: 'open',
  requested_by: { type: 'person', id: 'p1', name: 'Ann' },
  approvers: { people: ['ben@msp.example'], roles: ['engineer'], customer: true },
  requester_may_decide: false,
  deciders: { names: ['Ben'], count: 3 },
  you_may: 'not_own_request',
  created_at: '2025-10-11T01:00:00.000Z',
  expires_at: '2025-11-10T01:00:00.000Z',
  decided_at: null,
  decided_by: null,
  comment: null,
}

test('approvals are listed; those for oneself are the open ones', async () => {
  await using server = await startStubServer()
  server.on('GET /api/approvals', { body: { approvals: [approval], count: 1, next_cursor: null } })
  const { code, out } = await callCli(['approvals', 'list', '--for-me'], pointingTo(server))
  assert.equal(code, 0)
  assert.deepEqual(server.requests[0]?.query, { state: 'open', for_me: 'true' })
  assert.match(out, /a1 +Delete the mailbox +Acme +Ann +open/)
  await callCli(['approvals', 'list', '--state', 'decided', '--execution', 'e1'], pointingTo(server))
  assert.deepEqual(server.requests[1]?.query, { state: 'decided', execution_id: 'e1' })
})

test('an approval shows whom it asks, and why one may not decide it', async () => {
  await using server = await startStubServer()
  server.on('GET /api/approvals/a1', { body: approval })
  const { code, out } = await callCli(['approvals', 'show', 'a1'], pointingTo(server))
  assert.equal(code, 0)
  assert.match(out, /Asks +ben@msp\.example, role engineer, the customer\n/)
  assert.match(out, /May decide +Ben, 2 more\n/)
  assert.match(out, /You may +no: you started this execution, so somebody else has to\n/)
  assert.match(out, /Details +\{"mailbox":"x@acme\.example"\}\n/)
})

test('an approval is decided with a comment, and a refusal is told', async () => {
  await using server = await startStubServer()
  server.on('POST /api/approvals/a1/approve', { body: { ...approval, status: 'approved' } })
  const approved = await callCli(['approvals', 'approve', 'a1', '--comment', 'Fine.'], pointingTo(server))
  assert.deepEqual([approved.code, server.requests[0]?.body], [0, { comment: 'Fine.' }])
  assert.match(approved.err, /Approved\. The workflow continues\./)
  const message = 'You started this execution, so somebody else has to decide. Ask one of those who may.'
  server.on('POST /api/approvals/a1/reject', {
    status: 403,
    body: { error: 'approval_own_request', message, details: {}, request_id: 'r' },
  })
  const refused = await callCli(['approvals', 'reject', 'a1'], pointingTo(server))
  assert.equal(refused.code, 1)
  assert.match(refused.err, /somebody else has to decide/)
})
