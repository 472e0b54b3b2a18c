import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../../access/auth.ts'
import { type Principal, scopeOf } from '../../access/principal.ts'
import { narrowedScope } from '../../access/reach.ts'
import { originOf } from '../../people/person-cookie.ts'
import { defineRoute, pageQuery, type Route } from '../../platform/http/http.ts'
import { pageOf, parseCursor } from '../../platform/http/paging.ts'
import { wireId } from '../../platform/http/text.ts'
import { browserOf, cookieFor } from './connect-cookies.ts'
import { type ConnectingGiven, finishConnecting, startConnecting } from './connecting.ts'
import { answerPage, outcomePage, toldOnPage } from './connection-pages.ts'
import { connectionView, connectionViewOf, revokedView, revokedViewOf } from './connection-view.ts'
import { listConnectionRows } from './connections.queries.ts'
import { revokeConnection } from './connections.ts'
import { keyOf, startErrors, whichBody } from './which-connection.ts'

const callbackQuery = z.looseObject({
  state: z.string().max(200).optional(),
  code: z.string().max(8_000).optional(),
  error: z.string().max(200).optional(),
})

const tag = 'Connections'
/** `/api/connections`: what people have consented to at vendors. */
export function connectionRoutes(given: ConnectingGiven & { renewalDays: number }): Route[] {
  const { db } = given
  const giveUpMs = given.renewalDays * 86_400_000
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/connections',
      operationId: 'listConnections',
      tag,
      summary: 'List connections to vendors, oldest first',
      permission: 'canManageSecrets',
      audit: { none: 'reads only' },
      query: pageQuery.extend({ integration_name: z.string().max(50).optional(), org_id: wireId.optional() }),
      responses: { 200: z.object({ connections: z.array(connectionView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: [],
      async handler({ query, principal }) {
        const [afterId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([wireId]))
        const rows = await listConnectionRows(db, narrowedScope(principal, query.org_id), {
          integrationName: query.integration_name,
          afterId,
          limit: query.limit,
        })
        const page = pageOf(rows, query.limit, (last) => [last.id])
        const connections = page.items.map((row) => connectionViewOf(row, giveUpMs))
        return { status: 200, body: { connections, count: connections.length, next_cursor: page.nextCursor } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/connections/start',
      operationId: 'startConnecting',
      tag,
      summary: 'Begin to connect, in this browser',
      description:
        'Go to the address of the answer within ten minutes. The vendor leads back to `/api/connections/callback`, which is the redirect URI to register there.',
      permission: 'canManageSecrets',
      audit: { none: 'what was connected is recorded when the browser is back' },
      body: whichBody,
      responses: { 200: z.object({ authorization_url: z.url() }) },
      errors: startErrors,
      async handler(request) {
        const key = keyOf(request.principal, request.body)
        const { url, browser } = await startConnecting(given, actingOf(request), key, originOf(request.headers))
        return { status: 200, body: { authorization_url: url }, headers: { 'set-cookie': cookieFor(request.headers, browser) } }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/connections/:id',
      operationId: 'revokeConnection',
      tag,
      summary: 'Forget a connection and its tokens',
      description:
        'Where the integration declares a `revokeUrl`, the vendor is asked first to end the consent, and 200 says what came of that. 204: the vendor was not asked, because nothing says how.',
      permission: 'canManageSecrets',
      audit: { action: 'vendor_connection.revoked' },
      params: z.object({ id: wireId }),
      responses: { 200: revokedView, 204: null },
      errors: ['connection_not_found'],
      async handler(request) {
        const atVendor = await revokeConnection(given, actingOf(request), scopeOf(request.principal), request.params.id)
        return atVendor ? { status: 200, body: revokedViewOf(atVendor) } : { status: 204 }
      },
    }),
    defineRoute<Principal | undefined, undefined, typeof callbackQuery>({
      method: 'GET',
      path: '/connections/callback',
      operationId: 'finishConnecting',
      tag,
      summary: 'Come back from a vendor',
      description: 'Where the vendor sends the browser. Answers a page that says what came of it.',
      permission: 'public',
      audit: { action: 'vendor_connection.connected' },
      query: callbackQuery,
      responses: { 200: null },
      errors: ['connection_not_begun', 'connection_refused'],
      async handler({ query, headers, requestId }) {
        const texts = Object.entries(query).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
        const back = {
          state: query.state ?? '',
          code: query.code,
          error: query.error,
          query: Object.fromEntries(texts),
          browser: browserOf(headers),
        }
        const done = await finishConnecting(given, back, requestId).catch(toldOnPage)
        return 'page' in done
          ? done.page
          : answerPage(200, outcomePage(`${done.label} is connected`, 'You can close this page.', done.integration))
      },
    }),
  ]
}
