import { scopeOf, withoutLimits } from '../access/principal.ts'
import { type Acting, recordAudit } from '../audit/audit.ts'
import type { BatchPauses } from '../engine/state/pauses.ts'
import { wake } from '../engine/state/waiting.ts'
import { holdActiveOrganization } from '../organizations/organizations.ts'
import { type Database, inScope } from '../platform/database/database.ts'
import type { Approval } from './approval.ts'
import { decideRow, findApproval } from './approvals.queries.ts'
import { approvalError } from './approvals-errors.ts'
import { type Decider, isSeenBy, verdictOf } from './verdict.ts'

/** Thrown to undo what was done for a decision that came too late. */
class NotOpen extends Error {}

/**
 * One approval that somebody may see.
 *
 * @throws approval_not_found - also for one of another organization, and of a customer's user for one that is not asked of them.
 */
export async function getApproval(db: Database, decider: Decider, id: string): Promise<Approval> {
  const approval = await findApproval(db, scopeOf(withoutLimits(decider.principal), 'canApprove'), id)
  if (approval && isSeenBy(decider, approval)) return approval
  throw approvalError('approval_not_found')
}

/**
 * Approves or rejects, and wakes the execution that waits for it, in one transaction. Of several at the same moment one wins; who says the
 * same is answered as if they had been first.
 *
 * @throws approval_not_found, approval_own_request, approval_not_asked
 * @throws approval_decided - otherwise, before.
 * @throws approval_expired, approval_closed, organization_inactive
 */
export async function decideApproval(
  { db, pauses }: { db: Database; pauses: BatchPauses },
  acting: Acting,
  decider: Decider,
  id: string,
  { status, comment }: { status: 'approved' | 'rejected'; comment: string | null },
): Promise<Approval> {
  const approval = await getApproval(db, decider, id)
  requireMayDecide(decider, approval)
  if (approval.status !== 'open') return sameDecision(approval, status)
  const { organizationId, executionId, title } = approval
  const decide = inScope(db, 'allOrganizations', async (transaction) => {
    await holdActiveOrganization(transaction, organizationId)
    // Locks its execution, as does the transaction that ends it, before it closes the approvals.
    await wake(transaction, pauses, executionId)
    if (!(await decideRow(transaction, id, { status, by: acting.actor, comment }))) throw new NotOpen()
    await recordAudit(transaction, acting, {
      action: status === 'approved' ? 'approval.approved' : 'approval.rejected',
      organizationId,
      target: { type: 'approval', id, name: title, execution_id: executionId },
      changes: { status: { before: 'open', after: status }, comment: { before: null, after: comment } },
    })
  })
  const isFirst = await decide.then(
    () => true,
    (error: unknown) => {
      if (error instanceof NotOpen) return false
      throw error
    },
  )
  const decided = await getApproval(db, decider, id)
  return isFirst ? decided : sameDecision(decided, status)
}

/** @throws approval_own_request, approval_not_asked */
function requireMayDecide(decider: Decider, approval: Approval): void {
  const verdict = verdictOf(decider, approval)
  if (verdict === 'own_request') throw approvalError('approval_own_request')
  if (verdict === 'not_asked') throw approvalError('approval_not_asked', { approvers: approval.approvers })
}

/** @throws approval_decided, approval_expired, approval_closed */
function sameDecision(approval: Approval, wanted: 'approved' | 'rejected'): Approval {
  const { status, decidedBy, decidedAt } = approval
  if (status === wanted) return approval
  if (status === 'expired') throw approvalError('approval_expired')
  // Open here: its execution ended a moment ago, and the approval is about to be closed.
  if (status === 'closed' || status === 'open') throw approvalError('approval_closed')
  const details = { status, decided_by: decidedBy?.name ?? null, decided_at: decidedAt?.toISOString() ?? null }
  throw approvalError('approval_decided', details)
}
