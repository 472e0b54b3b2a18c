import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../../access/auth.ts'
import { type Principal, scopeOf } from '../../access/principal.ts'
import { narrowedScope } from '../../access/reach.ts'
import { originOf } from '../../people/person-cookie.ts'
import { defineRoute, pageQuery, type Route } from '../../platform/http/http.ts'
import { pageOf, parseCursor } from '../../platform/http/paging.ts'
import { wireId } from '../../platform/http/text.ts'
import { cookieFor, pageCookieFor, pageSeenBy } from './connect-cookies.ts'
import type { ConnectingGiven } from './connecting.ts'
import { connectionError } from './connection-errors.ts'
import { answerPage, consentPage, toldOnPage } from './connection-pages.ts'
import { type LinkRow, listLinkRows } from './links.queries.ts'
import { beginByLink, makeLink, readLink, revokeLink } from './links.ts'
import { keyOf, startErrors, whichBody } from './which-connection.ts'

const tag = 'Connections'
const linkText = z.string().max(200)
const openQuery = z.object({ link: linkText })
const continueQuery = z.object({ link: linkText, seen: z.string().max(200) })
const linkErrors = ['connection_link_invalid', 'connection_link_used', 'connection_link_expired', 'connection_link_revoked'] as const

const linkView = z
  .object({
    id: z.uuid(),
    integration_name: z.string(),
    name: z.string().describe('As the integration declares it.'),
    org_id: z.uuid().nullable().describe('Null: it is one for all.'),
    mapping_id: z.uuid().nullable(),
    made_by: z.string(),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: 'ConnectionLink' })

const linkViewOf = (row: LinkRow): z.input<typeof linkView> => ({
  id: row.id,
  integration_name: row.integration_name,
  name: row.name,
  org_id: row.organization_id,
  mapping_id: row.mapping_id,
  made_by: row.started_by.name,
  expires_at: row.expires_at.toISOString(),
})

/** Links by which someone else connects at a vendor, and the page that they open. */
export function linkRoutes(given: ConnectingGiven): Route[] {
  const { db } = given
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/connections/links',
      operationId: 'listConnectionLinks',
      tag,
      summary: 'List the links to connect that somebody may still use, oldest first',
      permission: 'canManageSecrets',
      audit: { none: 'reads only' },
      query: pageQuery.extend({ integration_name: z.string().max(50).optional(), org_id: wireId.optional() }),
      responses: { 200: z.object({ links: z.array(linkView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: [],
      async handler({ query, principal }) {
        const [afterId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([wireId]))
        const rows = await listLinkRows(db, narrowedScope(principal, query.org_id), {
          integrationName: query.integration_name,
          afterId,
          limit: query.limit,
        })
        const page = pageOf(rows, query.limit, (last) => [last.id])
        const links = page.items.map(linkViewOf)
        return { status: 200, body: { links, count: links.length, next_cursor: page.nextCursor } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/connections/links',
      operationId: 'makeConnectionLink',
      tag,
      summary: 'Make a link by which someone may connect, once, within seven days',
      description: 'It opens a page that says what is connected, for whom, and who made the link. From there it leads to the vendor.',
      permission: 'canManageSecrets',
      audit: { action: 'vendor_connection.link_created' },
      body: whichBody,
      responses: {
        201: z.object({
          id: z.uuid(),
          url: z.url(),
          expires_at: z.iso.datetime(),
          integration_display_name: z.string(),
          label: z.string().describe('How the integration calls the connection.'),
          org_name: z.string().nullable().describe('Null: it is one for all.'),
          mapping_name: z.string().nullable().describe('What the mapping leads to; null where it is not of a mapping.'),
          vendor_host: z.string().describe('Where the link leads from its page.'),
        }),
      },
      errors: startErrors,
      async handler(request) {
        const key = keyOf(request.principal, request.body)
        const { id, url, purpose } = await makeLink(given, actingOf(request), key, originOf(request.headers))
        const { expiresAt, integration, label, organization, mapping, vendorHost } = purpose
        const body = { id, url, expires_at: expiresAt.toISOString(), integration_display_name: integration, label }
        return { status: 201, body: { ...body, org_name: organization, mapping_name: mapping, vendor_host: vendorHost } }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/connections/links/:id',
      operationId: 'revokeConnectionLink',
      tag,
      summary: 'Revoke a link to connect that nobody has used',
      permission: 'canManageSecrets',
      audit: { action: 'vendor_connection.link_revoked' },
      params: z.object({ id: wireId }),
      responses: { 204: null },
      errors: ['connection_link_not_found'],
      async handler(request) {
        await revokeLink(db, actingOf(request), scopeOf(request.principal), request.params.id)
        return { status: 204 }
      },
    }),
    defineRoute<Principal | undefined, undefined, typeof openQuery>({
      method: 'GET',
      path: '/connections/open',
      operationId: 'openConnectionLink',
      tag,
      summary: 'Open a link to connect',
      description:
        'Answers a page that says what is connected, and asks whether to continue to the vendor. Nobody has to be signed in here.',
      permission: 'public',
      audit: { none: 'what was connected is recorded when the browser is back' },
      query: openQuery,
      responses: { 200: null },
      errors: linkErrors,
      async handler({ query, headers }) {
        const purpose = await readLink(given, query.link).catch(toldOnPage)
        if ('page' in purpose) return purpose.page
        const seen = pageSeenBy(headers) ?? randomBytes(32).toString('base64url')
        const next = `/api/connections/continue?${new URLSearchParams({ link: query.link, seen })}`
        return answerPage(200, consentPage(purpose, next), pageCookieFor(headers, seen))
      },
    }),
    defineRoute<Principal | undefined, undefined, typeof continueQuery>({
      method: 'GET',
      path: '/connections/continue',
      operationId: 'continueConnectionLink',
      tag,
      summary: 'Continue from the page of a link to the vendor',
      description: 'Only from that page, in the browser that has opened it.',
      permission: 'public',
      audit: { none: 'what was connected is recorded when the browser is back' },
      query: continueQuery,
      responses: { 303: null },
      errors: [...linkErrors, 'connection_link_not_opened'],
      async handler({ query, headers }) {
        const begin = async () => {
          if (pageSeenBy(headers) !== query.seen) throw connectionError('connection_link_not_opened')
          return beginByLink(given, query.link, originOf(headers))
        }
        const begun = await begin().catch(toldOnPage)
        if ('page' in begun) return begun.page
        const cookie = cookieFor(headers, begun.browser)
        return {
          reply: (reply) =>
            reply.headers({ 'set-cookie': cookie, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' }).redirect(begun.url, 303),
        }
      },
    }),
  ]
}
