import type { Actor } from '../audit/audit.ts'
import type { JsonValue } from '../protocol/json.ts'

export const approvalStatuses = ['open', 'approved', 'rejected', 'expired', 'closed'] as const
/** `closed`: its execution ended before anybody decided. */
export type ApprovalStatus = (typeof approvalStatuses)[number]

/** Who is asked: any of these. */
export type Approvers = {
  /** E-mail addresses, in lower case. */
  people: string[]
  roles: string[]
  /** The organization's own users. */
  customer: boolean
}

/** One thing that an execution asks of people, and what they said. */
export type Approval = {
  id: string
  organizationId: string
  executionId: string
  workflowName: string
  title: string
  message: string | null
  details: JsonValue
  /** Null: those of the provider who have canApprove. */
  approvers: Approvers | null
  /** Who started the execution may decide as well. */
  mayRequester: boolean
  requestedBy: Actor
  /** All who are behind it: behind `requestedBy`, where that is a key; and of a retry, behind what it continues. */
  requesters: readonly Pick<Actor, 'type' | 'id'>[]
  status: ApprovalStatus
  createdAt: Date
  expiresAt: Date
  decidedAt: Date | null
  decidedBy: Actor | null
  comment: string | null
  isOrganizationActive: boolean
}

/** One without what is long. */
export type ApprovalHead = Omit<Approval, 'message' | 'details'>

/** What the code that asked is told. */
export type ApprovalAnswer = {
  id: string
  approved: boolean
  outcome: 'approved' | 'rejected' | 'expired'
  by: Actor | null
  comment: string | null
  at: string
}
