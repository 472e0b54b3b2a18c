import type { Actor } from '../audit/audit.ts'
import { type Database, empty, readInScope, type Scope, type Sql, sql, type Transaction } from '../platform/database/database.ts'
import { type Among, andAmong, isWithin } from '../platform/database/scope.ts'
import type { Approval, ApprovalHead, ApprovalStatus, Approvers } from './approval.ts'

type HeadRow = {
  id: string
  organization_id: string
  execution_id: string
  workflow_name: string
  title: string
  approvers: Approvers | null
  may_requester: boolean
  requested_by: Actor
  requester_type: Actor['type']
  requester_id: string
  /** Null of those from before there were several. */
  requesters: Approval['requesters'] | null
  status: ApprovalStatus
  created_at: Date
  expires_at: Date
  decided_at: Date | null
  decided_by: Actor | null
  comment: string | null
  is_active: boolean
}
type Texts = Pick<Approval, 'message' | 'details'>
type ApprovalRow = HeadRow & Texts

const isOrganizationActive = sql`(select o.is_active from organizations o where o.id = a.organization_id)`

/** Nobody is there to hear the answer: also where the end of the execution could not close it. */
export const hasEnded = sql`not exists (select from executions e where e.id = a.execution_id and e.completed_at is null)`

/** One that nobody decided in time has expired, also before its execution has noticed. */
export const statusNow = sql`
  case when a.status = 'open' and a.expires_at <= clock_timestamp() then 'expired'
    when a.status = 'open' and ${hasEnded} then 'closed' else a.status end`
export const decidedAtNow = sql`case when a.status = 'open' and a.expires_at <= clock_timestamp() then a.expires_at else a.decided_at end`
const headColumns = sql`a.id, a.organization_id, a.execution_id, a.workflow_name, a.title, a.approvers, a.may_requester,
  a.requested_by, a.requester_type, a.requester_id, a.requesters, a.created_at, a.expires_at, a.decided_by, a.comment,
  ${statusNow} as status, ${decidedAtNow} as decided_at,
  ${isOrganizationActive} as is_active`
const columns = sql`${headColumns}, a.message, a.details`

const approvalOf = (row: ApprovalRow): Approval => ({ ...headOf(row), message: row.message, details: row.details })

function headOf(row: HeadRow): ApprovalHead {
  return {
    id: row.id,
    organizationId: row.organization_id,
    executionId: row.execution_id,
    workflowName: row.workflow_name,
    title: row.title,
    approvers: row.approvers,
    mayRequester: row.may_requester,
    requestedBy: row.requested_by,
    requesters: row.requesters ?? [{ type: row.requester_type, id: row.requester_id }],
    status: row.status,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
    comment: row.comment,
    isOrganizationActive: row.is_active,
  }
}

export type ApprovalDraft = Pick<
  Approval,
  'id' | 'organizationId' | 'executionId' | 'workflowName' | 'title' | 'message' | 'details' | 'approvers' | 'mayRequester' | 'requestedBy'
> & { stepKey: string; requesters: readonly [Requester, ...Requester[]]; expiresInMs: number }

type Requester = Approval['requesters'][number]

/** False where the step has asked before. */
export async function insertApproval(transaction: Transaction, draft: ApprovalDraft): Promise<boolean> {
  const rows = await transaction.query(sql`
    insert into approvals (id, organization_id, execution_id, workflow_name, step_key, title, message, details, approvers, may_requester,
      requested_by, requester_type, requester_id, requesters, expires_at)
    values (${draft.id}, ${draft.organizationId}, ${draft.executionId}, ${draft.workflowName}, ${draft.stepKey}, ${draft.title}, ${draft.message},
      ${draft.details === null ? null : JSON.stringify(draft.details)}, ${draft.approvers === null ? null : JSON.stringify(draft.approvers)},
      ${draft.mayRequester}, ${JSON.stringify(draft.requestedBy)}, ${draft.requesters[0].type}, ${draft.requesters[0].id},
      ${JSON.stringify(draft.requesters)}::jsonb,
      clock_timestamp() + make_interval(secs => ${draft.expiresInMs / 1_000}::float8))
    on conflict (execution_id, step_key) do nothing returning id`)
  return rows.length > 0
}

/** Its execution is locked, so that each is counted before the next. */
export async function countApprovalsOf(transaction: Transaction, executionId: string): Promise<{ open: number; total: number }> {
  const [row] = await transaction.query<{ open: number; total: number }>(sql`
    select count(*) filter (where status = 'open')::int as open, count(*)::int as total from approvals where execution_id = ${executionId}`)
  return row ?? { open: 0, total: 0 }
}

