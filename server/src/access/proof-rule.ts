import type { Route } from '../platform/http/http.ts'
import { authError } from './auth-errors.ts'
import type { Identity } from './principal.ts'

/** After this time a session has to prove again whose it is. */
export const proofMinutes = 30

/**
 * What would outlast a stolen session takes a proof of the last minutes. A key is asked for none: it is no session.
 *
 * @throws proof_required
 */
export function requireRecentProof(identity: Identity | undefined, route: Pick<Route, 'needsProof'>): void {
  if (route.needsProof && identity?.isProofOld) throw authError('proof_required')
}
