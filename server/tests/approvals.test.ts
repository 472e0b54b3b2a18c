import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from '../src/platform/database/database.ts'
import { decide, givenAsking, outcomeOf, stepsOf } from '../testing/given-asking.ts'
import { givenSubmitted } from '../testing/given-executions.ts'

const given = await givenAsking()
after(() => given[Symbol.asyncDispose]())
const { api, acme, ben, rows, admin, join, givenAsked, executionOf, waiting, ended, approvalsOf, approvalOf, auditOf } = given

test('an execution that asks waits without a place, and continues with the answer', async () => {
  const { id, execution, approval } = await givenAsked({ message: 'She has left.', details: { mailbox: 'x@acme.example', a: 1 } })
  assert.deepEqual([execution.waiting.for, stepsOf(execution)], ['person', ['before success', 'approve running']])
  assert.deepEqual(
    [approval.title, approval.message, JSON.stringify(approval.details), approval.status, approval.org_name, approval.requested_by.name],
    ['Delete the mailbox', 'She has left.', '{"mailbox":"x@acme.example","a":1}', 'open', 'Acme', 'Ann'],
  )
  const [held] = await rows(sql`select worker_id from executions where id = ${id}`)
  assert.deepEqual(held, { worker_id: null })
  const decided = await decide(ben.ask, 'approve', approval.id, { comment: 'Fine.' })
  assert.deepEqual([decided.status, decided.body.status, decided.body.decided_by.name], [200, 'approved', 'Ben'])
  const { status, result, steps } = await ended(id)
  assert.equal(status, 'success')
  assert.deepEqual(
    [result.approved, result.outcome, result.by, result.comment, result.at],
    [true, 'approved', { type: 'person', id: ben.id, name: 'Ben' }, 'Fine.', decided.body.decided_at],
  )
  assert.deepEqual(stepsOf({ steps }), ['before success', 'approve success', 'act success'])
  assert.deepEqual(await auditOf(approval.id), ['approval.requested asks', 'approval.approved Ben'])
})

test('a rejection is told to the code, with what was said', async () => {
  const { id, approval } = await givenAsked()
  await decide(ben.ask, 'reject', approval.id, { comment: 'Not her.' })
  const { status, result, steps } = await ended(id)
  assert.deepEqual([status, result.approved, result.outcome, result.comment], ['success', false, 'rejected', 'Not her.'])
  assert.deepEqual(stepsOf({ steps }), ['before success', 'approve success'])
  assert.deepEqual(await auditOf(approval.id), ['approval.requested asks', 'approval.rejected Ben'])
})

test('the same decision again is answered the same, another one is refused', async () => {
  const { id, approval } = await givenAsked()
  const [first, again] = [await decide(ben.ask, 'approve', approval.id), await decide(ben.ask, 'approve', approval.id, { comment: 'x' })]
  assert.deepEqual([again.status, again.body], [200, first.body])
  const other = await decide(ben.ask, 'reject', approval.id)
  assert.deepEqual(
    [...outcomeOf(other), other.body.details],
    [409, 'approval_decided', { status: 'approved', decided_by: 'Ben', decided_at: first.body.decided_at }],
  )
  await ended(id)
  assert.deepEqual(await auditOf(approval.id), ['approval.requested asks', 'approval.approved Ben'])
})

test('of several decisions at the same moment exactly one wins', async () => {
  const cat = await join('Cat', 'technician')
  const { id, approval } = await givenAsked()
  const sent = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      decide(index % 3 === 0 ? cat.ask : ben.ask, index % 2 === 0 ? 'approve' : 'reject', approval.id),
    ),
  )
  const { status } = (await admin('GET', `/approvals/${approval.id}`)).body
  const [wins, loses] = status === 'approved' ? [0, 1] : [1, 0]
  for (const [index, answer] of sent.entries())
    assert.deepEqual(outcomeOf(answer), index % 2 === wins ? [200, status] : [409, 'approval_decided'], `${index} beside ${loses}`)
  assert.equal((await auditOf(approval.id)).length, 2)
  assert.equal((await ended(id)).result.outcome, status)
})

test('an approval that nobody decides in time has expired, and the code is told', async () => {
  const { id, approval } = await givenAsked({ expiresInMs: 2_500 })
  const { result, status } = await ended(id)
  assert.deepEqual([status, result.approved, result.outcome, result.by], ['success', false, 'expired', null])
  assert.deepEqual(outcomeOf(await decide(ben.ask, 'approve', approval.id)), [409, 'approval_expired'])
  assert.equal((await approvalOf(id)).status, 'expired')
  assert.deepEqual(await auditOf(approval.id), ['approval.requested asks', 'approval.expired Crosswalk'])
})

test('where an approval is required, what is not approved fails the execution with a code', async () => {
  const expiring = await givenAsked({ expiresInMs: 2_500, required: true })
  const rejected = await givenAsked({ required: true })
  await decide(ben.ask, 'reject', rejected.approval.id, { comment: 'No.' })
  assert.equal((await ended(rejected.id)).error.details.code, 'approval_rejected')
  assert.equal((await ended(expiring.id)).error.details.code, 'approval_expired')
})

test('cancelling the execution closes its approval, and so does its deadline', async () => {
  const cancelled = await givenAsked()
  await admin('POST', `/executions/${cancelled.id}/cancel`)
  assert.equal((await approvalOf(cancelled.id)).status, 'closed')
  assert.deepEqual(outcomeOf(await decide(ben.ask, 'approve', cancelled.approval.id)), [409, 'approval_closed'])
  const late = await givenAsked({}, { submission: { deadlineMs: 3_000 } })
  assert.equal((await ended(late.id)).status, 'timeout')
  assert.equal((await approvalOf(late.id)).status, 'closed')
})

test('secrets are masked in what is asked, and texts stay texts', async () => {
  await admin('POST', '/secrets', { key: 'approval_secret', value: 'very-secret-value-1', scope: 'global' })
  const id = await givenSubmitted(api.db, acme, 'asks_secret')
  await waiting(id)
  const approval = await approvalOf(id)
  assert.ok(!JSON.stringify(approval).includes('very-secret'), JSON.stringify(approval))
  assert.ok(JSON.stringify(approval.details).includes('<b>bold</b>'))
  assert.ok(
    !JSON.stringify(await rows(sql`select target from audit_events where target ->> 'id' = ${approval.id}`)).includes('very-secret'),
  )
  await decide(ben.ask, 'approve', approval.id)
  await ended(id)
})

test('what makes no sense is refused with a code, and so is too much', async () => {
  const wrong = await ended(await givenSubmitted(api.db, acme, 'asks_wrongly'))
  assert.deepEqual(wrong.result, [
    'validation_failed',
    'TypeError',
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'TypeError',
  ])
  const flood = await givenSubmitted(api.db, acme, 'floods')
  const codes = (await ended(flood)).result ?? (await executionOf(flood)).error
  assert.deepEqual(codes, ['too_many_approvals', 'too_many_approvals', 'too_many_approvals', 'too_many_approvals', 'too_many_approvals'])
  assert.deepEqual(new Set((await approvalsOf(flood)).map(({ status }) => status)), new Set(['closed']))
})