export async function findApprovalOfStep(transaction: Transaction, executionId: string, stepKey: string): Promise<Approval | undefined> {
  const [row] = await transaction.query<ApprovalRow>(sql`
    select ${columns} from approvals a where a.execution_id = ${executionId} and a.step_key = ${stepKey}`)
  return row && approvalOf(row)
}

/** Closes one that nobody decided in time. False where it is not so, or was noticed before. */
export async function markExpired(transaction: Transaction, id: string): Promise<boolean> {
  const rows = await transaction.query(sql`
    update approvals set status = 'expired', decided_at = expires_at
    where id = ${id} and status = 'open' and expires_at <= clock_timestamp() returning id`)
  return rows.length > 0
}

export async function findApproval(db: Database, scope: Scope, id: string): Promise<Approval | undefined> {
  const [row] = await readInScope<ApprovalRow>(db, scope, sql`select ${columns} from approvals a where a.id = ${id}`)
  return row && approvalOf(row)
}

/**
 * Decides one that is open, in time, and asked by an execution that has not ended. Of two at the same moment the second finds it decided.
 *
 * @returns false where it is not open any more
 */
export async function decideRow(
  transaction: Transaction,
  id: string,
  decision: { status: 'approved' | 'rejected'; by: Actor; comment: string | null },
): Promise<boolean> {
  const rows = await transaction.query(sql`
    update approvals a set status = ${decision.status}, decided_at = clock_timestamp(), decided_by = ${JSON.stringify(decision.by)}, comment = ${decision.comment}
    where a.id = ${id} and a.status = 'open' and a.expires_at > clock_timestamp() and not ${hasEnded}
    returning a.id`)
  return rows.length > 0
}

/** Closes what an execution has open at its end. */
export async function closeApprovalsOf(transaction: Transaction, executionId: string): Promise<void> {
  await transaction.query(sql`
    update approvals set status = case when expires_at <= clock_timestamp() then 'expired' else 'closed' end,
      decided_at = least(expires_at, clock_timestamp())
    where execution_id = ${executionId} and status = 'open'`)
}

/** Somebody as those who are asked are named. */
export type AskedAmong = {
  email: string | null
  roles: readonly string[]
  /** They are not asked where nobody is named: that asks the provider's people. */
  isCustomer: boolean
}

function mayAsk({ email, roles, isCustomer }: AskedAmong): Sql {
  return sql`(${isCustomer ? sql`false` : sql`a.approvers is null`} or a.approvers -> 'customer' = 'true'
    or a.approvers -> 'people' ? ${email}::text or a.approvers -> 'roles' ?| ${[...roles]}::text[])`
}

export type ApprovalFilter = {
  state: 'open' | 'decided' | undefined
  organizationId?: string | undefined
  executionId?: string | undefined
  /** By the organization and the name of the workflow. */
  among?: Among | undefined
  /** Only those that may ask them. */
  asked?: AskedAmong | undefined
  beforeId: string | undefined
  limit: number
}

/** Newest first. Of an organization that was deactivated none is open: nobody can decide it. */
export async function listApprovalHeads(db: Database, scope: Scope, filter: ApprovalFilter): Promise<ApprovalHead[]> {
  const { state, organizationId, executionId, beforeId } = filter
  const isOpen = sql`a.status = 'open' and a.expires_at > now() and ${isOrganizationActive} and not ${hasEnded}`
  const rows = await readInScope<HeadRow>(
    db,
    scope,
    sql`
    select ${headColumns} from approvals a
    where ${isWithin(scope, sql`a.organization_id`)} ${andAmong(filter.among, sql`a.organization_id`, sql`a.workflow_name`)}
      ${state === 'open' ? sql`and ${isOpen}` : state === 'decided' ? sql`and (a.status <> 'open' or a.expires_at <= now() or ${hasEnded})` : empty}
      ${filter.asked ? sql`and ${mayAsk(filter.asked)}` : empty}
      ${organizationId === undefined ? empty : sql`and a.organization_id = ${organizationId}`}
      ${executionId === undefined ? empty : sql`and a.execution_id = ${executionId}`}
      ${beforeId === undefined ? empty : sql`and a.id < ${beforeId}`}
    order by a.id desc limit ${filter.limit}`,
  )
  return rows.map(headOf)
}

/** What is long of these. */
export async function findApprovalTexts(db: Database, scope: Scope, ids: readonly string[]): Promise<Map<string, Texts>> {
  const rows = await readInScope<Texts & { id: string }>(
    db,
    scope,
    sql`select a.id, a.message, a.details from approvals a where a.id = any(${[...ids]}::uuid[])`,
  )
  return new Map(rows.map(({ id, ...texts }) => [id, texts]))
}
