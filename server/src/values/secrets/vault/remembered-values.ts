import { SizedCache } from '../../../platform/sized-cache.ts'
import type { SecretText } from '../secret-text.ts'
import type { SecretVault } from './secret-vault.ts'

/** Until then a value that was deleted in the vault is still used. */
const keptMs = 60_000
const limits = { maxSize: 2_000_000, maxCount: 2_000 }

/**
 * Reads values at most once a minute. A row in the database names a version, and a version never changes: a secret that is set again,
 * by any process, is another version, so nothing here can be older than its row.
 */
export function rememberValues(vault: SecretVault, now: () => number = Date.now): SecretVault {
  const values = new SizedCache<SecretText>({ ...limits, sizeOf: (value) => Buffer.byteLength(value.reveal()) })
  return {
    ...vault,
    read: (place) => values.get(`${Math.floor(now() / keptMs)} ${place.name} ${place.version}`, () => vault.read(place)),
  }
}
