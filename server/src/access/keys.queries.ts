import { type Database, inScope, readInScope, type Sql, sql, type Transaction } from '../platform/database/database.ts'
import { type GrantRow, selectGrants } from './grants.queries.ts'

export type KeyRow = {
  id: string
  name: string
  prefix: string
  previous_valid_until: Date | null
  maker_type: string
  maker_id: string
  maker_name: string
  generation: number
  addresses: string[] | null
  created_at: Date
  expires_at: Date | null
  rotated_at: Date | null
  revoked_at: Date | null
  /** Who has seen its value beside its maker; null where nobody has rotated it. */
  rotator_type: string | null
  rotator_id: string | null
  rotator_name: string | null
  /** Who rotated it has left, and its value with them. */
  value_ended_at: Date | null
  last_used_at: Date | null
  last_used_address: string | null
  /** Of a command line that its maker let in. */
  is_device: boolean
  /** Where it asked from then; null of other keys, and of those before this was kept. */
  device_address: string | null
}
export type ListedKeyRow = KeyRow & { grants: GrantRow[] }

/** A key, or one of those that it was made by; its own comes first. `maker_grants` where a person made it. */
export type ChainRow = Pick<
  KeyRow,
  'id' | 'name' | 'maker_type' | 'maker_id' | 'maker_name' | 'addresses' | 'expires_at' | 'revoked_at'
> & {
  /** Where the key that was looked for is the one before a rotation. */
  valid_until: Date | null
  /** Of the value that was looked for. */
  is_value_over: boolean
  grants: GrantRow[]
  maker_grants: GrantRow[] | null
  /** Who may know the value beside its maker; of the keys that it was made by, each value that is taken. */
  known_to: { type: string; id: string; grants: GrantRow[] }[]
  /** The same of values that are not taken any more, with when that ended. */
  once_known_to: { type: string; id: string; until: string }[]
}

const columns = sql`id, name, prefix, previous_valid_until, maker_type, maker_id, maker_name, generation, addresses, created_at, expires_at,
  rotated_at, revoked_at, rotator_type, rotator_id, rotator_name, value_ended_at, last_used_at, last_used_address, is_device, device_address`

const knownToOf = (key: Sql): Sql =>
  sql`${key}.known_to || case when ${key}.previous_valid_until > now() then ${key}.previous_known_to else '[]'::jsonb end`

const chainFrom = (condition: Sql, validUntil: Sql, isValueOver: Sql, knownTo: Sql): Sql => sql`
  with recursive chain as (
    select k.id, k.name, k.maker_type, k.maker_id, k.maker_name, k.addresses, k.expires_at, k.revoked_at, ${validUntil} as valid_until,
      ${isValueOver} as is_value_over, ${knownTo} as known_to,
      k.once_known_to, 0 as distance
    from api_keys k where ${condition}
    union all
    select m.id, m.name, m.maker_type, m.maker_id, m.maker_name, m.addresses, m.expires_at, m.revoked_at, null, false, ${knownToOf(sql`m`)},
      m.once_known_to, c.distance + 1
    from chain c join api_keys m on c.maker_type = 'api_key' and c.maker_id = m.id::text
    where c.distance < 20)
  select id, name, maker_type, maker_id, maker_name, addresses, expires_at, revoked_at, valid_until, is_value_over, once_known_to,
    ${selectGrants(sql`'api_key'`, sql`chain.id::text`)} as grants,
    case when maker_type = 'person' then ${selectGrants(sql`'person'`, sql`chain.maker_id`)} end as maker_grants,
    (select coalesce(jsonb_agg(jsonb_build_object('type', w ->> 'type', 'id', w ->> 'id',
      'grants', ${selectGrants(sql`w ->> 'type'`, sql`w ->> 'id'`)})), '[]') from jsonb_array_elements(chain.known_to) w) as known_to
  from chain order by distance`

/** A key by what was sent, with those that it was made by. */
export function findKeyChain(db: Database, digest: Buffer): Promise<ChainRow[]> {
  const isThis = sql`k.key_digest = ${digest} or k.previous_digest = ${digest}`
  const validUntil = sql`case when k.previous_digest = ${digest} then k.previous_valid_until end`
  return readInScope<ChainRow>(
    db,
    'allOrganizations',
    chainFrom(
      isThis,
      validUntil,
      sql`k.key_digest = ${digest} and k.value_ended_at is not null`,
      sql`case when k.key_digest = ${digest} then k.known_to else k.previous_known_to end`,
    ),
  )
}

