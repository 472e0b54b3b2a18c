import { isGranted, isOfProvider, type Principal, seenBy } from '../access/principal.ts'
import type { Database } from '../platform/database/database.ts'
import type { Approval, ApprovalHead } from './approval.ts'
import { deciderOf, decidersOf, listDeciders } from './deciders.ts'
import { listHeads, withTexts } from './listing.ts'
import { verdictOf } from './verdict.ts'

/** So many open ones are looked at. */
const maxLookedAt = 200
const maxListed = 5

/** What is open: how many somebody may decide themselves, and what nobody may. */
export type OpenApprovals = { forYou: number; undecidable: Approval[] }

/** Of the organizations for which somebody approves; undefined for those who approve nothing. */
export async function findOpenApprovals(db: Database, principal: Principal): Promise<OpenApprovals | undefined> {
  if (!isGranted(principal, 'canApprove')) return undefined
  const decider = await deciderOf(db, principal)
  const page = { state: 'open' as const, organizationId: undefined, executionId: undefined, beforeId: undefined }
  const { approvals: open } = await listHeads(db, decider, { ...page, isForMe: false, limit: maxLookedAt })
  const deciders = open.length === 0 ? [] : await listDeciders(db)
  // An installation without people has keys alone, which are asked by nobody.
  const isUndecidable = (approval: ApprovalHead) =>
    verdictOf(decider, approval) !== 'may' &&
    deciders.length > 0 &&
    isOfProvider(principal, approval.organizationId) &&
    decidersOf(deciders, approval).count === 0
  return {
    forYou: open.filter((approval) => verdictOf(decider, approval) === 'may').length,
    undecidable: await withTexts(db, seenBy(principal, 'workflow', 'canApprove').scope, open.filter(isUndecidable).slice(0, maxListed)),
  }
}
