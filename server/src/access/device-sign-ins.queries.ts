import { type Database, readInScope, sql, type Transaction } from '../platform/database/database.ts'

export type DeviceRow = {
  user_code: string
  key_digest: Buffer
  key_prefix: string
  client_name: string
  address: string
  state: 'pending' | 'approved' | 'denied'
  key_id: string | null
  created_at: Date
  expires_at: Date
  interval_seconds: number
  is_over: boolean
  is_too_soon: boolean
}

const columns = sql`user_code, key_digest, key_prefix, client_name, address, state, key_id, created_at, expires_at, interval_seconds,
  expires_at <= now() as is_over,
  coalesce(last_asked_at > now() - make_interval(secs => interval_seconds), false) as is_too_soon`

export async function deleteOldDevices(transaction: Transaction): Promise<void> {
  await transaction.query(sql`delete from device_sign_ins where expires_at < now() - interval '1 hour'`)
}

/** Where those that wait came from, one row each. */
export async function listWaitingAddresses(transaction: Transaction, limit: number): Promise<string[]> {
  const rows = await transaction.query<{ address: string }>(
    sql`select address from device_sign_ins where state = 'pending' and expires_at > now() limit ${limit}`,
  )
  return rows.map(({ address }) => address)
}

type NewDevice = Pick<DeviceRow, 'user_code' | 'key_digest' | 'key_prefix' | 'client_name' | 'address' | 'interval_seconds'> & {
  device_digest: Buffer
  minutes: number
}

export async function insertDevice(transaction: Transaction, device: NewDevice): Promise<void> {
  await transaction.query(sql`
    insert into device_sign_ins (device_digest, user_code, key_digest, key_prefix, client_name, address, state, expires_at, interval_seconds)
    values (${device.device_digest}, ${device.user_code}, ${device.key_digest}, ${device.key_prefix}, ${device.client_name}, ${device.address},
      'pending', now() + make_interval(mins => ${device.minutes}::int), ${device.interval_seconds})`)
}

export async function lockDevice(transaction: Transaction, digest: Buffer): Promise<DeviceRow | undefined> {
  const [row] = await transaction.query<DeviceRow>(sql`select ${columns} from device_sign_ins where device_digest = ${digest} for update`)
  return row
}

export async function noteAsked(transaction: Transaction, digest: Buffer, intervalSeconds: number): Promise<void> {
  await transaction.query(sql`
    update device_sign_ins set last_asked_at = now(), interval_seconds = ${intervalSeconds} where device_digest = ${digest}`)
}

export async function deleteDevice(transaction: Transaction, digest: Buffer): Promise<void> {
  await transaction.query(sql`delete from device_sign_ins where device_digest = ${digest}`)
}

/** What waits for a person to confirm it, and has not been forgotten about. */
export async function findWaitingDevice(db: Database, userCode: string): Promise<DeviceRow | undefined> {
  const [row] = await readInScope<DeviceRow>(
    db,
    'allOrganizations',
    sql`select ${columns} from device_sign_ins where user_code = ${userCode} and state = 'pending' and expires_at > now()`,
  )
  return row
}

export async function lockWaitingDevice(transaction: Transaction, userCode: string): Promise<DeviceRow | undefined> {
  const [row] = await transaction.query<DeviceRow>(sql`
    select ${columns} from device_sign_ins where user_code = ${userCode} and state = 'pending' and expires_at > now() for update`)
  return row
}

export async function decideDevice(
  transaction: Transaction,
  userCode: string,
  state: 'approved' | 'denied',
  keyId: string | null,
): Promise<void> {
  await transaction.query(sql`update device_sign_ins set state = ${state}, key_id = ${keyId} where user_code = ${userCode}`)
}
