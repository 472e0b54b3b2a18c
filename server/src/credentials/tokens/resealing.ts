import type { ResealMore } from '../../values/secrets/rotation.ts'
import { resealDataKey } from '../../values/secrets/sealing.ts'
import { placeOfToken } from './held-token.ts'
import { emptyTokens, lockTokensUnder, resealTokens } from './tokens.queries.ts'

/** Moves tokens to another master key. One that cannot be opened is of no use to anyone, and had again. */
export const resealVendorTokens: ResealMore = async (transaction, from, to, limit) => {
  const rows = await lockTokensUnder(transaction, from.id, limit)
  const resealed: { id: string; sealedDataKey: Buffer }[] = []
  const unreadable: string[] = []
  for (const { id, organization_id, sealed_data_key } of rows) {
    const sealedDataKey = resealDataKey(from, to, placeOfToken(id, organization_id), sealed_data_key)
    if (sealedDataKey) resealed.push({ id, sealedDataKey })
    else unreadable.push(id)
  }
  if (resealed.length > 0) await resealTokens(transaction, to.id, resealed)
  if (unreadable.length > 0) await emptyTokens(transaction, unreadable)
  return rows.length > 0
}
