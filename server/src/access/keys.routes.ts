import { z } from 'zod'
import type { Database } from '../platform/database/database.ts'
import { addressList } from '../platform/http/addresses.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { lineOfText, wireFlag, wireId } from '../platform/http/text.ts'
import { actingOf, definePrincipalRoute } from './auth.ts'
import { fieldsOfGrant, grantFields, grantView } from './grants.ts'
import { findLastAdminKeyUse } from './keys.queries.ts'
import { type ApiKey, createKey, listKeys, revokeKey, rotateKey } from './keys.ts'
import { reachesAll } from './reach.ts'

const keyFields = {
  id: z.uuid(),
  name: z.string(),
  prefix: z.string().describe('The beginning of the key, by which you know it again.'),
  state: z.enum(['active', 'expired', 'revoked']),
  grants: z.array(grantView),
  made_by: z.object({ type: z.string(), id: z.string(), name: z.string() }).describe('The key never has more than they have.'),
  addresses: z.array(z.string()).nullable().describe('Addresses and networks that it is taken from. Null: from everywhere.'),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  rotated_at: z.iso.datetime().nullable(),
  previous_valid_until: z.iso.datetime().nullable().describe('Until then the key before the last rotation is taken, too.'),
  revoked_at: z.iso.datetime().nullable(),
  rotated_by: z
    .object({ type: z.string(), id: z.string(), name: z.string() })
    .nullable()
    .describe('Who rotated it last, and so has seen its value. When they leave, the value ends.'),
  value_ended_at: z.iso.datetime().nullable().describe('Since then its value is not taken, because who rotated it has left: rotate it.'),
  last_used_at: z.iso.datetime().nullable().describe('To about a minute.'),
  last_used_address: z.string().nullable(),
}
const keyView = z.object(keyFields).meta({ id: 'ApiKey' })
const madeKeyView = z
  .object({ ...keyFields, key: z.string().describe('The key itself. It is shown this once.') })
  .meta({ id: 'MadeApiKey' })

const isoOf = (date: Date | null) => date?.toISOString() ?? null

function viewOf(key: ApiKey): z.input<typeof keyView> {
  const now = new Date()
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    state: key.revokedAt ? 'revoked' : key.expiresAt && key.expiresAt <= now ? 'expired' : 'active',
    grants: key.grants.map(fieldsOfGrant),
    made_by: key.madeBy,
    addresses: key.addresses,
    created_at: key.createdAt.toISOString(),
    expires_at: isoOf(key.expiresAt),
    rotated_at: isoOf(key.rotatedAt),
    previous_valid_until: key.previousValidUntil && key.previousValidUntil > now ? isoOf(key.previousValidUntil) : null,
    revoked_at: isoOf(key.revokedAt),
    rotated_by: key.rotatedBy,
    value_ended_at: isoOf(key.valueEndedAt),
    last_used_at: isoOf(key.lastUsedAt),
    last_used_address: key.lastUsedAddress,
  }
}

const address = z
  .string()
  .trim()
  .max(100)
  .refine((text) => addressList([text]) !== undefined, 'must be an address or a network, such as 203.0.113.7 or 10.0.0.0/8')

const keyBody = z.strictObject({
  name: lineOfText(100).describe('What it is for.'),
  grants: z.array(grantFields).min(1).max(50).describe('Nothing that you do not have yourself.'),
  expires_at: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine((date) => date > new Date(), 'must be in the future')
    .nullable()
    .optional()
    .describe('Without it the key is valid until it is revoked.'),
  addresses: z.array(address).min(1).max(50).nullable().optional().describe('Addresses and networks that it is taken from.'),
})

const rotateBody = z.strictObject({
  overlap_minutes: z.int().min(0).max(43_200).default(1_440).describe('The key before is taken for this time, too. 0 ends it at once.'),
})

const keyParams = z.object({ id: wireId.describe('The key.') })

/** `/api/keys`: keys for programs, each with its own grants. */
export function keyRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/keys',
      operationId: 'listKeys',
      tag: 'Access',
      summary: 'List API keys, newest first',
      description: 'All keys for those who have canManageKeys for all organizations, and for others the keys that they made.',
      permission: 'canManageKeys',
      audit: { none: 'reads only' },
      query: pageQuery.extend({ include_revoked: wireFlag.default(false) }),
      responses: {
        200: z.object({
          keys: z.array(keyView),
          count: z.int(),
          next_cursor: z.string().nullable(),
          administrator_key: z
            .object({ last_used_at: z.iso.datetime().nullable(), last_used_address: z.string().nullable() })
            .nullable()
            .describe('When the administrator key was used last. Null for those who do not have all organizations.'),
        }),
      },
      errors: [],
      async handler({ query, principal }) {
        const beforeId = query.cursor === undefined ? undefined : parseCursor(query.cursor, z.tuple([wireId]))[0]
        const rows = await listKeys(db, principal, query.include_revoked, { beforeId, limit: query.limit + 1 })
        const page = pageOf(rows, query.limit, ({ id }) => [id])
        const use = reachesAll(principal) ? await findLastAdminKeyUse(db) : undefined
        const administratorKey = reachesAll(principal)
          ? { last_used_at: isoOf(use?.last_used_at ?? null), last_used_address: use?.address ?? null }
          : null
        const keys = page.items.map(viewOf)
        return { status: 200, body: { keys, count: keys.length, next_cursor: page.nextCursor, administrator_key: administratorKey } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/keys',
      operationId: 'createKey',
      tag: 'Access',
      summary: 'Make an API key',
      description: 'The answer has the key, once. It never has more than you have, at any time: what you lose, it loses too.',
      permission: 'canManageKeys',
      needsProof: true,
      audit: { action: 'api_key.created' },
      body: keyBody,
      responses: { 201: madeKeyView },
      errors: ['key_made_too_deep'],
      async handler(request) {
        const { name, grants, expires_at: expiresAt = null, addresses = null } = request.body
        const { key, ...made } = await createKey(db, actingOf(request), request.principal, { name, grants, expiresAt, addresses })
        return { status: 201, body: { ...viewOf(made), key } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/keys/:id/rotate',
      operationId: 'rotateKey',
      tag: 'Access',
      summary: 'Replace an API key by a new one',
      description:
        'The answer has the new key, once. The one before is taken for another day, or as long as you say. Of others you rotate those alone that have no more than you.',
      permission: 'canManageKeys',
      needsProof: true,
      audit: { action: 'api_key.rotated' },
      params: keyParams,
      body: rotateBody,
      responses: { 200: madeKeyView },
      errors: ['key_not_found'],
      async handler(request) {
        const { key, ...made } = await rotateKey(db, actingOf(request), request.principal, request.params.id, request.body.overlap_minutes)
        return { status: 200, body: { ...viewOf(made), key } }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/keys/:id',
      operationId: 'revokeKey',
      tag: 'Access',
      summary: 'Revoke an API key',
      description: 'It ends at once, everywhere, with the keys that it made and the logs that it follows.',
      permission: 'canManageKeys',
      audit: { action: 'api_key.revoked' },
      params: keyParams,
      responses: { 204: null },
      errors: ['key_not_found'],
      async handler(request) {
        await revokeKey(db, actingOf(request), request.principal, request.params.id)
        return { status: 204 }
      },
    }),
  ]
}
