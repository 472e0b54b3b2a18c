import { rolesAnywhere } from '../access/named-roles.ts'
import { hasFormsAlone, type Principal, scopeOf, seenBy } from '../access/principal.ts'
import type { Database, Scope } from '../platform/database/database.ts'
import type { Approval, ApprovalHead } from './approval.ts'
import { type ApprovalFilter, type AskedAmong, findApprovalTexts, listApprovalHeads } from './approvals.queries.ts'
import { type Decider, isSeenBy, verdictOf } from './verdict.ts'

/** So many rows are read at once to find a page of those that somebody sees. */
const chunk = 200
/** So often for one page: what is behind has a page of its own, however few are on this one. */
const maxChunks = 5

export type ApprovalQuery = Pick<ApprovalFilter, 'state' | 'organizationId' | 'executionId' | 'beforeId'> & {
  /** Only those that they may decide: of these all are open. */
  isForMe: boolean
  limit: number
}

/** A page of a list, which may have fewer than its limit. `nextBeforeId`: the next page is of those before it; undefined at the end. */
type Page<Item> = { approvals: Item[]; nextBeforeId: string | undefined }

/** What somebody sees of approvals, newest first. */
export async function listApprovals(db: Database, decider: Decider, query: ApprovalQuery): Promise<Page<Approval>> {
  const { approvals, nextBeforeId } = await listHeads(db, decider, query)
  const { scope } = seenBy(decider.principal, 'workflow', 'canApprove')
  return { approvals: await withTexts(db, scope, approvals), nextBeforeId }
}

/** The same without what is long. */
export async function listHeads(db: Database, decider: Decider, query: ApprovalQuery): Promise<Page<ApprovalHead>> {
  const { scope, among } = seenBy(decider.principal, 'workflow', 'canApprove')
  const { limit, isForMe, ...filter } = query
  const approvals: ApprovalHead[] = []
  if (isForMe && filter.state === 'decided') return { approvals, nextBeforeId: undefined }
  const isShown = (approval: ApprovalHead) =>
    isForMe ? approval.isOrganizationActive && verdictOf(decider, approval) === 'may' : isSeenBy(decider, approval)
  let { beforeId } = filter
  for (let chunks = 0; chunks < maxChunks; chunks++) {
    const rows = await listApprovalHeads(db, scope, {
      ...filter,
      ...{ among, beforeId, limit: chunk },
      state: isForMe ? 'open' : filter.state,
      asked: isForMe || hasFormsAlone(decider.principal) ? askedAmong(decider) : undefined,
    })
    for (const approval of rows) {
      if (!isShown(approval)) continue
      if (approvals.length === limit) return { approvals, nextBeforeId: approvals.at(-1)?.id }
      approvals.push(approval)
    }
    beforeId = rows.at(-1)?.id
    if (rows.length < chunk) return { approvals, nextBeforeId: undefined }
  }
  return { approvals, nextBeforeId: beforeId }
}

/** Leaves out in the database those that surely ask others. The rule itself is `verdictOf`, and is applied to what is left. */
function askedAmong({ principal, email }: Decider): AskedAmong {
  return { email, roles: rolesAnywhere(principal, 'canApprove'), isCustomer: hasFormsAlone(principal) }
}

/** With what is long of them. One that was forgotten meanwhile is not there any more. */
export async function withTexts(db: Database, scope: Scope, heads: readonly ApprovalHead[]): Promise<Approval[]> {
  if (heads.length === 0) return []
  const ids = heads.map(({ id }) => id)
  const texts = await findApprovalTexts(db, scope, ids)
  return heads.flatMap((head) => {
    const own = texts.get(head.id)
    return own ? [{ ...head, ...own }] : []
  })
}

/** Those of one execution, for those who see the execution; newest first. */
export async function listApprovalsOf(db: Database, principal: Principal, executionId: string): Promise<Approval[]> {
  const scope = scopeOf(principal)
  const filter = { state: undefined, executionId, beforeId: undefined, limit: 50 }
  return withTexts(db, scope, await listApprovalHeads(db, scope, filter))
}
