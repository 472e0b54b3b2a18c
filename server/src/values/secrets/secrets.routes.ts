import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../../access/auth.ts'
import type { Database } from '../../platform/database/database.ts'
import type { Route } from '../../platform/http/http.ts'
import { pageOf } from '../../platform/http/paging.ts'
import { verbatimText } from '../../platform/http/text.ts'
import { checkScope, ownerFor, scopeFields, scopeQuery, valueCursor, valueKey, valuesPage, valuesQuery } from '../value-scope.ts'
import type { Keyring } from './keyring.ts'
import { getSecretDetails, restoreSecret, setSecretExpiry } from './secret-details.ts'
import { SecretText } from './secret-text.ts'
import { detailsViewOf, secretDetailsView, secretView, viewOf } from './secret-views.ts'
import { listSecretRows } from './secrets.queries.ts'
import { deleteSecret, secretOf, setSecret } from './secrets.ts'

const maxValueBytes = 32_768
const secretValue = verbatimText(maxValueBytes)
  .describe('The value: it is never returned.')
  .transform((text) => new SecretText(text))
const expiresAt = z.iso
  .datetime({ offset: true })
  .nullable()
  .describe('When it expires: you are warned before. Null: it does not.')
  .transform((text) => (text === null ? null : new Date(text)))

const vaultReadErrors = ['secret_vault_unreachable', 'secret_vault_throttled', 'secret_vault_denied', 'secret_vault_refused'] as const
const vaultWriteErrors = [...vaultReadErrors, 'secret_vault_name_deleted', 'secret_being_removed'] as const

/** `/api/secrets`: write-only values for author code. */
export function secretRoutes({ db, keyring }: { db: Database; keyring: Keyring }): Route[] {
  return [
    definePrincipalRoute({
      method: 'POST',
      path: '/secrets',
      operationId: 'setSecret',
      tag: 'Secrets',
      summary: 'Set a secret, or replace its value',
      permission: 'canManageSecrets',
      audit: { action: 'secret.set' },
      body: z.strictObject({ key: valueKey, value: secretValue, expires_at: expiresAt.optional(), ...scopeFields }).superRefine(checkScope),
      responses: { 201: secretView },
      errors: ['organization_not_found', 'master_key_unavailable', 'master_key_closed', ...vaultWriteErrors],
      async handler(request) {
        const { body, principal } = request
        const secret = await setSecret(db, keyring, actingOf(request), {
          key: body.key,
          organizationId: ownerFor(principal, body),
          value: body.value,
          expiresAt: body.expires_at ?? null,
        })
        return { status: 201, body: viewOf(secret) }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/secrets',
      operationId: 'listSecrets',
      tag: 'Secrets',
      summary: 'List secrets by key, without their values',
      permission: 'canManageSecrets',
      audit: { none: 'reads only, and no values' },
      query: valuesQuery,
      responses: { 200: z.object({ secrets: z.array(secretView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: ['organization_not_found'],
      async handler({ query, principal }) {
        const page = pageOf(await listSecretRows(db, valuesPage(principal, query)), query.limit, valueCursor)
        return {
          status: 200,
          body: { secrets: page.items.map(secretOf).map(viewOf), count: page.items.length, next_cursor: page.nextCursor },
        }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/secrets/:key',
      operationId: 'getSecret',
      tag: 'Secrets',
      summary: 'Get what is known of a secret: its versions, what needs and what read it, and never a value',
      permission: 'canManageSecrets',
      audit: { none: 'reads only, and no values' },
      params: z.object({ key: valueKey }),
      query: scopeQuery,
      responses: { 200: secretDetailsView },
      errors: ['secret_not_found', 'organization_not_found'],
      async handler({ params, principal, query }) {
        const details = await getSecretDetails(db, { key: params.key, organizationId: ownerFor(principal, query) })
        return { status: 200, body: detailsViewOf(details) }
      },
    }),
    definePrincipalRoute({
      method: 'PATCH',
      path: '/secrets/:key',
      operationId: 'setSecretExpiry',
      tag: 'Secrets',
      summary: 'Say when a secret expires',
      permission: 'canManageSecrets',
      audit: { action: 'secret.expiry_set' },
      params: z.object({ key: valueKey }),
      query: scopeQuery,
      body: z.strictObject({ expires_at: expiresAt }),
      responses: { 200: secretView },
      errors: ['secret_not_found', 'organization_not_found'],
      async handler(request) {
        const { params, principal, query, body } = request
        const place = { key: params.key, organizationId: ownerFor(principal, query) }
        return { status: 200, body: viewOf(await setSecretExpiry(db, actingOf(request), { ...place, expiresAt: body.expires_at })) }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/secrets/:key/restore',
      operationId: 'restoreSecret',
      tag: 'Secrets',
      summary: 'Set a secret to what it was in an earlier version',
      description: 'That becomes a new version, which does not expire.',
      permission: 'canManageSecrets',
      audit: { action: 'secret.restored' },
      params: z.object({ key: valueKey }),
      query: scopeQuery,
      body: z.strictObject({ version: z.int().min(1).max(2_147_483_647) }),
      responses: { 200: secretView },
      errors: [
        'secret_not_found',
        'secret_version_not_found',
        'secret_unreadable',
        'organization_not_found',
        'master_key_unavailable',
        'master_key_closed',
        ...vaultWriteErrors,
        'secret_vault_value_missing',
        'secret_vault_not_set',
      ],
      async handler(request) {
        const { params, principal, query, body } = request
        const which = { key: params.key, organizationId: ownerFor(principal, query), version: body.version }
        return { status: 200, body: viewOf(await restoreSecret(db, keyring, actingOf(request), which)) }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/secrets/:key',
      operationId: 'deleteSecret',
      tag: 'Secrets',
      summary: 'Delete a secret',
      permission: 'canManageSecrets',
      audit: { action: 'secret.deleted' },
      params: z.object({ key: valueKey }),
      query: scopeQuery,
      responses: { 204: null },
      errors: ['secret_not_found', 'organization_not_found'],
      async handler(request) {
        const { params, principal, query } = request
        await deleteSecret(db, actingOf(request), { key: params.key, organizationId: ownerFor(principal, query) })
        return { status: 204 }
      },
    }),
  ]
}
