import { z } from 'zod'
import { type Origin, originsOfWithin } from '../access/callers.ts'
import { type Acting, recordAudit, systemActing } from '../audit/audit.ts'
import { type Execution, findCallersWithin } from '../engine/state/executions.ts'
import { approveName, defineWaitingRequest, type HostRequest, type RequestContext, type WaitingAsk } from '../engine/state/requests.ts'
import { inScope, type Transaction } from '../platform/database/database.ts'
import { lineOfText, verbatimText } from '../platform/http/text.ts'
import { newId } from '../platform/ids.ts'
import type { JsonValue } from '../protocol/json.ts'
import type { Approval, ApprovalAnswer } from './approval.ts'
import { closeApprovalsOf, countApprovalsOf, findApprovalOfStep, insertApproval, lockAskingOf, markExpired } from './approvals.queries.ts'
import { approvalError } from './approvals-errors.ts'

const dayMs = 24 * 60 * 60_000
const maxTitleChars = 200
const maxMessageChars = 4_000
const maxDetailsBytes = 16 * 1024
/** Nobody is asked for ever: an execution that nobody remembers ends by itself. */
const defaultExpiryMs = 30 * dayMs
const maxExpiryMs = 366 * dayMs
const maxOpen = 20
const maxTotal = 200
/** How often one that keeps its place, because its code has other work, looks for its answer. */
const lookMs = 1_000

const approvers = z
  .strictObject({
    people: z.array(z.email().max(320).toLowerCase()).max(50).default([]),
    roles: z
      .array(z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, 'must be the name of a role'))
      .max(20)
      .default([]),
    customer: z.boolean().default(false),
  })
  .refine(({ people, roles, customer }) => people.length > 0 || roles.length > 0 || customer, 'must name people, roles or the customer')

const approveArgs = z.strictObject({
  title: lineOfText(maxTitleChars),
  message: verbatimText(maxMessageChars).nullish(),
  details: z
    .json()
    .refine((details) => Buffer.byteLength(JSON.stringify(details)) <= maxDetailsBytes, `must be at most ${maxDetailsBytes} bytes as JSON`)
    .nullish(),
  approvers: approvers.nullish(),
  allowRequester: z.boolean().default(false),
  expiresInMs: z.number().min(1_000).max(maxExpiryMs).default(defaultExpiryMs),
})

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

/** Asks once: a step that asks again, after a crash or its wait, finds what it asked. @throws too_many_approvals */
function askFor(
  { db, withoutSecrets }: RequestContext,
  execution: Asking,
  args: z.output<typeof approveArgs>,
  stepKey: WaitingAsk['key'],
): Promise<Approval> {
  const { organizationId, id: executionId } = execution
  // Masked before it is cut: a secret that is cut in two is not known again.
  const shown = withoutSecrets({ title: args.title, message: args.message ?? null, details: (args.details ?? null) as JsonValue })
  return inScope(db, { organizationId }, async (transaction) => {
    const asked = await findApprovalOfStep(transaction, executionId, stepKey)
    if (asked) return withExpiry(transaction, execution, asked)
    await lockAskingOf(transaction, executionId)
    const { open, total } = await countApprovalsOf(transaction, executionId)
    if (open >= maxOpen || total >= maxTotal) throw approvalError('too_many_approvals')
    const id = newId()
    const title = shown.title.slice(0, maxTitleChars).toWellFormed()
    await insertApproval(transaction, {
      ...{ id, organizationId, executionId, workflowName: execution.name, stepKey, title },
      message: shown.message?.slice(0, maxMessageChars).toWellFormed() ?? null,
      details: shown.details,
      approvers: args.approvers ?? null,
      mayRequester: args.allowRequester,
      requestedBy: execution.caller,
      requesters: await requestersOf(transaction, execution),
      expiresInMs: args.expiresInMs,
    })
    await recordAudit(transaction, actingAs(execution), {
      action: 'approval.requested',
      organizationId,
      target: { type: 'approval', id, name: title, execution_id: executionId },
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
