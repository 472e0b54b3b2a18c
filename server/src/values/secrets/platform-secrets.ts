import { type Database, inScope, type Transaction } from '../../platform/database/database.ts'
import type { Keyring } from './keyring.ts'
import { findPlatformSecret, insertFirstPlatformSecret, upsertPlatformSecret } from './platform-secrets.queries.ts'
import { type MasterKey, openValue, type SealedPlace, sealValue } from './sealing.ts'
import { SecretText } from './secret-text.ts'

/** What secrets of the platform itself are called. */
export type PlatformSecretName = 'people' | 'single_sign_on'

/** Where one belongs: no key of people has a space in it. */
export function placeOfPlatformSecret(name: string): SealedPlace {
  return { key: `platform ${name}`, organizationId: null }
}

type Given = { db: Database; keyring: Keyring }

/**
 * A secret of the platform itself.
 *
 * @returns undefined where there is none, or it was sealed elsewhere
 * @throws master_key_unavailable
 */
export async function readPlatformSecret({ db, keyring }: Given, name: PlatformSecretName): Promise<SecretText | undefined> {
  const sealed = await findPlatformSecret(db, name)
  return sealed && openValue(await keyring.get(sealed.keyId), placeOfPlatformSecret(name), sealed)
}

/** The same; made where there is none. Of several processes that come first, all get the one that is kept. */
export async function readOrMakePlatformSecret(given: Given, name: PlatformSecretName, make: () => string): Promise<SecretText> {
  const found = await readPlatformSecret(given, name)
  if (found) return found
  const sealed = sealValue(await given.keyring.current(), placeOfPlatformSecret(name), new SecretText(make()))
  await inScope(given.db, 'allOrganizations', (transaction) => insertFirstPlatformSecret(transaction, name, sealed))
  const kept = await readPlatformSecret(given, name)
  if (!kept) throw new Error(`The secret ${name} of the platform was changed from outside. Delete its row in platform_secrets.`)
  return kept
}

/** Replaces it, as part of what else a transaction does. @param key the keyring's current one */
export async function writePlatformSecretWithin(
  transaction: Transaction,
  key: MasterKey,
  name: PlatformSecretName,
  value: SecretText,
): Promise<void> {
  await upsertPlatformSecret(transaction, name, sealValue(key, placeOfPlatformSecret(name), value))
}
