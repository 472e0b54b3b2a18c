import { randomUUID } from 'node:crypto'
import type { ApprovalAnswer, ApprovalRequest } from '../approval.ts'
import type { MockContextOptions } from './mock-context-options.ts'

/** What people answer in a test. @throws Error where the test does not say it: an approval that nobody gave is none */
export function mockAnswer(approvals: MockContextOptions['approvals'], asked: ApprovalRequest): ApprovalAnswer {
  const given = typeof approvals === 'function' ? approvals(asked) : approvals
  if (given === undefined)
    throw new Error(`The code asks for an approval ('${asked.title}'). Say what people answer with mockContext({ approvals: true }).`)
  const [id, at] = [randomUUID(), new Date().toISOString()]
  if (given === 'expired') return { id, approved: false, outcome: 'expired', by: null, comment: null, at }
  const decision = typeof given === 'boolean' ? { approved: given } : given
  const { approved, by = { type: 'person', id: randomUUID(), name: 'Approver' }, comment = null } = decision
  return { id, approved, outcome: approved ? 'approved' : 'rejected', by, comment, at }
}
