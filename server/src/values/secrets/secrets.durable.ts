import { z } from 'zod'
import { defineRequest, type HostRequest, type RequestContext } from '../../engine/state/requests.ts'
import { getOrganization } from '../../organizations/organizations.ts'
import type { Database } from '../../platform/database/database.ts'
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

/** Looks whether an execution of an organization may have a global secret. Given by the slice that knows what it has read. */
export type AdmitGlobal = (context: RequestContext, key: string) => Promise<void>

/** What author code may ask about secrets: the value that applies to its organization, and no other. */
export function secretRequests(keyring: Keyring, admitGlobal: AdmitGlobal): HostRequest[] {
  return [
    defineRequest({
      name: 'getSecret',
      // Never recorded: a recorded answer would lie in the database in the clear.
      isRecorded: false,
      args: z.strictObject({ key: valueKey }),
      async handle(context, { key }) {
        const { db, execution, mask } = context
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
