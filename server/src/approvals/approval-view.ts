import { z } from 'zod'
import { isOfProvider, type Principal, scopeOf } from '../access/principal.ts'
import { actorTypes } from '../audit/audit-event.ts'
import { organizationNamesOf } from '../audit/organization-names.ts'
import { findOrganizationNames } from '../organizations/organizations.ts'
import type { Database } from '../platform/database/database.ts'
import { type Approval, approvalStatuses } from './approval.ts'
import { deciderOf, decidersOf, listDeciders } from './deciders.ts'
import { type Decider, verdictOf } from './verdict.ts'

const who = z.object({ type: z.enum(actorTypes), id: z.string(), name: z.string() })

export const approvalView = z
  .object({
    id: z.uuid(),
    org_id: z.uuid(),
    org_name: z.string().nullable(),
    execution_id: z.uuid(),
    workflow_name: z.string(),
    title: z.string(),
    message: z.string().nullable(),
    details: z.unknown().describe('What the workflow shows for the decision: any JSON, or null. Text of it is no HTML.'),
    status: z.enum(approvalStatuses).describe('`closed`: the execution ended before anybody decided.'),
    requested_by: who.describe('Who started the execution.'),
    approvers: z
      .object({
        people: z.array(z.string()).describe('E-mail addresses.'),
        roles: z.array(z.string()),
        customer: z.boolean().describe('Users of the organization itself.'),
      })
      .nullable()
      .describe(
        'Who is asked: any of these, with the permission canApprove. Null: the provider’s people with that permission; null also for a customer’s user.',
      ),
    requester_may_decide: z.boolean().describe('Whether who started the execution may decide as well.'),
    deciders: z
      .object({ names: z.array(z.string()), count: z.int() })
      .nullable()
      .describe(
        'The people who may decide now: how many, and the first of them by name. Null once it is decided, and for a customer’s user.',
      ),
    you_may: z.enum(['decide', 'not_own_request', 'not_asked']).describe('Whether you may decide it, or why not.'),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    decided_at: z.iso.datetime().nullable(),
    decided_by: who.nullable(),
    comment: z.string().nullable().describe('What was said with the decision.'),
  })
  .meta({ id: 'Approval' })

const youMay = { may: 'decide', own_request: 'not_own_request', not_asked: 'not_asked' } as const

/** Approvals as somebody sees them. */
export async function viewsOfApprovals(
  db: Database,
  decider: Decider,
  approvals: readonly Approval[],
): Promise<z.input<typeof approvalView>[]> {
  const { principal } = decider
  const isInside = ({ organizationId }: Approval) => isOfProvider(principal, organizationId)
  const [names, deciders] = await Promise.all([
    organizationNamesOf((within, ids) => findOrganizationNames(db, within, ids), scopeOf(principal, 'authenticated'), approvals),
    approvals.some((approval) => approval.status === 'open' && isInside(approval)) ? listDeciders(db) : [],
  ])
  return approvals.map((approval) => ({
    id: approval.id,
    org_id: approval.organizationId,
    org_name: names.get(approval.organizationId) ?? null,
    execution_id: approval.executionId,
    workflow_name: approval.workflowName,
    title: approval.title,
    message: approval.message,
    details: approval.details,
    status: approval.status,
    requested_by: approval.requestedBy,
    approvers: isInside(approval) ? approval.approvers : null,
    requester_may_decide: approval.mayRequester,
    deciders: approval.status === 'open' && isInside(approval) ? decidersOf(deciders, approval) : null,
    you_may: youMay[verdictOf(decider, approval)],
    created_at: approval.createdAt.toISOString(),
    expires_at: approval.expiresAt.toISOString(),
    decided_at: approval.decidedAt?.toISOString() ?? null,
    decided_by: approval.decidedBy,
    comment: approval.comment,
  }))
}

export async function viewOfApproval(db: Database, decider: Decider, approval: Approval): Promise<z.input<typeof approvalView>> {
  const [view] = await viewsOfApprovals(db, decider, [approval])
  return view as z.input<typeof approvalView> // one for each
}

/** The same for a principal who sees them with something else. */
export async function viewsFor(
  db: Database,
  principal: Principal,
  approvals: readonly Approval[],
): Promise<z.input<typeof approvalView>[]> {
  return approvals.length === 0 ? [] : viewsOfApprovals(db, await deciderOf(db, principal), approvals)
}
