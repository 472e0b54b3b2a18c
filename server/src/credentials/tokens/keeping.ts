import { type Database, inScope } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import type { Keyring } from '../../values/secrets/keyring.ts'
import { sealWithin } from '../../values/secrets/sealed-texts.ts'
import { writingScope } from '../../values/value-scope.ts'
import { keptText, placeOfToken } from './held-token.ts'
import type { NewToken } from './token-answer.ts'
import { findToken, insertToken, storeRenewed, type TokenDraft, type TokenRow } from './tokens.queries.ts'

export const tokenTopic = 'vendor_tokens.changed'

type Kept = Pick<NewToken, 'token' | 'refreshToken' | 'fields'>
type Given = { db: Database; keyring: Keyring }
type Version = { id: string; generation: number; owner: string | null }

/**
 * Seals and stores what a renewal brought.
 *
 * @param startedAt when the vendor was asked, by `performance.now()`
 * @returns undefined where another renewal was first, or the row is gone
 */
export async function storeToken(
  { db, keyring }: Given,
  { id, generation, owner }: Version,
  kept: Kept,
  { livesMs, startedAt }: { livesMs: number | null; startedAt: number },
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

/** Puts a token in the place of whatever there was: one that a person has just consented to. */
export async function putToken(given: Given, draft: Omit<TokenDraft, 'id'>, token: NewToken, startedAt: number): Promise<void> {
  for (;;) {
    await insertToken(given.db, { ...draft, id: newId() })
    const row = await findToken(given.db, draft)
    if (
      row &&
      (await storeToken(given, { id: row.id, generation: row.generation, owner: draft.owner }, token, {
        livesMs: token.livesMs,
        startedAt,
      }))
    )
      return
  }
}
