import { recordAudit } from '../../audit/audit.ts'
import type { RequestContext } from '../../engine/state/requests.ts'
import { type Database, inScope } from '../../platform/database/database.ts'
import { writingScope } from '../value-scope.ts'
import type { Keyring } from './keyring.ts'
import { insertSecretRead, listReplacedSecrets, listSecretReads } from './secret-reads.queries.ts'
import { openRow, resolveSecret } from './secrets.ts'
import { vaultError } from './vault/secret-vault.ts'

/** Records that an execution reads a secret, before it gets the value. Once for each secret, also where another worker continues with it. */
export async function recordSecretRead({ db, execution, seen }: RequestContext, key: string, isGlobal: boolean): Promise<void> {
  const mark = `${isGlobal ? 'global' : 'own'} ${key}`
  if (seen.secrets.has(mark)) return
  const { id: executionId, organizationId, name } = execution
  await inScope(db, writingScope(organizationId), async (transaction) => {
    if (!(await insertSecretRead(transaction, { executionId, organizationId, key, isGlobal }))) return
    await recordAudit(
      transaction,
      { actor: { type: 'execution', id: executionId, name }, requestId: null },
      {
        action: 'secret.read',
        organizationId,
        target: { type: 'secret', id: key, scope: isGlobal ? 'global' : 'organization', execution_id: executionId },
        changes: {},
      },
    )
  })
  seen.secrets.add(mark)
}

/**
 * The values that an execution read before, or one that it continues from: what these recorded may hold them, without being asked for again.
 * Also what a secret was before it was replaced or deleted since.
 */
export async function secretsRead(db: Database, keyring: Keyring, executionId: string): Promise<string[]> {
  const values = new Set<string>()
  for (const { key, owner } of await listSecretReads(db, executionId)) {
    const secret = await resolveSecret(db, keyring, owner, key)
    if (secret) values.add(secret.reveal())
  }
  for (const row of await listReplacedSecrets(db, executionId)) {
    // One that cannot be opened could not be read either, and one that was taken out of the vault by hand is gone for good.
    const secret = await openRow(keyring, row).catch((error: unknown) => {
      if (vaultError.is(error, 'secret_vault_value_missing')) return undefined
      throw error
    })
    if (secret) values.add(secret.reveal())
  }
  return [...values]
}
