import { asFor, isOfProvider, type Principal, rolesGiving } from '../access/principal.ts'
import { canReach } from '../access/reach.ts'
import type { Actor } from '../audit/audit.ts'
import type { Approval } from './approval.ts'

/** Somebody who may be to decide. */
export type Decider = {
  principal: Principal
  /** Who is behind it, where it is a key. */
  origin: Pick<Actor, 'type' | 'id'>
  /** Of the person behind it. */
  email: string | null
}

/** Whether somebody may decide: they may; they are asked, but it is their own request; others are asked. */
export type Verdict = 'may' | 'own_request' | 'not_asked'

type Asked = Pick<Approval, 'organizationId' | 'workflowName' | 'approvers' | 'mayRequester' | 'requester'>

/** The one rule about who decides. What everybody needs is canApprove for the organization, and for the workflow where grants are limited. */
export function verdictOf(decider: Decider, approval: Asked): Verdict {
  if (!mayApprove(decider, approval) || !isAsked(decider, approval)) return 'not_asked'
  const { origin } = decider
  const { requester, mayRequester } = approval
  return !mayRequester && origin.type === requester.type && origin.id === requester.id ? 'own_request' : 'may'
}

/** Those of the provider see what is asked of others as well; a customer's user only what is asked of them. */
export function isSeenBy(decider: Decider, approval: Asked): boolean {
  return mayApprove(decider, approval) && (isOfProvider(decider.principal, approval.organizationId) || isAsked(decider, approval))
}

const asApprover = ({ principal }: Decider, { workflowName }: Asked) => asFor(principal, { workflow: workflowName })

function mayApprove(decider: Decider, approval: Asked): boolean {
  return canReach(asApprover(decider, approval), approval.organizationId, 'canApprove')
}

function isAsked(decider: Decider, approval: Asked): boolean {
  const { approvers, organizationId } = approval
  const isProvider = isOfProvider(decider.principal, organizationId)
  if (approvers === null) return isProvider
  if (approvers.customer && !isProvider) return true
  if (decider.email !== null && approvers.people.includes(decider.email)) return true
  const roles = rolesGiving(asApprover(decider, approval), 'canApprove', organizationId)
  return approvers.roles.some((role) => roles.has(role))
}
