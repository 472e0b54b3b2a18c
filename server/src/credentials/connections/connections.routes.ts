import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../../access/auth.ts'
import { type Principal, scopeOf } from '../../access/principal.ts'
import { narrowedScope, reachableOwner } from '../../access/reach.ts'
import { isSecure, originOf } from '../../people/person-cookie.ts'
import { DomainError } from '../../platform/errors.ts'
import { defineRoute, pageQuery, type Route } from '../../platform/http/http.ts'
import { pageOf, parseCursor } from '../../platform/http/paging.ts'
import { wireId } from '../../platform/http/text.ts'
import { callbackPage } from './callback-page.ts'
import { type ConnectingGiven, finishConnecting, makeLink, openLink, startConnecting, startMinutes } from './connecting.ts'
import { connectionView, connectionViewOf } from './connection-view.ts'
import { type ConnectionKey, listConnectionRows } from './connections.queries.ts'
import { revokeConnection } from './connections.ts'

const whichBody = z.strictObject({
  integration_name: z.string().max(50),
  name: z.string().max(50).describe('As the integration declares it in `static connections`.'),
  org_id: wireId.nullish().describe('The organization, where it is one for each.'),
  mapping_id: wireId.nullish().describe('The mapping, where it is one for each.'),
})
const callbackQuery = z.looseObject({
  state: z.string().max(200).optional(),
  code: z.string().max(8_000).optional(),
  error: z.string().max(200).optional(),
})

const cookieName = 'crosswalk_connect'
const tag = 'Connections'
const globalSentence = 'A connection for all needs the permission canManageSecrets for all organizations.'
const startErrors = [
  'integration_not_found',
  'connection_not_declared',
  'organization_not_found',
  'secret_not_found',
  'secret_not_for_host',
] as const

function keyOf(principal: Principal, body: z.output<typeof whichBody>): ConnectionKey {
  const organizationId = reachableOwner(principal, body.org_id, globalSentence)
  return { integrationName: body.integration_name, name: body.name, organizationId, mappingId: body.mapping_id ?? null }
}

/** Only this browser can come back. It is sent along when the vendor leads back here, and with nothing else. */
function cookieFor(headers: IncomingHttpHeaders, browser: string): string {
  const secure = isSecure(headers) ? '; Secure' : ''
  return `${cookieName}=${browser}; Path=/api/connections; Max-Age=${startMinutes * 60}; HttpOnly; SameSite=Lax${secure}`
}

function browserOf(headers: IncomingHttpHeaders): string | undefined {
  return /(?:^|;\s*)crosswalk_connect=([\w-]{20,100})/.exec(headers.cookie ?? '')?.[1]
}

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
      method: 'POST',
      path: '/connections/links',
      operationId: 'makeConnectionLink',
      tag,
      summary: 'Make a link by which someone may connect, once, within seven days',
      permission: 'canManageSecrets',
      audit: { action: 'vendor_connection.link_created' },
      body: whichBody,
      responses: { 201: z.object({ url: z.url(), expires_at: z.iso.datetime() }) },
      errors: startErrors,
      async handler(request) {
        const key = keyOf(request.principal, request.body)
        const { url, expiresAt } = await makeLink(given, actingOf(request), key, originOf(request.headers))
        return { status: 201, body: { url, expires_at: expiresAt.toISOString() } }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/connections/:id',
      operationId: 'revokeConnection',
      tag,
      summary: 'Forget a connection and its tokens',
      permission: 'canManageSecrets',
      audit: { action: 'vendor_connection.revoked' },
      params: z.object({ id: wireId }),
      responses: { 204: null },
      errors: ['connection_not_found'],
      async handler(request) {
        await revokeConnection(db, actingOf(request), scopeOf(request.principal), request.params.id)
        return { status: 204 }
      },
    }),
    defineRoute<Principal | undefined, undefined, z.ZodObject<{ link: z.ZodString }>>({
      method: 'GET',
      path: '/connections/open',
      operationId: 'openConnectionLink',
      tag,
      summary: 'Open a link to connect',
      description: 'Leads to the vendor. Nobody has to be signed in here.',
      permission: 'public',
      audit: { none: 'what was connected is recorded when the browser is back' },
      query: z.object({ link: z.string().max(200) }),
      responses: { 302: null },
      errors: ['connection_link_invalid'],
      async handler({ query, headers }) {
        const opened = await openLink(given, query.link, originOf(headers)).catch(toldOnPage)
        if ('page' in opened) return opened.page
        return { reply: (reply) => reply.header('set-cookie', cookieFor(headers, opened.browser)).redirect(opened.url, 302) }
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
        return 'page' in done ? done.page : pageAnswer(200, `${done.label} is connected`, 'You can close this page.', done.integration)
      },
    }),
  ]
}

/** A person looks at these two, so what went wrong is a page. */
function toldOnPage(error: unknown): { page: ReturnType<typeof pageAnswer> } {
  if (!(error instanceof DomainError)) throw error
  const { integration_name: integration } = error.details
  return { page: pageAnswer(error.status, 'Not connected', error.message, typeof integration === 'string' ? integration : undefined) }
}

function pageAnswer(status: number, title: string, message: string, integration: string | undefined) {
  const html = callbackPage(title, message, integration)
  return {
    reply: (reply: {
      code(status: number): { type(type: string): { header(name: string, value: string): { send(html: string): unknown } } }
    }) => reply.code(status).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(html),
  }
}
