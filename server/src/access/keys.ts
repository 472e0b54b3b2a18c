import { randomBytes } from 'node:crypto'
import { type Acting, changesBetween, recordAudit } from '../audit/audit.ts'
import type { GrantFields, KeyFields } from '../audit/audit-event.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { defineErrors } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { administratorActor, digestOfKey } from './auth.ts'
import { originsOfWithin } from './callers.ts'
import { grantOf, requireMayKnowKey, requireNoMoreThan, resolveGrantsWithin, setGrantsWithin } from './granting.ts'
import { tellAccessChanged } from './grants.queries.ts'
import { fieldsOfGrant, type Grant } from './grants.ts'
import { keyPrefix } from './key-text.ts'
import {
  endPreviousValueRow,
  endValueRow,
  insertKeyRow,
  type KeyRow,
  type KnownValueRow,
  type ListedKeyRow,
  listKeyRows,
  lockKeyRow,
  lockKeysMadeBy,
  lockKeysMadeSince,
  lockValuesKnownTo,
  revokeKeyRow,
  rotateKeyRow,
} from './keys.queries.ts'
import { type Principal, scopeOf } from './principal.ts'

export const keyError = defineErrors({
  key_not_found: { status: 404, message: 'There is no such API key among those that you manage.', hidesOthers: true },
  key_made_too_deep: {
    status: 409,
    message: 'This key was made by a key that was made by a key, and so on. Make the next one as a person, or with the administrator key.',
  },
})

/** How many keys may stand between a key and a person or the administrator key. */
const maxGeneration = 8
const prefixChars = 12

export type ApiKey = {
  id: string
  name: string
  /** The beginning of the key. */
  prefix: string
  grants: Grant[]
  madeBy: { type: string; id: string; name: string }
  /** Addresses and networks that it is taken from; null is everywhere. */
  addresses: string[] | null
  createdAt: Date
  expiresAt: Date | null
  rotatedAt: Date | null
  /** Until then the key before the last rotation is taken, too. */
  previousValidUntil: Date | null
  revokedAt: Date | null
  /** Who has seen the value that is taken now beside its maker. */
  rotatedBy: { type: string; id: string; name: string } | null
  /** Who rotated it has left: its value is not taken, and the key waits to be rotated. */
  valueEndedAt: Date | null
  lastUsedAt: Date | null
  lastUsedAddress: string | null
  /** Of a command line: where it asked from when it was let in. */
  deviceAddress: string | null
}

export type KeyDraft = { name: string; grants: GrantFields[]; addresses: string[] | null; expiresAt: Date | null }

/** A key together with itself, which is shown once. */
export type MadeKey = ApiKey & { key: string }

function keyOf(row: ListedKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    grants: row.grants.map(grantOf),
    madeBy: { type: row.maker_type, id: row.maker_id, name: row.maker_name },
    addresses: row.addresses,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    rotatedAt: row.rotated_at,
    previousValidUntil: row.previous_valid_until,
    revokedAt: row.revoked_at,
    rotatedBy:
      row.rotator_type === null || row.rotator_id === null
        ? null
        : { type: row.rotator_type, id: row.rotator_id, name: row.rotator_name ?? row.rotator_id },
    valueEndedAt: row.value_ended_at,
    lastUsedAt: row.last_used_at,
    lastUsedAddress: row.last_used_address,
    deviceAddress: row.device_address,
  }
}

function auditedFields({ name, grants, addresses, expiresAt }: ApiKey): KeyFields {
  return { name, grants: grants.map(fieldsOfGrant), addresses, expires_at: expiresAt?.toISOString() ?? null }
}

/** 256 random bits, so that a plain digest is enough to keep. */
function newKey(): { key: string; digest: Buffer; prefix: string } {
  const key = `${keyPrefix}${randomBytes(32).toString('base64url')}`
  return { key, digest: digestOfKey(key), prefix: key.slice(0, prefixChars) }
}

/** Whose keys a principal manages: all, or those that they made. Which keys there are is no organization's. */
function managedBy(principal: Principal): { type: string; id: string } | undefined {
  return scopeOf(principal, 'canManageKeys') === 'allOrganizations' ? undefined : principal.actor
}

/** Newest first. */
export async function listKeys(
  db: Database,
  principal: Principal,
  includeRevoked: boolean,
  page: { beforeId: string | undefined; limit: number },
): Promise<ApiKey[]> {
  return (await listKeyRows(db, { includeRevoked, maker: managedBy(principal) }, page)).map(keyOf)
}

