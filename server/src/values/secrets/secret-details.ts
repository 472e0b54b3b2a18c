import { type Acting, recordAudit } from '../../audit/audit.ts'
import { listDefinitions } from '../../definitions/definitions.ts'
import { type Database, inScope } from '../../platform/database/database.ts'
import { type ValueOwner, writingScope } from '../value-scope.ts'
import type { Keyring } from './keyring.ts'
import {
  findEarlierVersion,
  findSecretRow,
  listEarlierVersions,
  listReaders,
  type ReaderRow,
  updateExpiry,
  type VersionRow,
} from './secret-details.queries.ts'
import { openRow, type Secret, secretError, secretOf, setSecret } from './secrets.ts'

/** Which secret. */
type SecretPlace = { key: string; organizationId: ValueOwner }

export type SecretDetails = {
  secret: Secret
  /** What it was before, the newest first. */
  earlier: VersionRow[]
  /** Integrations whose code says that it needs the key. */
  declaredBy: { name: string; displayName: string; label: string }[]
  /** What read it last, each workflow, test and discovery once. */
  readers: ReaderRow[]
}

/** Everything but the value. @throws secret_not_found */
export async function getSecretDetails(db: Database, { key, organizationId }: SecretPlace): Promise<SecretDetails> {
  const row = await findSecretRow(db, organizationId, key)
  if (!row) throw secretError('secret_not_found', { key })
  const integrations = await listDefinitions(db, 'integration')
  return {
    secret: secretOf(row),
    earlier: await listEarlierVersions(db, organizationId, key),
    declaredBy: integrations.flatMap(({ name, displayName, secrets }) =>
      secrets.flatMap((declared) => (declared.key === key ? [{ name, displayName, label: declared.label }] : [])),
    ),
    readers: await listReaders(db, organizationId, key),
  }
}

/**
 * Sets a secret to what it was in an earlier version. That becomes a new version; the expiry is that of none.
 *
 * @throws secret_not_found, secret_version_not_found, secret_unreadable, and those of `setSecret` and `openRow`
 */
export async function restoreSecret(
  db: Database,
  keyring: Keyring,
  acting: Acting,
  { key, organizationId, version }: SecretPlace & { version: number },
): Promise<Secret> {
  if (!(await findSecretRow(db, organizationId, key))) throw secretError('secret_not_found', { key })
  const row = await findEarlierVersion(db, organizationId, key, version)
  if (!row) throw secretError('secret_version_not_found', { key, version })
  const value = await openRow(keyring, row)
  if (!value) throw secretError('secret_unreadable', { key, version })
  return setSecret(db, keyring, acting, { key, organizationId, value }, version)
}

/** Says when a secret expires, or with null that it does not. @throws secret_not_found */
export function setSecretExpiry(
  db: Database,
  acting: Acting,
  { key, organizationId, expiresAt }: SecretPlace & { expiresAt: Date | null },
): Promise<Secret> {
  return inScope(db, writingScope(organizationId), async (transaction) => {
    const row = await updateExpiry(transaction, organizationId, key, expiresAt)
    if (!row) throw secretError('secret_not_found', { key })
    const [before, after] = [row.expired_at?.toISOString() ?? null, expiresAt?.toISOString() ?? null]
    await recordAudit(transaction, acting, {
      action: 'secret.expiry_set',
      organizationId,
      target: { type: 'secret', id: key },
      changes: before === after ? {} : { expires_at: { before, after } },
    })
    return secretOf(row)
  })
}
