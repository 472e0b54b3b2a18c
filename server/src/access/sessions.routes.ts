import { z } from 'zod'
import type { Database } from '../platform/database/database.ts'
import type { Route } from '../platform/http/http.ts'
import { wireId } from '../platform/http/text.ts'
import { actingOf, definePrincipalRoute } from './auth.ts'
import type { PersonSessions } from './person-sessions.ts'
import { sessionTokenOf } from './session-cookie.ts'
import { endSessionById, listSessions, sessionError } from './sessions.ts'

const sessionView = z
  .object({
    id: z.uuid(),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().describe('To about a minute.'),
    expires_at: z.iso.datetime().describe('It ends then at the latest, and earlier where nobody uses it.'),
    address: z.string().nullable().describe('Where it was opened from.'),
    browser: z.string().nullable().describe('What the browser called itself then.'),
    is_current: z.boolean().describe('True for the session of the caller.'),
  })
  .meta({ id: 'Session' })

/** `/api/sessions`: the browsers that are signed in, and ending one from elsewhere. */
export function sessionRoutes({
  db,
  idleMinutes,
  personSessions,
}: {
  db: Database
  idleMinutes: number
  personSessions: PersonSessions
}): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/sessions',
      operationId: 'listSessions',
      tag: 'Session',
      summary: 'List your browsers that are signed in, last used first',
      description: 'A person gets their own. The administrator key gets those that were signed in with it.',
      permission: 'authenticated',
      whileViewing: 'refused',
      audit: { none: 'reads only' },
      responses: { 200: z.object({ sessions: z.array(sessionView), count: z.int() }) },
      errors: [],
      async handler({ principal, headers }) {
        const { actor, keyDigest } = principal
        const ofKey = async () => (keyDigest ? listSessions(db, keyDigest, idleMinutes, sessionTokenOf(headers)) : [])
        const found = await (actor.type === 'person' ? personSessions.list(actor.id, headers) : ofKey())
        const sessions = found.map(({ isCurrent, ...session }) => ({
          id: session.id,
          created_at: session.createdAt.toISOString(),
          last_used_at: session.lastUsedAt.toISOString(),
          expires_at: session.expiresAt.toISOString(),
          address: session.address,
          browser: session.browser,
          is_current: isCurrent,
        }))
        return { status: 200, body: { sessions, count: sessions.length } }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/sessions/:id',
      operationId: 'endSession',
      tag: 'Session',
      summary: 'End the session of one of your browsers',
      description: 'It has to sign in again. A log that it follows ends within seconds.',
      permission: 'authenticated',
      needsProof: true,
      audit: { action: 'session.revoked' },
      params: z.object({ id: wireId.describe('The session.') }),
      responses: { 204: null },
      errors: ['session_not_found'],
      async handler(request) {
        const { actor, keyDigest } = request.principal
        const { id } = request.params
        if (actor.type !== 'person') await endSessionById(db, actingOf(request), keyDigest, id)
        else if (!(await personSessions.endById(actingOf(request), actor.id, id)))
          throw sessionError('session_not_found', { session_id: id })
        return { status: 204 }
      },
    }),
  ]
}
