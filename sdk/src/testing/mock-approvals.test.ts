import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../approval.ts'
import { mockContext } from './mock-context.ts'

const request: ApprovalRequest = { title: 'Delete the mailbox', details: { mailbox: 'x@acme.example' } }

test('a test says what people answer: yes, no, nothing in time, or by what is asked', async () => {
  const outcome = async (approvals: Parameters<typeof mockContext>[0] & object) => (await mockContext(approvals).approve(request)).outcome
  assert.equal(await outcome({ approvals: true }), 'approved')
  assert.equal(await outcome({ approvals: false }), 'rejected')
  assert.equal(await outcome({ approvals: 'expired' }), 'expired')
  assert.equal(await outcome({ approvals: ({ title }) => title.startsWith('Delete') }), 'approved')
  const by = { type: 'person', id: 'p', name: 'Ben' } as const
  const answer = await mockContext({ approvals: { approved: false, by, comment: 'Not her.' } }).approve(request)
  assert.deepEqual([answer.approved, answer.by, answer.comment], [false, by, 'Not her.'])
})

test('what was asked and answered is there to be looked at, as a step too', async () => {
  const ctx = mockContext({ approvals: true })
  const answer = await ctx.approve({ ...request, required: true })
  assert.deepEqual(ctx.approvals, [{ asked: request, answer }])
  assert.deepEqual(
    ctx.steps.map(({ name, status }) => [name, status]),
    [['approve', 'success']],
  )
})

test('an approval that nobody answers fails the test, and so does one that makes no sense', async () => {
  await assert.rejects(mockContext().approve(request), /mockContext\(\{ approvals: true \}\)/)
  const ctx = mockContext({ approvals: true })
  const wrong = (given: object, message: RegExp) => assert.rejects(ctx.approve(given as ApprovalRequest), { name: 'TypeError', message })
  await wrong({}, /needs a title/)
  await wrong({ title: 'x'.repeat(201) }, /title of 1 to 200/)
  await wrong({ title: 'x', message: 5 }, /message/)
  await wrong({ title: 'x', approvers: 'ann' }, /approvers/)
  await wrong({ title: 'x', expiresInMs: 5 }, /a second or more/)
  await wrong({ title: 'x', required: 'yes' }, /true or false/)
  await wrong({ title: 'x', approver: {} }, /no option `approver`/)
  await assert.rejects(
    ctx.step('within', () => ctx.approve(request)),
    { code: 'validation_failed' },
  )
})

test('one that is required throws where it is not given, with who said what', async () => {
  const ask = (approvals: 'expired' | { approved: boolean; comment: string }) =>
    mockContext({ approvals }).approve({ ...request, required: true })
  await assert.rejects(ask('expired'), { code: 'approval_expired' })
  await assert.rejects(ask({ approved: false, comment: 'No.' }), {
    code: 'approval_rejected',
    message: 'Approver rejected: Delete the mailbox. They said: No.',
  })
})

test('people are asked once, also when the code crashes after their answer', async () => {
  const ctx = mockContext({ approvals: true })
  const run = async (life: typeof ctx | Parameters<Parameters<typeof ctx.replayAfterCrash>[0]>[0]) => {
    const { id } = await life.approve(request)
    return life.step('act', () => id)
  }
  const id = await ctx.replayAfterCrash(run, { step: 2 })
  assert.deepEqual(
    ctx.approvals.map(({ answer }) => answer.id),
    [id],
  )
})
