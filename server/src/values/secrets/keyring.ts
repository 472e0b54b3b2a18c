import { type Database, inScope } from '../../platform/database/database.ts'
import { defineErrors } from '../../platform/errors.ts'
import { parseMasterKey } from '../../platform/master-key-setting.ts'
import { StartError } from '../../platform/start-error.ts'
import { insertFirstMasterKey, listMasterKeys, type MasterKeyRow } from './master-keys.queries.ts'
import { fitsProof, type MasterKey, masterKeyOf, proofOf } from './sealing.ts'
import type { VaultInUse } from './vault/secret-vault.ts'

/** The master keys that a process holds. Which of them is current is decided in the database, for all processes at once. */
export interface Keyring {
  /** The key that new values are sealed with. @throws as `get` */
  current(): Promise<MasterKey>
  /**
   * @throws master_key_unavailable - the key of this id is not held.
   * @throws master_key_closed - it may be one that its vault does not open now.
   */
  get(keyId: string): Promise<MasterKey>
  /** Where values lie that are not under a master key. */
  readonly inVault?: VaultInUse | undefined
}

export const keyringError = defineErrors({
  master_key_unavailable: {
    status: 503,
    message:
      'The master key was rotated and this process does not have the new one. Set the new key where CROSSWALK_MASTER_KEY_FILE or CROSSWALK_MASTER_KEY_COMMAND reads it, or restart Crosswalk with it.',
  },
  master_key_closed: {
    status: 503,
    message:
      'The master key that this is sealed with is wrapped, and this process could not open it: the vault does not answer or does not let it. See details for the reason, and the log. It is tried again by itself: no restart is needed once the vault opens it.',
  },
})

/** Is told of a key that is there and could not be read or opened. */
export type OnKeyFailure = (error: unknown) => void
/** All keys that can be read now. */
export type ReadKeysAgain = (onFailure: OnKeyFailure) => Promise<readonly string[]>

/** Why a key is not held. That a vault keeps it closed is another thing to mend than that it is nowhere. */
function notHeld(keyId: string, failures: readonly unknown[]): Error {
  const closed = failures.find((error) => error instanceof StartError && error.code.startsWith('master_key_vault_'))
  const error =
    closed instanceof StartError
      ? keyringError('master_key_closed', { key_id: keyId, reason: closed.code })
      : keyringError('master_key_unavailable', { key_id: keyId })
  return Object.assign(error, { cause: closed ?? failures[0] })
}

/** Why the keys given do not open what the database holds. */
export function masterKeyMismatch(given: readonly MasterKey[], wanted: readonly MasterKeyRow[]): StartError {
  const ids = wanted.map((row) => row.key_id).join(' and ')
  return new StartError(
    'master_key_mismatch',
    `The secrets in this database are encrypted under the master key ${ids}, and the key given is ${given.map((key) => key.id).join(' and ')}. ` +
      'Put back the key that belongs to this database: CROSSWALK_MASTER_KEY, or the file master.key in the data directory (a rotation keeps the previous one beside it as master.key.<id>). ' +
      'Without it the secrets cannot be read: to continue without them, delete the rows of the tables secrets and master_keys and set the secrets again.',
  )
}

/**
 * Opens the installation's keys, and on the first use binds the database to them.
 *
 * @param masterKey 32 bytes as base64
 * @param otherKeys keys that may be in use as well: the next or previous one of a rotation that has not ended
 * @param readKeysAgain asked when a key turns up that is not held, so that a running process survives a rotation
 * @throws StartError environment_invalid - a key is not 32 bytes of base64.
 * @throws StartError master_key_mismatch - the keys do not fit the data.
 */
export async function openKeyring(
  db: Database,
  masterKey: string,
  otherKeys: readonly string[] = [],
  readKeysAgain: ReadKeysAgain = async () => [],
): Promise<Keyring> {
  const held = new Map<string, MasterKey>()
  const hold = (text: string) => {
    const key = masterKeyOf(parseMasterKey('The master key', text))
    held.set(key.id, key)
    return key
  }
  const first = hold(masterKey)
  otherKeys.forEach(hold)

  let rows = await listMasterKeys(db)
  if (rows.length === 0) {
    await inScope(db, 'allOrganizations', (transaction) => insertFirstMasterKey(transaction, first.id, proofOf(first)))
    rows = await listMasterKeys(db)
  }
  const missing = rows.filter((row) => {
    const key = held.get(row.key_id)
    return !key || !fitsProof(key, row.proof)
  })
  if (missing.length > 0) throw masterKeyMismatch([...held.values()], missing)

  const get = async (keyId: string) => {
    const known = held.get(keyId)
    if (known) return known
    const failures: unknown[] = []
    for (const text of await readKeysAgain((error) => failures.push(error))) hold(text)
    const read = held.get(keyId)
    if (!read) throw notHeld(keyId, failures)
    return read
  }
  return {
    get,
    async current() {
      const current = (await listMasterKeys(db)).find((row) => row.is_current)
      if (!current) throw keyringError('master_key_unavailable')
      return get(current.key_id)
    },
  }
}