/** The same by its id, which may be any text. */
export function findKeyChainById(transaction: Transaction, id: string): Promise<ChainRow[]> {
  return transaction.query<ChainRow>(chainFrom(sql`k.id::text = ${id}`, sql`null::timestamptz`, sql`false`, knownToOf(sql`k`)))
}

/** Who may know a value of a key: a person, or a key of the installation. */
export type Knower = { type: string; id: string }

export async function insertKeyRow(
  transaction: Transaction,
  key: Pick<
    KeyRow,
    | 'id'
    | 'name'
    | 'prefix'
    | 'maker_type'
    | 'maker_id'
    | 'maker_name'
    | 'generation'
    | 'addresses'
    | 'expires_at'
    | 'is_device'
    | 'device_address'
  > & {
    digest: Buffer
    knownTo: readonly Knower[]
  },
): Promise<void> {
  await transaction.query(sql`
    insert into api_keys (id, name, prefix, key_digest, maker_type, maker_id, maker_name, generation, addresses, expires_at, is_device, device_address,
      known_to)
    values (${key.id}, ${key.name}, ${key.prefix}, ${key.digest}, ${key.maker_type}, ${key.maker_id}, ${key.maker_name}, ${key.generation},
      ${key.addresses}, ${key.expires_at}, ${key.is_device}, ${key.device_address}, ${JSON.stringify(key.knownTo)}::jsonb)`)
}

export type KeyFilter = { includeRevoked: boolean; maker: { type: string; id: string } | undefined; isDevice?: boolean }

/** Newest first. */
export function listKeyRows(
  db: Database,
  { includeRevoked, maker, isDevice = false }: KeyFilter,
  { beforeId, limit }: { beforeId: string | undefined; limit: number },
): Promise<ListedKeyRow[]> {
  return readInScope<ListedKeyRow>(
    db,
    'allOrganizations',
    sql`
    select ${columns}, ${selectGrants(sql`'api_key'`, sql`api_keys.id::text`)} as grants from api_keys
    where ${includeRevoked ? sql`true` : sql`revoked_at is null`}
      and ${maker ? sql`maker_type = ${maker.type} and maker_id = ${maker.id}` : sql`true`}
      and ${isDevice ? sql`is_device and (expires_at is null or expires_at > now())` : sql`true`}
      and ${beforeId ? sql`id < ${beforeId}` : sql`true`}
    order by id desc limit ${limit}`,
  )
}

export async function lockKeyRow(transaction: Transaction, id: string): Promise<ListedKeyRow | undefined> {
  const rows = await transaction.query<KeyRow>(sql`select ${columns} from api_keys where id = ${id} for update`)
  const [given] = await transaction.query<{ grants: GrantRow[] }>(sql`select ${selectGrants(sql`'api_key'`, sql`${id}`)} as grants`)
  return rows[0] && { ...rows[0], grants: given?.grants ?? [] }
}

export async function rotateKeyRow(
  transaction: Transaction,
  id: string,
  fresh: { digest: Buffer; prefix: string; overlapMinutes: number; rotator: Knower & { name: string }; knownTo: readonly Knower[] },
): Promise<KeyRow> {
  // A value that has ended is not taken any longer for a rotation.
  const hasOverlap = sql`${fresh.overlapMinutes}::int > 0 and value_ended_at is null`
  const rows = await transaction.query<KeyRow>(sql`
    update api_keys set previous_digest = case when ${hasOverlap} then key_digest end,
      previous_valid_until = case when ${hasOverlap} then now() + make_interval(mins => ${fresh.overlapMinutes}::int) end,
      previous_rotator_type = case when ${hasOverlap} then rotator_type end, previous_rotator_id = case when ${hasOverlap} then rotator_id end,
      previous_since = case when ${hasOverlap} then coalesce(rotated_at, created_at) end,
      once_known_to = (
        select coalesce(jsonb_agg(one), '[]') from (
          select one from jsonb_array_elements(once_known_to) one where (one ->> 'until')::timestamptz > now() - interval '800 days'
          union all
          select one || jsonb_build_object('until', coalesce(value_ended_at, now() + make_interval(mins => ${fresh.overlapMinutes}::int)))
          from jsonb_array_elements(known_to) one) kept),
      previous_known_to = case when ${hasOverlap} then known_to else '[]' end, known_to = ${JSON.stringify(fresh.knownTo)}::jsonb,
      key_digest = ${fresh.digest}, prefix = ${fresh.prefix}, rotated_at = now(), value_ended_at = null,
      rotator_type = ${fresh.rotator.type}, rotator_id = ${fresh.rotator.id}, rotator_name = ${fresh.rotator.name}
    where id = ${id} returning ${columns}`)
  return rows[0] as KeyRow // its row is locked by this transaction
}

