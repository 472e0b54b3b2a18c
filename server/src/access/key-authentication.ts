import type { Database, Transaction } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { addressList, isIn, sourceOf } from '../platform/http/addresses.ts'
import { afterwards, type Soon } from '../platform/soon.ts'
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

/** A person, or a key that the installation made, who stands behind a key. */
export type Behind = { type: 'person' | 'api_key'; id: string }

const earliest = (dates: readonly (Date | null)[]) =>
  dates.reduce((first, date) => (first === null || (date !== null && date < first) ? date : first), null)

/** Who is at the beginning of a chain: the person who made the first of its keys; that key itself, where the installation made it. */
function makerOf(chain: readonly ChainRow[]): Behind | undefined {
  const first = chain.at(-1)
  if (!first) return undefined
  return first.maker_type === 'person' ? { type: 'person', id: first.maker_id } : { type: 'api_key', id: first.id }
}

/** Who may know the value of the first key of a chain beside those who made it. What the installation made, it knows. */
function othersOf(chain: readonly ChainRow[]): (Behind & { grants: ChainRow['grants'] })[] {
  const maker = makerOf(chain)
  const isOfMakers = ({ type, id }: { type: string; id: string }) =>
    (type === maker?.type && id === maker.id) ||
    (type === 'api_key' && (id === administratorActor.id || chain.some((row) => row.id === id)))
  return (chain[0]?.known_to ?? []).flatMap(({ type, id, grants }) =>
    isOfMakers({ type, id }) ? [] : [{ type: type === 'person' ? 'person' : 'api_key', id, grants }],
  )
}

/**
 * All who are behind a key, by its id: its first maker, and who may know a value of it or of a key that it was made by.
 *
 * @param since of what was started with it then: also who knew a value that was taken after that
 */
export async function behindKeyWithin(transaction: Transaction, id: string, since?: Date): Promise<[Behind, ...Behind[]]> {
  const chain = await findKeyChainById(transaction, id)
  const maker = makerOf(chain) ?? { type: 'api_key', id }
  const others = chain.flatMap(({ known_to, once_known_to }) => [
    ...known_to,
    ...(since ? once_known_to.filter(({ until }) => new Date(until) >= since) : []),
  ])
  const isInstallations = maker.type === 'api_key'
  const behind = new Map([[`${maker.type} ${maker.id}`, maker]])
  for (const { type, id: other } of others)
    if (!(isInstallations && other === administratorActor.id))
      behind.set(`${type} ${other}`, { type: type === 'person' ? 'person' : 'api_key', id: other })
  return [...behind.values()] as [Behind, ...Behind[]] // the maker is the first
}

/** Who a key speaks for, from itself to the first that no key made. */
function identityOf([row, ...makers]: readonly ChainRow[]): Identity | undefined {
  if (!row) return undefined
  const identity: Identity = {
    actor: { type: 'api_key', id: row.id, name: row.name },
    grants: row.grants.map(grantOf),
    knownTo: othersOf([row, ...makers]).map(({ type, id, grants }) => ({ actor: { type, id, name: id }, grants: grants.map(grantOf) })),
  }
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
  authenticate(
    key: string,
    request: { address?: string; isFollowing?: boolean; keyDigest?: Buffer | undefined },
  ): Soon<Identity | undefined>
  close(): void
}

/** Looks keys up, which costs a statement now and then. */
export function keyAuthentication({ db, notifications }: { db: Database; notifications: Notifications }): KeyAuthentication {
  const known = rememberAccess<KnownKey>({ db, notifications })
  return {
    authenticate(text, { address, isFollowing = false, keyDigest: digest = digestOfKey(text) }) {
      return afterwards(
        known.get(digest.toString('latin1'), async () => knownKeyOf(await findKeyChain(db, digest))),
        (key) => {
          if (!key) return undefined
          const identity = validIdentity(key)
          if (!key.isFrom(address)) throw keyUseError('key_address_refused')
          if (!isFollowing) touch(db, key, address === undefined ? null : sourceOf(address))
          return identity
        },
      )
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
