import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../../access/auth.ts'
import type { Database } from '../../platform/database/database.ts'
import type { Route } from '../../platform/http/http.ts'
import { pageOf } from '../../platform/http/paging.ts'
import { verbatimText } from '../../platform/http/text.ts'
import { checkScope, ownerFor, scopeFields, scopeQuery, scopeView, valueCursor, valueKey, valuesPage, valuesQuery } from '../value-scope.ts'
import type { Keyring } from './keyring.ts'
import { SecretText } from './secret-text.ts'
import { listSecretRows } from './secrets.queries.ts'
import { deleteSecret, type Secret, secretOf, setSecret } from './secrets.ts'

const secretView = z
  .object({
    key: z.string(),
    scope: z.enum(['global', 'organization']),
    org_id: z.uuid().nullable(),
    updated_at: z.iso.datetime(),
    updated_by: z.string().describe('The name of who set it.'),
  })
  .meta({ id: 'Secret' })

function viewOf(secret: Secret): z.input<typeof secretView> {
  return { key: secret.key, ...scopeView(secret.organizationId), updated_at: secret.updatedAt.toISOString(), updated_by: secret.updatedBy }
}

const maxValueBytes = 32_768
const secretValue = verbatimText(maxValueBytes)
  .describe('The value: it is never returned.')
  .transform((text) => new SecretText(text))

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
      body: z.strictObject({ key: valueKey, value: secretValue, ...scopeFields }).superRefine(checkScope),
      responses: { 201: secretView },
      errors: ['organization_not_found', 'master_key_unavailable'],
      async handler(request) {
        const { body, principal } = request
        const secret = await setSecret(db, keyring, actingOf(request), {
          key: body.key,
          organizationId: ownerFor(principal, body),
          value: body.value,
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
