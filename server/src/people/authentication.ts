import type { Authentication, BrowserRequest } from '../access/auth.ts'
import type { Identity } from '../access/principal.ts'
import { requireFromOwnPage } from '../access/sessions.ts'
import { SharedReads } from '../platform/shared-reads.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { hasPersonCookie, personTokenOf } from './person-cookie.ts'
import { findSignedIn, type SignedIn, touchPersonSession } from './person-sessions.queries.ts'
import { recordEndedViews } from './views.ts'

/**
 * Who a request speaks for: the person of its session, or who another way finds.
 *
 * @param otherwise keys, and sessions that were opened with one
 * @throws cross_site_request - a session's change that another site may have sent.
 */
export function peopleAuthentication(people: PeopleRuntime, otherwise: Authentication): Authentication {
  const sessions = new SharedReads<SignedIn | undefined>()
  const bySession = async (browser: BrowserRequest): Promise<Identity | undefined> => {
    const token = personTokenOf(browser.headers, await people.secret())
    // Looked up each time, because it ends at once, everywhere; a page that asks for several things at once looks once or twice.
    const find = async () =>
      token === undefined ? undefined : await sessions.get(token, () => findSignedIn(people.db, token, people.idleMinutes))
    const signedIn = await find()
    if (!signedIn) return otherwise(undefined, browser)
    // A use that could not be written, as on a standby, is no reason to refuse it.
    if (signedIn.is_stale && !browser.isFollowing) await touchPersonSession(people.db, signedIn.session_id).catch(() => {})
    requireFromOwnPage(browser)
    // The audit may say so later: what has ended shows nothing any more.
    if (signedIn.is_view_over) await recordEndedViews(people.db).catch(() => {})
    const identity = await identityOf(people, signedIn)
    if (identity.grants.length > 0) return identity
    // Who is deactivated between the two look-ups has nothing left to lack a permission of: their session has ended.
    const stillSignedIn = await find()
    return stillSignedIn ? identityOf(people, stillSignedIn) : otherwise(undefined, browser)
  }
  return (authorization, browser) =>
    authorization !== undefined || browser === undefined || !hasPersonCookie(browser.headers)
      ? otherwise(authorization, browser)
      : bySession(browser)
}

async function identityOf(people: PeopleRuntime, signedIn: SignedIn): Promise<Identity> {
  const actor = { type: 'person' as const, id: signedIn.person_id, name: signedIn.name }
  // Until then they may see to their own account, and nothing else.
  const needsSecondFactor = signedIn.needs_second_factor
  const grants = needsSecondFactor ? [] : await people.grantsOf(actor.id)
  const own = { actor, isProofOld: signedIn.is_proof_old, grants, ...(needsSecondFactor ? { needsSecondFactor } : {}) }
  const { viewed_id: id, viewed_name: name, viewed_until: until } = signedIn
  if (id === null || name === null || until === null) return own
  // Held to what both have, as a key is to its maker.
  return {
    actor: { type: 'person' as const, id, name },
    grants: await people.grantsOf(id),
    cappedBy: own,
    viewedBy: { actor, until },
  }
}