export async function revokeKeyRow(transaction: Transaction, id: string): Promise<void> {
  await transaction.query(sql`update api_keys set revoked_at = now() where id = ${id} and revoked_at is null`)
}

/** The keys that a person or a key made and that are not revoked. */
export async function lockKeysMadeBy(transaction: Transaction, maker: { type: string; id: string }): Promise<{ id: string }[]> {
  return transaction.query<{ id: string }>(sql`
    select id from api_keys where maker_type = ${maker.type} and maker_id = ${maker.id} and revoked_at is null order by id for update`)
}

/** A key with a value that somebody knows who rotated it. */
export type KnownValueRow = { id: string; name: string; prefix: string; is_current: boolean; known_since: Date }

/** The values of keys, the one before in its overlap too, that a person or a key has seen by rotating, of keys that are not revoked. */
export async function lockValuesKnownTo(transaction: Transaction, rotator: { type: string; id: string }): Promise<KnownValueRow[]> {
  return transaction.query<KnownValueRow>(sql`
    select id, name, prefix, rotator.is_current, rotator.known_since from api_keys
    cross join lateral (
      select true as is_current, rotated_at as known_since where rotator_type = ${rotator.type} and rotator_id = ${rotator.id} and value_ended_at is null
      union all
      select false, previous_since where previous_rotator_type = ${rotator.type} and previous_rotator_id = ${rotator.id}
        and previous_digest is not null) as rotator
    where revoked_at is null
      and (rotator_type = ${rotator.type} and rotator_id = ${rotator.id} or previous_rotator_type = ${rotator.type} and previous_rotator_id = ${rotator.id})
    order by id for update of api_keys`)
}

/** Ends the value that is taken now: its digest stays, so that who comes with it is told why. */
export async function endValueRow(transaction: Transaction, id: string): Promise<void> {
  await transaction.query(sql`update api_keys set value_ended_at = now() where id = ${id}`)
}

/** Ends the value before, which was taken until its overlap is over. */
export async function endPreviousValueRow(transaction: Transaction, id: string): Promise<void> {
  await transaction.query(sql`
    update api_keys set previous_digest = null, previous_valid_until = null, previous_rotator_type = null, previous_rotator_id = null, previous_since = null,
      previous_known_to = '[]'
    where id = ${id}`)
}

/** What was done with a key since somebody knew its value: the keys that it made. */
export async function lockKeysMadeSince(transaction: Transaction, makerId: string, since: Date): Promise<{ id: string }[]> {
  return transaction.query<{ id: string }>(sql`
    select id from api_keys where maker_type = 'api_key' and maker_id = ${makerId} and created_at >= ${since} and revoked_at is null
    order by id for update`)
}

/** Of one key once a minute, whichever processes it is used in. */
export async function touchKeyRow(db: Database, id: string, address: string | null): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query(sql`
      update api_keys set last_used_at = now(), last_used_address = ${address}
      where id = ${id} and (last_used_at is null or last_used_at < now() - interval '1 minute' or last_used_address is distinct from ${address})`),
  )
}

/** True where it is the first use from there in this hour. */
export async function noteAdminKeyUse(transaction: Transaction, address: string): Promise<boolean> {
  const rows = await transaction.query<{ is_first: boolean }>(sql`
    insert into admin_key_uses (address, hour) values (${address}, date_trunc('hour', now()))
    on conflict (address, hour) do update set last_used_at = now()
    returning xmax = 0 as is_first`)
  return rows[0]?.is_first ?? false
}

export async function deleteOldAdminKeyUses(transaction: Transaction): Promise<void> {
  await transaction.query(sql`delete from admin_key_uses where last_used_at < now() - interval '90 days'`)
}

export async function findLastAdminKeyUse(db: Database): Promise<{ address: string; last_used_at: Date } | undefined> {
  const rows = await readInScope<{ address: string; last_used_at: Date }>(
    db,
    'allOrganizations',
    sql`select address, last_used_at from admin_key_uses order by last_used_at desc limit 1`,
  )
  return rows[0]
}
