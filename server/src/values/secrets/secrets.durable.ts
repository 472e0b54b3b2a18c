import { z } from 'zod'
import { authError } from '../../access/auth-errors.ts'
import { listDefinitions } from '../../definitions/definitions.ts'
import { defineRequest, type HostRequest, type RequestContext } from '../../engine/state/requests.ts'
import { getOrganization } from '../../organizations/organizations.ts'
import type { Database } from '../../platform/database/database.ts'
import { kinds } from '../../protocol/kinds.ts'
import { valueKey } from '../value-scope.ts'
import type { Keyring } from './keyring.ts'
import { recordSecretRead } from './secret-reads.ts'
import { resolveOwnedSecret, secretError } from './secrets.ts'

/** The error for a secret that an execution of the organization cannot have, because it has no value. */
export async function secretNotSet(db: Database, organizationId: string | null, key: string) {
  const organization = organizationId === null ? null : await getOrganization(db, organizationId)
  const places = organization ? `the organization '${organization.name}' and the global scope` : 'the global scope'
  return secretError(
    'secret_not_found',
    { key, scopes: organization ? ['organization', 'global'] : ['global'], ...(organization ? { org_id: organization.id } : {}) },
    `The secret '${key}' is not set; looked in ${places}. Set it under Secrets & config in the admin interface, or with: crosswalk secrets set ${key}`,
  )
}

/**
 * Code of an integration whose credentials are named reads none, and a secret that only such integrations declare is read by nobody.
 *
 * @param asking the integration whose code asks; in a workflow the runner says so
 */
async function requireReadable({ db }: RequestContext, key: string, asking: string | undefined): Promise<void> {
  const definitions = await listDefinitions(db, 'integration')
  const declaring = definitions.filter(({ secrets }) => secrets.some((secret) => secret.key === key))
  const named = [
    ...definitions.filter(({ name }) => name === asking),
    ...(declaring.every(({ credentials }) => credentials === 'named') ? declaring : []),
  ].find(({ credentials }) => credentials === 'named')
  if (!named) return
  throw authError(
    'forbidden',
    { key, integration_name: named.name },
    `The credentials of ${named.displayName} are named and not read, so getSecret does not give '${key}'. Name it under auth of context.http; the platform puts it into requests.`,
  )
}

/** Looks whether an execution of an organization may have a global secret. Given by the slice that knows what it has read. */
export type AdmitGlobal = (context: RequestContext, key: string) => Promise<void>

/** What author code may ask about secrets: the value that applies to its organization, and no other. */
export function secretRequests(keyring: Keyring, admitGlobal: AdmitGlobal): HostRequest[] {
  return [
    defineRequest({
      name: 'getSecret',
      // Never recorded: a recorded answer would lie in the database in the clear.
      isRecorded: false,
      args: z.strictObject({ key: valueKey, integration: z.string().max(100).optional() }),
      async handle(context, { key, integration }) {
        const { db, execution, mask } = context
        await requireReadable(context, key, kinds[execution.kind].asks === null ? integration : execution.name)
        const secret = await resolveOwnedSecret(db, keyring, execution.organizationId, key)
        if (!secret) throw await secretNotSet(db, execution.organizationId, key)
        const isGlobal = secret.owner === null
        if (isGlobal && execution.organizationId !== null) await admitGlobal(context, key)
        await recordSecretRead(context, key, isGlobal)
        const value = secret.text.reveal()
        mask(value)
        return value
      },
    }),
  ]
}
