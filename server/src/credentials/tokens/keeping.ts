import { type Database, inScope, type Transaction } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import type { Keyring } from '../../values/secrets/keyring.ts'
import { sealedAhead, sealWithin } from '../../values/secrets/sealed-texts.ts'
import type { MasterKey } from '../../values/secrets/sealing.ts'
import { writingScope } from '../../values/value-scope.ts'
import { keptText, placeOfToken } from './held-token.ts'
import type { NewToken } from './token-answer.ts'
import { holdTokenWithin, storeRenewed, storeRenewedAtOnce, type TokenDraft, type TokenRow } from './tokens.queries.ts'

export const tokenTopic = 'vendor_tokens.changed'

type Kept = Pick<NewToken, 'token' | 'refreshToken' | 'fields'>
type Given = { db: Database; keyring: Keyring }
type Version = { id: string; generation: number; owner: string | null }

type Timed = { livesMs: number | null; startedAt: number }

/**
 * Seals and stores what a renewal brought, at once: until it is stored, a refresh token that the vendor has replaced is in this process alone.
 *
 * @param masterKey as it was before the vendor was asked; nothing is read first
 * @param timed when the vendor was asked, by `performance.now()`
 * @returns undefined where another renewal was first, or the row is gone
 */
export async function storeToken(
  given: Given,
  masterKey: MasterKey,
  version: Version,
  kept: Kept,
  timed: Timed,
): Promise<TokenRow | undefined> {
  const { id, generation, owner } = version
  const sealed = sealedAhead(masterKey, placeOfToken(id, owner), keptText(kept))
  const ageMs = performance.now() - timed.startedAt
  const row = await storeRenewedAtOnce(given.db, owner, { id, generation, ageMs, livesMs: timed.livesMs }, sealed)
  if (!row) return storeWithNewKey(given, version, kept, timed)
  given.db.tell(tokenTopic, id)
  return row
}

/** Where the key may be another one since. */
async function storeWithNewKey(
  { db, keyring }: Given,
  { id, generation, owner }: Version,
  kept: Kept,
  { livesMs, startedAt }: Timed,
): Promise<TokenRow | undefined> {
  for (;;) {
    const masterKey = await keyring.current()
    const written = await inScope(db, writingScope(owner), async (transaction) => {
      const sealed = await sealWithin(transaction, masterKey, placeOfToken(id, owner), keptText(kept))
      const ageMs = performance.now() - startedAt
      return sealed && { row: await storeRenewed(transaction, { id, generation, ageMs, livesMs }, sealed) }
    })
    // A rotation began in between: seal again, with the key that is current now.
    if (!written) continue
    db.tell(tokenTopic, id)
    return written.row
  }
}

/** The master key is another one since: nothing was written, and it is tried again with that. */
const rotated = new Error('A rotation of the master key has begun.')

/** Does what stores a token with what else belongs to it, in one transaction: again with the new key where a rotation begins in between. */
export async function storingTokens<T>(
  { db, keyring }: Given,
  owner: string | null,
  act: (transaction: Transaction, masterKey: MasterKey) => Promise<T>,
): Promise<T> {
  for (;;) {
    const masterKey = await keyring.current()
    try {
      return await inScope(db, writingScope(owner), (transaction) => act(transaction, masterKey))
    } catch (error) {
      if (error !== rotated) throw error
    }
  }
}

/**
 * Puts a token in the place of whatever there was: one that a person has just consented to. Within `storingTokens`.
 *
 * @returns the id of its row, which is told to the others after the commit
 */
export async function putTokenWithin(
  transaction: Transaction,
  masterKey: MasterKey,
  draft: Omit<TokenDraft, 'id'>,
  { livesMs, ...kept }: NewToken,
  startedAt: number,
): Promise<string> {
  const { id, generation } = await holdTokenWithin(transaction, { ...draft, id: newId() })
  const sealed = await sealWithin(transaction, masterKey, placeOfToken(id, draft.owner), keptText(kept))
  if (!sealed) throw rotated
  await storeRenewed(transaction, { id, generation, ageMs: performance.now() - startedAt, livesMs }, sealed)
  return id
}
