import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import type { Route, RouteRequest } from '../platform/http/http.ts'
import { wireId } from '../platform/http/text.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { personTokenOf } from './person-cookie.ts'
import { findSignedIn } from './person-sessions.queries.ts'
import { beginView, endView } from './views.ts'

/** Looking at the installation as somebody else. */
export function viewRoutes({ people }: { people: PeopleRuntime }): Route[] {
  const { db } = people
  const sessionIdOf = async (headers: RouteRequest<unknown, undefined, undefined, undefined>['headers']) => {
    const token = personTokenOf(headers, await people.secret())
    return token === undefined ? undefined : (await findSignedIn(db, token, people.idleMinutes))?.session_id
  }
  return [
    definePrincipalRoute({
      method: 'POST',
      path: '/people/:id/view',
      operationId: 'beginViewingAs',
      tag: 'People',
      summary: 'View Crosswalk as another person',
      description:
        'For administrators of all organizations who are signed in as a person. From then on your browser reads what both of you may see, and changes nothing. It ends after 30 minutes, with your session, or with `DELETE /api/session/view`.',
      permission: 'canManagePeople',
      audit: { action: 'person_view.begun' },
      params: z.object({ id: wireId.describe('The person.') }),
      responses: { 201: z.object({ until: z.iso.datetime() }) },
      errors: ['person_not_found', 'person_deactivated', 'not_a_person', 'viewing_oneself'],
      async handler(request) {
        const { principal, params, headers } = request
        const sessionId = await sessionIdOf(headers)
        const until = await beginView(db, { principal, acting: actingOf(request) }, sessionId, params.id)
        return { status: 201, body: { until: until.toISOString() } }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/session/view',
      operationId: 'endViewingAs',
      tag: 'Session',
      summary: 'End viewing Crosswalk as another person',
      description: 'From then on you are yourself. Safe to repeat.',
      permission: 'authenticated',
      whileViewing: 'taken',
      audit: { action: 'person_view.ended' },
      responses: { 204: null },
      errors: [],
      async handler(request) {
        const sessionId = await sessionIdOf(request.headers)
        if (sessionId !== undefined) await endView(db, actingOf(request), sessionId)
        return { status: 204 }
      },
    }),
  ]
}