/**
 * Makes a key. What it has is held to what its maker has, now and whenever it is used.
 *
 * @throws validation_failed - there is no such role.
 * @throws forbidden - a grant is more than the maker has.
 * @throws key_made_too_deep
 */
export function createKey(db: Database, acting: Acting, maker: Principal, draft: KeyDraft): Promise<MadeKey> {
  return inScope(db, 'allOrganizations', (transaction) => createKeyWithin(transaction, acting, maker, draft))
}

/**
 * The same as part of what else a transaction does.
 *
 * @param device the digest of the key that a command line will get; not given, a key is made
 */
export async function createKeyWithin(
  transaction: Transaction,
  acting: Acting,
  maker: Principal,
  draft: KeyDraft,
  device?: { digest: Buffer; prefix: string; address: string },
): Promise<MadeKey> {
  const grants = await resolveGrantsWithin(transaction, draft.grants)
  requireNoMoreThan(maker, grants)
  const id = newId()
  const { key, digest, prefix } = device ? { ...device, key: '' } : newKey()
  await insertKeyRow(transaction, {
    id,
    name: draft.name,
    prefix,
    digest,
    maker_type: maker.actor.type,
    maker_id: maker.actor.id,
    maker_name: maker.actor.name,
    generation: await generationAfter(transaction, maker),
    addresses: draft.addresses,
    expires_at: draft.expiresAt,
    is_device: device !== undefined,
    device_address: device?.address ?? null,
    // Of a key that somebody may know beside its maker, they may have made this one.
    knownTo:
      maker.actor.type === 'api_key' && maker.actor.id !== administratorActor.id ? await originsOfWithin(transaction, maker.actor) : [],
  })
  await setGrantsWithin(transaction, { type: 'api_key', id }, grants)
  const made = keyOf((await lockKeyRow(transaction, id)) as ListedKeyRow) // it was inserted above
  await recordKey(transaction, acting, 'api_key.created', made, changesBetween({}, auditedFields(made)))
  return { ...made, key }
}

async function generationAfter(transaction: Transaction, { actor }: Principal): Promise<number> {
  if (actor.type !== 'api_key' || actor.id === administratorActor.id) return 0
  const maker = await lockKeyRow(transaction, actor.id)
  // Revoked between its being let through and now.
  if (!maker || maker.revoked_at) throw keyError('key_not_found', { key_id: actor.id })
  if (maker.generation >= maxGeneration) throw keyError('key_made_too_deep')
  return maker.generation + 1
}

function recordKey(
  transaction: Transaction,
  acting: Acting,
  action: 'api_key.created' | 'api_key.revoked',
  { id, name }: ApiKey,
  changes: ReturnType<typeof changesBetween<KeyFields>>,
): Promise<void> {
  return recordAudit(transaction, acting, { action, organizationId: null, target: { type: 'api_key', id, name }, changes })
}

const isMaker = ({ actor }: Principal, row: KeyRow) => row.maker_type === actor.type && row.maker_id === actor.id

async function lockManagedKey(transaction: Transaction, principal: Principal, id: string): Promise<ListedKeyRow> {
  const row = await lockKeyRow(transaction, id)
  const maker = managedBy(principal)
  const isManaged = row && (!maker || (row.maker_type === maker.type && row.maker_id === maker.id))
  if (!isManaged || row.revoked_at) throw keyError('key_not_found', { key_id: id })
  return row
}

/**
 * Replaces a key by a new one under the same id. The one before is taken for some more time, so that programs can be given the new one.
 *
 * @throws key_not_found
 * @throws forbidden - the key has more than who would get to know it, and they are not its maker.
 */
export function rotateKey(db: Database, acting: Acting, principal: Principal, id: string, overlapMinutes: number): Promise<MadeKey> {
  return inScope(db, 'allOrganizations', (transaction) => rotateKeyWithin(transaction, acting, principal, id, overlapMinutes))
}

