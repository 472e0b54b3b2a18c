import { z } from 'zod'
import { asNamed, limitedScopes, type Principal, scopeOf } from '../access/principal.ts'
import { canReach } from '../access/reach.ts'
import { approvalStatuses } from '../approvals/approval.ts'
import { type ApprovalOutcome, findOutcomes } from '../approvals/outcomes.ts'
import { organizationNamesOf } from '../audit/organization-names.ts'
import { listDefinitions } from '../definitions/definitions.ts'
import { executionStatuses } from '../engine/state/execution.ts'
import { type Execution, executionOf, getExecution, listExecutions } from '../engine/state/executions.ts'
import { findOrganizationNames } from '../organizations/organizations.ts'
import type { Database, Scope } from '../platform/database/database.ts'
import { noOrganizations } from '../platform/database/scope.ts'
import { DomainError } from '../platform/errors.ts'
import { formError } from './forms.ts'

export const submissionView = z
  .object({
    id: z.uuid(),
    form_id: z.string(),
    form_name: z.string().describe('What people read: the id where its author gave no other, or where it is not there any more.'),
    org_id: z.uuid(),
    org_name: z.string().nullable(),
    status: z.enum(executionStatuses),
    parameters: z.record(z.string(), z.unknown()).describe('What you entered. Of one submission only; a list has none.'),
    progress: z.object({ done: z.number(), total: z.number().nullable() }).nullable(),
    result: z.unknown().describe('What came of it; null without the permission canSeeResults, and until it has ended.'),
    error: z
      .object({ message: z.string() })
      .nullable()
      .describe('What went wrong; null without the permission canSeeResults: it may say how systems are built.'),
    approval: z
      .object({
        status: z.enum(approvalStatuses).describe('`open` while it waits for a person; `closed` where it ended before anybody decided.'),
        expires_at: z.iso.datetime().describe('Until when somebody may decide.'),
        decided_at: z.iso.datetime().nullable(),
        comment: z.string().nullable().describe('What was said with the decision.'),
      })
      .nullable()
      .describe('The last that it asked of people, and of several at once what is open or was refused. Null where it asked nothing.'),
    created_at: z.iso.datetime(),
    completed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Submission' })

type SubmissionView = z.input<typeof submissionView>

/** Names of organizations by their ids, those of forms by theirs, and what people decided by the executions. */
type Beside = {
  names: ReadonlyMap<string, string>
  forms: ReadonlyMap<string, string>
  approvals: ReadonlyMap<string, ApprovalOutcome>
}

/** What somebody is told of their own submission. */
function viewOf(principal: Principal, execution: Execution, { names, forms, approvals }: Beside): SubmissionView {
  const { organizationId, result, error, progress, input } = execution
  const own = asNamed(principal, execution.name)
  const approval = approvals.get(execution.id)
  const seesResult = organizationId !== null && canReach(own, organizationId, 'canSeeResults')
  return {
    id: execution.id,
    form_id: execution.name,
    form_name: forms.get(execution.name) ?? execution.name,
    org_id: organizationId ?? '',
    org_name: names.get(organizationId ?? '') ?? null,
    status: execution.status,
    parameters: (input?.parameters ?? {}) as Record<string, unknown>, // a form's are an object
    progress: progress && { done: progress.done, total: progress.total },
    result: seesResult ? (result ?? null) : null,
    error: seesResult && error ? { message: error.message } : null,
    approval: approval
      ? {
          status: approval.status,
          expires_at: approval.expiresAt.toISOString(),
          decided_at: approval.decidedAt?.toISOString() ?? null,
          comment: approval.comment,
        }
      : null,
    created_at: execution.createdAt.toISOString(),
    completed_at: execution.completedAt?.toISOString() ?? null,
  }
}

/** Where submissions of theirs can be: of the forms that are offered to them now. */
const offeredTo = (principal: Principal) => limitedScopes(principal, 'workflow', 'canSubmitForms')

/** Their own, newest first. */
export async function listSubmissions(
  db: Database,
  principal: Principal,
  page: { beforeId: string | undefined; limit: number },
): Promise<Execution[]> {
  const workflows = offeredTo(principal)
  if (workflows.length === 0) return []
  const { type, id } = principal.actor
  const rows = await listExecutions(db, scopeOf(asNamed(principal)), {
    ...{ name: undefined, status: undefined, isUnmendedFailure: false, since: undefined, until: undefined, ...page },
    kind: 'workflow',
    among: { scope: noOrganizations, workflows },
    caller: { type, id },
  })
  return rows.map(executionOf)
}

/** @throws submission_not_found - also one of somebody else, and one of a form that is not offered to them any more. */
export async function getSubmission(db: Database, principal: Principal, id: string): Promise<Execution> {
  const execution = await getExecution(db, scopeOf(asNamed(principal)), id).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === 'execution_not_found') return undefined
    throw error
  })
  const isOwn = execution?.caller.type === principal.actor.type && execution.caller.id === principal.actor.id
  const isOffered =
    execution?.kind === 'workflow' &&
    execution.organizationId !== null &&
    canReach(asNamed(principal, execution.name), execution.organizationId)
  if (!execution || !isOwn || !isOffered) throw formError('submission_not_found')
  return execution
}

/** As who sent them sees them, with the names of their organizations. */
export async function viewsOfSubmissions(db: Database, principal: Principal, executions: readonly Execution[]): Promise<SubmissionView[]> {
  const beside = await findBeside(db, principal, executions)
  return executions.map((execution) => viewOf(principal, execution, beside))
}

/** The same of one. */
export async function viewOfSubmission(db: Database, principal: Principal, execution: Execution): Promise<SubmissionView> {
  return viewOf(principal, execution, await findBeside(db, principal, [execution]))
}

async function findBeside(db: Database, principal: Principal, executions: readonly Execution[]): Promise<Beside> {
  const find = (within: Scope, ids: readonly string[]) => findOrganizationNames(db, within, ids)
  const scope = scopeOf(asNamed(principal))
  const [names, workflows, approvals] = await Promise.all([
    organizationNamesOf(find, scope, executions),
    executions.length === 0 ? [] : listDefinitions(db, 'workflow'),
    findOutcomes(
      db,
      scope,
      executions.map(({ id }) => id),
    ),
  ])
  return { names, forms: new Map(workflows.flatMap(({ name, displayName }) => (displayName ? [[name, displayName]] : []))), approvals }
}
