import { closeApprovalsWithin } from '../approvals/approvals.durable.ts'
import type { EndHandler } from '../engine/state/requests.ts'

/** Nobody is asked any more for what has ended. */
export const workflowEnd: EndHandler = {
  kind: 'workflow',
  isOfWaits: true,
  onEnd: (transaction, { id }) => closeApprovalsWithin(transaction, id),
}
