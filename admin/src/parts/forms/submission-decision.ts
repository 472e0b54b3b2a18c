import type { Submission } from '@crosswalk/client'
import { isUnderWay } from '../../queries/executions.ts'

export type SubmissionDecision = 'open' | 'rejected' | 'expired'

/**
 * What people said to it, where that decides how it stands: it waits for them, or was told no before it ended by itself. Undefined where its own
 * status says all.
 */
export function decisionOf({ status, approval }: Pick<Submission, 'status' | 'approval'>): SubmissionDecision | undefined {
  if (approval === null) return undefined
  if (isUnderWay(status)) return status === 'waiting' && approval.status === 'open' ? 'open' : undefined
  // Cancelled or out of time it was ended by something else.
  if (status !== 'success' && status !== 'failed') return undefined
  return approval.status === 'rejected' || approval.status === 'expired' ? approval.status : undefined
}