/** The same as part of what else a transaction does. */
export async function rotateKeyWithin(
  transaction: Transaction,
  acting: Acting,
  principal: Principal,
  id: string,
  overlapMinutes: number,
): Promise<MadeKey> {
  const before = await lockManagedKey(transaction, principal, id)
  // A key is held to its maker at each use: they get nothing by it that they do not have, whatever it was made with.
  if (!isMaker(principal, before)) requireMayKnowKey(principal, { name: before.name, grants: before.grants.map(grantOf) })
  const { key, digest, prefix } = newKey()
  const after: KeyRow = await rotateKeyRow(transaction, id, {
    ...{ digest, prefix, overlapMinutes, rotator: principal.actor },
    knownTo: await originsOfWithin(transaction, principal.actor),
  })
  await tellAccessChanged(transaction)
  await recordAudit(transaction, acting, {
    action: 'api_key.rotated',
    organizationId: null,
    target: { type: 'api_key', id, name: before.name },
    changes: { prefix: { before: before.prefix, after: prefix } },
  })
  return { ...keyOf({ ...after, grants: before.grants }), key }
}

/** Ends a key, and all that it made, everywhere and at once. @throws key_not_found */
export function revokeKey(db: Database, acting: Acting, principal: Principal, id: string): Promise<void> {
  return inScope(db, 'allOrganizations', (transaction) => revokeKeyWithin(transaction, acting, principal, id))
}

/** The same as part of what else a transaction does. */
export async function revokeKeyWithin(transaction: Transaction, acting: Acting, principal: Principal, id: string): Promise<void> {
  await endKey(transaction, acting, await lockManagedKey(transaction, principal, id))
}

async function endKey(transaction: Transaction, acting: Acting, row: ListedKeyRow): Promise<void> {
  await revokeKeyRow(transaction, row.id)
  const key = keyOf(row)
  const gone = Object.fromEntries(Object.entries(auditedFields(key)).map(([field, before]) => [field, { before, after: null }]))
  await recordKey(transaction, acting, 'api_key.revoked', key, gone)
  await endKeysKnownToWithin(transaction, acting, { type: 'api_key', id: row.id })
  await tellAccessChanged(transaction)
}

/** The keys of the command lines that a principal let in, newest first. */
export async function listDeviceKeys(db: Database, { actor }: Principal): Promise<ApiKey[]> {
  const filter = { includeRevoked: false, maker: actor, isDevice: true }
  return (await listKeyRows(db, filter, { beforeId: undefined, limit: 200 })).map(keyOf)
}

/** Signs out one of them; a command line also itself. @throws key_not_found */
export function revokeDeviceKey(db: Database, acting: Acting, { actor }: Principal, id: string): Promise<void> {
  return inScope(db, 'allOrganizations', async (transaction) => {
    const row = await lockKeyRow(transaction, id)
    const isMakers = row?.maker_type === actor.type && row.maker_id === actor.id
    const isItself = actor.type === 'api_key' && row?.id === actor.id
    if (!row?.is_device || row.revoked_at || !(isMakers || isItself)) throw keyError('key_not_found', { key_id: id })
    await endKey(transaction, acting, row)
  })
}

/**
 * Ends all that a person or a key can still use of keys, for when they are gone: the keys that they made, with what these made; and of other
 * keys the values that they have seen by rotating them. Such a key stays, and waits for who may to rotate it.
 */
export async function endKeysKnownToWithin(transaction: Transaction, acting: Acting, gone: { type: string; id: string }): Promise<void> {
  await endKeys(transaction, acting, await lockKeysMadeBy(transaction, gone))
  for (const known of await lockValuesKnownTo(transaction, gone)) await endKnownValue(transaction, acting, known)
  await tellAccessChanged(transaction)
}

async function endKeys(transaction: Transaction, acting: Acting, keys: readonly { id: string }[]): Promise<void> {
  for (const { id } of keys) {
    const row = await lockKeyRow(transaction, id)
    // It may have ended with another of them.
    if (row && !row.revoked_at) await endKey(transaction, acting, row)
  }
}

/** Ends a value of a key, and what may have been done with it since somebody knew it: keys that it made, and values that it has seen. */
async function endKnownValue(transaction: Transaction, acting: Acting, { id, name, prefix, ...known }: KnownValueRow): Promise<void> {
  if (known.is_current) await endValueRow(transaction, id)
  else await endPreviousValueRow(transaction, id)
  await recordAudit(transaction, acting, {
    action: 'api_key.value_ended',
    organizationId: null,
    target: { type: 'api_key', id, name },
    changes: known.is_current ? { prefix: { before: prefix, after: null } } : {},
  })
  await endKeys(transaction, acting, await lockKeysMadeSince(transaction, id, known.known_since))
  for (const other of await lockValuesKnownTo(transaction, { type: 'api_key', id }))
    if (other.known_since >= known.known_since) await endKnownValue(transaction, acting, other)
}
