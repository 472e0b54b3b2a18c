import type { Route } from '../platform/http/http.ts'
import { authError } from './auth-errors.ts'
import type { Identity } from './principal.ts'

/** True for what can be asked while somebody views as somebody else: what only reads, and is not of the other's own account. */
function isTakenWhileViewing({ method, audit, whileViewing }: Pick<Route, 'method' | 'audit' | 'whileViewing'>): boolean {
  if (whileViewing !== undefined) return whileViewing === 'taken'
  // A reading that the audit records does something outside.
  return method === 'GET' && 'none' in audit
}

/** @throws viewing_as */
export function requireTakenWhileViewing(identity: Identity | undefined, route: Pick<Route, 'method' | 'audit' | 'whileViewing'>): void {
  if (!identity?.viewedBy || isTakenWhileViewing(route)) return
  throw authError('viewing_as', { viewing_as: identity.actor.name, until: identity.viewedBy.until.toISOString() })
}
