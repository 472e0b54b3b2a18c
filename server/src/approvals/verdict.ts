import { asFor, isOfProvider, isUserOf, type Principal, rolesGiving } from '../access/principal.ts'
import { canReach } from '../access/reach.ts'
import type { Actor } from '../audit/audit.ts'
import type { Approval } from './approval.ts'

/** Somebody who may be to decide. */
export type Decider = {
  principal: Principal
  /** All who are behind it, where it is a key. */
  origins: readonly Pick<Actor, 'type' | 'id'>[]
  /** The people among them. */
  people: readonly Principal[]
  /** Of the person behind it, where it is that person alone. */
  email: string | null
}

/** Whether somebody may decide: they may; they are asked, but it is their own request; others are asked. */
export type Verdict = 'may' | 'own_request' | 'not_asked'

type Asked = Pick<Approval, 'organizationId' | 'workflowName' | 'approvers' | 'mayRequester' | 'requesters'>

/** The one rule about who decides. What everybody needs is canApprove for the organization, and for the workflow where grants are limited. */
export function verdictOf(decider: Decider, approval: Asked): Verdict {
  if (!mayApprove(decider, approval) || !isAsked(decider, approval)) return 'not_asked'
  const { requesters, mayRequester } = approval
  const isOwn = decider.origins.some(({ type, id }) => requesters.some((one) => one.type === type && one.id === id))
  return isOwn && !mayRequester ? 'own_request' : 'may'
}

/** Those of the provider see what is asked of others as well; a customer's user only what is asked of them. */
export function isSeenBy(decider: Decider, approval: Asked): boolean {
  return mayApprove(decider, approval) && (isOfProvider(decider.principal, approval.organizationId) || isAsked(decider, approval))
}

const asApprover = ({ principal }: Decider, { workflowName }: Asked) => asFor(principal, { workflow: workflowName })

function mayApprove(decider: Decider, approval: Asked): boolean {
  return canReach(asApprover(decider, approval), approval.organizationId, 'canApprove')
}

/** A key is the customer's where everybody behind it is: whatever little it was granted, the provider's key is not. */
function isOfCustomer({ origins, people }: Decider, organizationId: string): boolean {
  return people.length === origins.length && people.every((one) => isUserOf(one, organizationId))
}

function isAsked(decider: Decider, approval: Asked): boolean {
  const { approvers, organizationId } = approval
  const isProvider = isOfProvider(decider.principal, organizationId)
  if (approvers === null) return isProvider
  if (approvers.customer && !isProvider && isOfCustomer(decider, organizationId)) return true
  // A key that somebody knows beside its maker is nobody by name.
  if (decider.origins.length > 1) return false
  if (decider.email !== null && approvers.people.includes(decider.email)) return true
  const roles = rolesGiving(asApprover(decider, approval), 'canApprove', organizationId)
  return approvers.roles.some((role) => roles.has(role))
}
