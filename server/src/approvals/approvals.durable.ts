import type { z } from 'zod'
import { type Origin, originsOfWithin } from '../access/callers.ts'
import { rolesWith } from '../access/own-roles.ts'
import { type Acting, recordAudit, systemActing } from '../audit/audit.ts'
import { type Execution, findCallersWithin } from '../engine/state/executions.ts'
import { approveName, defineWaitingRequest, type HostRequest, type RequestContext, type WaitingAsk } from '../engine/state/requests.ts'
import { holdForWait } from '../engine/state/waiting.ts'
import { inScope, type Transaction } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import type { Approval, ApprovalAnswer } from './approval.ts'
import { closeApprovalsOf, countApprovalsOf, findApprovalOfStep, insertApproval, markExpired } from './approvals.queries.ts'
import { approvalError } from './approvals-errors.ts'
import { approveArgs, shownOf } from './approve-args.ts'

const maxOpen = 20
const maxTotal = 200
/** How often one that keeps its place, because its code has other work, looks for its answer. */
const lookMs = 1_000

/** Of an organization: a workflow always is. */
type Asking = Execution & { organizationId: string }

const isOfOrganization = (execution: Execution): execution is Asking => execution.organizationId !== null

export const approvalRequests: HostRequest[] = [
  defineWaitingRequest({
    name: approveName,
    kinds: ['workflow'],
    args: approveArgs,
    async handle(context, args, ask) {
      const { execution } = context
      if (!isOfOrganization(execution)) throw new TypeError('A workflow runs for an organization.')
      let approval = await askFor(context, execution, args, ask.key)
      while (approval.status === 'open') {
        const waited = ask.waiting({ until: approval.expiresAt, for: { type: 'person', what: approval.title } })
        // Where the code only waits, its execution is let go here, and asks again once there is an answer.
        await ask.delay(Math.max(0, Math.min(lookMs, approval.expiresAt.getTime() - Date.now())))
        waited()
        approval = await lookAt(context, execution, ask.key)
      }
      return answerOf(approval)
    },
  }),
]

function actingAs({ id, name }: Execution): Acting {
  return { actor: { type: 'execution', id, name }, requestId: null }
}

/** All who are behind an execution: who started it, and where it continues another one, who started that. */
async function requestersOf(transaction: Transaction, { id, caller, createdAt }: Execution): Promise<[Origin, ...Origin[]]> {
  const [first, ...others] = await originsOfWithin(transaction, caller, createdAt)
  for (const before of await findCallersWithin(transaction, id))
    others.push(...(await originsOfWithin(transaction, before.caller, before.createdAt)))
  const key = ({ type, id: of }: Origin) => `${type} ${of}`
  const distinct = new Map([first, ...others].map((one) => [key(one), one]))
  distinct.delete(key(first))
  return [first, ...distinct.values()]
}

/** Which of the named roles nobody could decide by: a wrong name would wait for nobody. What changes later is told by attention. */
async function decidingRoles({ db }: RequestContext, named: readonly string[]): Promise<{ unknown: string[]; available: string[] }> {
  if (named.length === 0) return { unknown: [], available: [] }
  const available = await rolesWith(db, 'canApprove')
  return { unknown: named.filter((role) => !available.includes(role)), available }
}

/** Asks once: a step that asks again, after a crash or its wait, finds what it asked. @throws too_many_approvals, approval_role_unknown, validation_failed */
async function askFor(
  context: RequestContext,
  execution: Asking,
  args: z.output<typeof approveArgs>,
  stepKey: WaitingAsk['key'],
): Promise<Approval> {
  const { organizationId, id: executionId } = execution
  const shown = shownOf(context, args)
  // Read before: a transaction that waits for another connection could wait for ever.
  const roles = await decidingRoles(context, shown.approvers?.roles ?? [])
  return inScope(context.db, { organizationId }, async (transaction) => {
    // Its end closes what is there by then; what came behind would stay open. So is each counted before the next.
    await holdForWait(transaction, context.db, executionId)
    const asked = await findApprovalOfStep(transaction, executionId, stepKey)
    if (asked) return withExpiry(transaction, execution, asked)
    if (roles.unknown.length > 0) throw approvalError('approval_role_unknown', { roles: roles.unknown, available: roles.available })
    const { open, total } = await countApprovalsOf(transaction, executionId)
    if (open >= maxOpen || total >= maxTotal) throw approvalError('too_many_approvals')
    const id = newId()
    await insertApproval(transaction, {
      ...{ id, organizationId, executionId, workflowName: execution.name, stepKey, ...shown },
      mayRequester: args.allowRequester,
      requestedBy: execution.caller,
      requesters: await requestersOf(transaction, execution),
      expiresInMs: args.expiresInMs,
    })
    await recordAudit(transaction, actingAs(execution), {
      action: 'approval.requested',
      organizationId,
      target: { type: 'approval', id, name: shown.title, execution_id: executionId },
      changes: {},
    })
    const made = await findApprovalOfStep(transaction, executionId, stepKey)
    if (!made) throw new Error('An approval that was asked for is not there.')
    return made
  })
}

function lookAt({ db }: RequestContext, execution: Asking, stepKey: string): Promise<Approval> {
  return inScope(db, { organizationId: execution.organizationId }, async (transaction) => {
    const asked = await findApprovalOfStep(transaction, execution.id, stepKey)
    if (!asked) throw new Error('An approval that an execution waits for is not there any more.')
    return withExpiry(transaction, execution, asked)
  })
}

/** Says once in the audit that one has expired. */
async function withExpiry(transaction: Transaction, execution: Asking, approval: Approval): Promise<Approval> {
  if (approval.status !== 'expired' || !(await markExpired(transaction, approval.id))) return approval
  await recordAudit(transaction, systemActing, {
    action: 'approval.expired',
    organizationId: execution.organizationId,
    target: { type: 'approval', id: approval.id, name: approval.title, execution_id: execution.id },
    changes: { status: { before: 'open', after: 'expired' } },
  })
  return approval
}

function answerOf(approval: Approval): ApprovalAnswer {
  const { id, status, decidedBy, comment, decidedAt } = approval
  // Closed is what its own execution closed by its end: nobody is told any more.
  const outcome = status === 'approved' || status === 'rejected' ? status : 'expired'
  return {
    id,
    approved: outcome === 'approved',
    outcome,
    by: decidedBy,
    comment,
    at: (decidedAt ?? approval.expiresAt).toISOString(),
  }
}

/** What an execution asked and nobody decided is not open any more once it has ended. Part of the transaction that ends it. */
export function closeApprovalsWithin(transaction: Transaction, executionId: string): Promise<void> {
  return closeApprovalsOf(transaction, executionId)
}
