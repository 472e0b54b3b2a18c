import { CrosswalkError } from './errors.ts'
import type { Caller } from './integration-context.ts'
import type { JsonValue } from './json.ts'

/** Who is asked for an approval: any of these. Each needs the permission canApprove for the organization as well. */
export type Approvers = {
  /** By their e-mail addresses, on the side of the provider or the customer. */
  people?: readonly string[]
  /** Those who have one of these roles. */
  roles?: readonly string[]
  /** The organization's own users. */
  customer?: boolean
}

/** What `ctx.approve` asks. All texts are shown as they are: no HTML, and secrets are masked. */
export type ApprovalRequest = {
  /** What is to be decided, in one line of at most 200 characters: `Delete the mailbox of Ann Example`. */
  title: string
  /** What who decides should know, at most 4,000 bytes. */
  message?: string | null
  /** Facts for the decision, at most 16 KiB as JSON; an object is shown as a table. */
  details?: JsonValue
  /** Not given: everybody of the provider who has canApprove for the organization. */
  approvers?: Approvers
  /** Whether who started the execution may decide as well. Default false: two people see it. */
  allowRequester?: boolean
  /** After this time it has expired. A second to 366 days; default 30 days. */
  expiresInMs?: number
  /** Throws `approval_rejected` or `approval_expired` in place of answering that it was not approved. */
  required?: boolean
}

/** How an approval came out. */
export type ApprovalAnswer = {
  readonly id: string
  /** False where it was rejected, and where nobody decided in time. */
  readonly approved: boolean
  readonly outcome: 'approved' | 'rejected' | 'expired'
  /** Who decided; null where it has expired. */
  readonly by: Caller | null
  readonly comment: string | null
  /** ISO 8601. */
  readonly at: string
}

/** The answer, where it is one that is required. @throws approval_rejected, approval_expired */
export function requiredAnswer({ title, required }: ApprovalRequest, answer: ApprovalAnswer): ApprovalAnswer {
  if (!required || answer.approved) return answer
  const { id, by, comment } = answer
  if (answer.outcome === 'expired')
    throw new CrosswalkError('approval_expired', `Nobody decided in time: ${title}. Try the execution again to ask again.`, {
      approval_id: id,
    })
  const said = comment === null ? '' : ` They said: ${comment}`
  throw new CrosswalkError('approval_rejected', `${by?.name ?? 'Somebody'} rejected: ${title}.${said}`, { approval_id: id, comment })
}
