import { hasFormsAlone, type Principal, scopeOf, seenBy } from '../access/principal.ts'
import type { Database } from '../platform/database/database.ts'
import type { Approval } from './approval.ts'
import { type ApprovalFilter, listApprovalRows } from './approvals.queries.ts'
import { type Decider, isSeenBy, verdictOf } from './verdict.ts'

/** So many rows are read at once to find a page of those that somebody sees. */
const chunk = 200

export type ApprovalQuery = Pick<ApprovalFilter, 'state' | 'organizationId' | 'executionId' | 'beforeId'> & {
  /** Only those that they may decide. */
  isForMe: boolean
  limit: number
}

/** What somebody sees of approvals, newest first. */
export async function listApprovals(db: Database, decider: Decider, query: ApprovalQuery): Promise<Approval[]> {
  const { scope, among } = seenBy(decider.principal, 'workflow', 'canApprove')
  const { limit, isForMe, ...filter } = query
  const isShown = (approval: Approval) =>
    isForMe ? approval.isOrganizationActive && verdictOf(decider, approval) === 'may' : isSeenBy(decider, approval)
  const found: Approval[] = []
  for (let { beforeId } = filter; ; ) {
    const rows = await listApprovalRows(db, scope, {
      ...filter,
      among,
      isOffered: hasFormsAlone(decider.principal),
      beforeId,
      limit: chunk,
    })
    for (const approval of rows) {
      if (isShown(approval)) found.push(approval)
      if (found.length === limit) return found
    }
    beforeId = rows.at(-1)?.id
    if (rows.length < chunk || beforeId === undefined) return found
  }
}

/** Those of one execution, for those who see the execution; newest first. */
export function listApprovalsOf(db: Database, principal: Principal, executionId: string): Promise<Approval[]> {
  return listApprovalRows(db, scopeOf(principal), { state: undefined, executionId, beforeId: undefined, limit: 50 })
}
