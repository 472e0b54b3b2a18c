import type { Database, Transaction } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { addressList, isIn, sourceOf } from '../platform/http/addresses.ts'
import { administratorActor, digestOfKey } from './auth.ts'
import { keyUseError } from './auth-errors.ts'
import { grantOf } from './granting.ts'
import { type ChainRow, findKeyChain, findKeyChainById, touchKeyRow } from './keys.queries.ts'
import type { Identity } from './principal.ts'
import { rememberAccess } from './remembered.ts'

const touchMs = 60_000

/** A key as it was looked up: for how long it is taken, and from where. */
export type KnownKey = {
  id: string
  identity: Identity
  /** Null: until it is revoked. */
  validUntil: Date | null
  isRevoked: boolean
  /** Who rotated it has left, and this value with them. */
  isValueOver: boolean
  isFrom: (address: string | undefined) => boolean
  lastTouch: { at: number; address: string | null } | undefined
}

const earliest = (dates: readonly (Date | null)[]) =>
  dates.reduce((first, date) => (first === null || (date !== null && date < first) ? date : first), null)

/** Who a key speaks for, from itself to the first that no key made. */
function identityOf([row, ...makers]: readonly ChainRow[]): Identity | undefined {
  if (!row) return undefined
  const identity: Identity = { actor: { type: 'api_key', id: row.id, name: row.name }, grants: row.grants.map(grantOf) }
  // A maker that is not there any more has nothing to give.
  if (row.maker_type === 'api_key' && row.maker_id !== administratorActor.id && makers.length === 0) return { ...identity, grants: [] }
  const cappedBy =
    row.maker_type === 'person'
      ? { actor: { type: 'person' as const, id: row.maker_id, name: row.maker_name }, grants: (row.maker_grants ?? []).map(grantOf) }
      : identityOf(makers)
  return cappedBy ? { ...identity, cappedBy } : identity
}

function knownKeyOf(chain: readonly ChainRow[]): KnownKey | undefined {
  const identity = identityOf(chain)
  const [row] = chain
  if (!identity || !row) return undefined
  // Those of its makers, too: who may ask from some places alone makes no key for others.
  const lists = chain.flatMap(({ addresses }) => (addresses ? [addressList(addresses)] : [])).filter((list) => list !== undefined)
  return {
    id: row.id,
    identity,
    validUntil: earliest(chain.flatMap(({ expires_at, valid_until }) => [expires_at, valid_until])),
    isRevoked: chain.some(({ revoked_at }) => revoked_at !== null),
    isValueOver: row.is_value_over,
    isFrom: (address) => lists.every((list) => isIn(list, address)),
    lastTouch: undefined,
  }
}

/** The identity of a key that is valid now. @throws key_revoked, key_value_ended, key_expired */
function validIdentity({ identity, isRevoked, isValueOver, validUntil }: KnownKey): Identity {
  if (isRevoked) throw keyUseError('key_revoked')
  if (isValueOver) throw keyUseError('key_value_ended')
  if (validUntil && validUntil <= new Date()) throw keyUseError('key_expired')
  return identity
}

/** A key by its id, for what was started with it: undefined where it has ended. */
export async function findKeyIdentityWithin(transaction: Transaction, id: string): Promise<Identity | undefined> {
  const key = knownKeyOf(await findKeyChainById(transaction, id))
  if (!key || key.isRevoked || (key.validUntil && key.validUntil <= new Date())) return undefined
  return key.identity
}

export type KeyAuthentication = {
  /** @throws key_revoked, key_value_ended, key_expired, key_address_refused */
  authenticate(key: string, request: { address?: string; isFollowing?: boolean; keyDigest?: Buffer }): Promise<Identity | undefined>
  close(): void
}

/** Looks keys up, which costs a statement now and then. */
export function keyAuthentication({ db, notifications }: { db: Database; notifications: Notifications }): KeyAuthentication {
  const known = rememberAccess<KnownKey>(notifications)
  return {
    async authenticate(text, { address, isFollowing = false, keyDigest: digest = digestOfKey(text) }) {
      const key = await known.get(digest.toString('latin1'), async () => knownKeyOf(await findKeyChain(db, digest)))
      if (!key) return undefined
      const identity = validIdentity(key)
      if (!key.isFrom(address)) throw keyUseError('key_address_refused')
      if (!isFollowing) touch(db, key, address === undefined ? null : sourceOf(address))
      return identity
    },
    close: () => known.close(),
  }
}

/** Nobody waits for it, and where it cannot be written, as on a standby, the key is used all the same. */
function touch(db: Database, key: KnownKey, address: string | null): void {
  const now = Date.now()
  if (key.lastTouch && key.lastTouch.address === address && now - key.lastTouch.at < touchMs) return
  key.lastTouch = { at: now, address }
  touchKeyRow(db, key.id, address).catch(() => {})
}
