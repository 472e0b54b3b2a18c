import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import type { BatchPauses } from '../engine/state/pauses.ts'
import type { Database } from '../platform/database/database.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { encodeCursor, parseCursor } from '../platform/http/paging.ts'
import { readableText, wireFlag, wireId } from '../platform/http/text.ts'
import { approvalView, viewOfApproval, viewsOfApprovals } from './approval-view.ts'
import { deciderOf } from './deciders.ts'
import { decideApproval, getApproval } from './deciding.ts'
import { listApprovals } from './listing.ts'

const params = z.object({ id: wireId.describe('The approval.') })
const maxCommentBytes = 2_000

const decisions = {
  approve: { status: 'approved', action: 'approval.approved', operationId: 'approveApproval', summary: 'Approve what a workflow asks' },
  reject: { status: 'rejected', action: 'approval.rejected', operationId: 'rejectApproval', summary: 'Reject what a workflow asks' },
} as const

/** `/api/approvals`: what workflows ask of people. */
export function approvalRoutes({ db, pauses }: { db: Database; pauses: BatchPauses }): Route[] {
  const decisionRoute = (verb: keyof typeof decisions) => {
    const { status, action, operationId, summary } = decisions[verb]
    return definePrincipalRoute({
      method: 'POST',
      path: `/approvals/:id/${verb}`,
      operationId,
      tag: 'Approvals',
      summary,
      description:
        'The execution that asked continues with the answer. Of several decisions the first one holds: the same again is answered like it, and another one is refused with `approval_decided`.',
      permission: 'canApprove',
      audit: { action },
      params,
      body: z
        .strictObject({
          comment: readableText(maxCommentBytes).nullish().describe('For those who read the decision, the code of the workflow too.'),
        })
        .nullish()
        .describe('May be left out.'),
      responses: { 200: approvalView },
      errors: [
        'approval_not_found',
        'approval_decided',
        'approval_expired',
        'approval_closed',
        'approval_own_request',
        'approval_not_asked',
        'organization_inactive',
      ],
      async handler(request) {
        const decider = await deciderOf(db, request.principal)
        const decision = { status, comment: request.body?.comment ?? null }
        const approval = await decideApproval({ db, pauses }, actingOf(request), decider, request.params.id, decision)
        return { status: 200, body: await viewOfApproval(db, decider, approval) }
      },
    })
  }
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/approvals',
      operationId: 'listApprovals',
      tag: 'Approvals',
      summary: 'List what workflows ask of people, newest first',
      description:
        'Those of the provider see what is asked of others, too. A customer’s user sees what is asked of them. A page may have fewer items than `limit`, or none, and still a `next_cursor`: the list continues there.',
      permission: 'canApprove',
      audit: { none: 'reads only' },
      query: pageQuery.extend({
        state: z
          .enum(['open', 'decided'])
          .optional()
          .describe('`decided` has those that expired, too, and those whose execution ended before.'),
        for_me: wireFlag.optional().describe('`true`: only those that you may decide. They are open: with `state=decided` there are none.'),
        org_id: wireId.optional().describe('Only those of this organization.'),
        execution_id: wireId.optional().describe('Only those of this execution.'),
      }),
      responses: { 200: z.object({ approvals: z.array(approvalView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: [],
      async handler({ query, principal }) {
        const [beforeId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([wireId]))
        const decider = await deciderOf(db, principal)
        const found = await listApprovals(db, decider, {
          state: query.state,
          isForMe: query.for_me === true,
          organizationId: query.org_id,
          executionId: query.execution_id,
          beforeId,
          limit: query.limit,
        })
        const nextCursor = found.nextBeforeId === undefined ? null : encodeCursor([found.nextBeforeId])
        const approvals = await viewsOfApprovals(db, decider, found.approvals)
        return { status: 200, body: { approvals, count: approvals.length, next_cursor: nextCursor } }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/approvals/:id',
      operationId: 'getApproval',
      tag: 'Approvals',
      summary: 'Read one approval',
      permission: 'canApprove',
      audit: { none: 'reads only' },
      params,
      responses: { 200: approvalView },
      errors: ['approval_not_found'],
      async handler({ principal, params: { id } }) {
        const decider = await deciderOf(db, principal)
        return { status: 200, body: await viewOfApproval(db, decider, await getApproval(db, decider, id)) }
      },
    }),
    decisionRoute('approve'),
    decisionRoute('reject'),
  ]
}
