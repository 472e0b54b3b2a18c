import type { Sql, Transaction } from '../../platform/database/database.ts'
import { heldCurrentMasterKey, holdCurrentMasterKey } from './master-keys.queries.ts'
import { type MasterKey, type SealedPlace, type SealedValue, sealValue } from './sealing.ts'
import { SecretText } from './secret-text.ts'

/**
 * Seals a text that another slice keeps, in the transaction that stores it: no rotation comes in between.
 *
 * @returns undefined where that key is not the current one any more
 */
export async function sealWithin(
  transaction: Transaction,
  masterKey: MasterKey,
  place: SealedPlace,
  text: string,
): Promise<SealedValue | undefined> {
  if (!(await holdCurrentMasterKey(transaction, masterKey.id))) return undefined
  return sealValue(masterKey, place, new SecretText(text))
}

/** A text that was sealed before, and the condition on which a statement may store it: no rotation has begun since. */
export function sealedAhead(masterKey: MasterKey, place: SealedPlace, text: string): { sealed: SealedValue; isCurrent: Sql } {
  return { sealed: sealValue(masterKey, place, new SecretText(text)), isCurrent: heldCurrentMasterKey(masterKey.id) }
}
