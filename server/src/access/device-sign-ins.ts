import { createHash, randomBytes, randomInt } from 'node:crypto'
import { type Acting, recordAudit } from '../audit/audit.ts'
import { type Database, inScope } from '../platform/database/database.ts'
import { defineErrors } from '../platform/errors.ts'
import { sourceOf } from '../platform/http/addresses.ts'
import { administratorActor, digestOfKey } from './auth.ts'
import {
  type DeviceRow,
  decideDevice,
  deleteDevice,
  deleteOldDevices,
  findWaitingDevice,
  insertDevice,
  listWaitingAddresses,
  lockDevice,
  lockWaitingDevice,
  noteAsked,
} from './device-sign-ins.queries.ts'
import { fieldsOfGrant } from './grants.ts'
import { keyPrefix } from './key-text.ts'
import { createKeyWithin } from './keys.ts'
import type { Principal } from './principal.ts'
import { attemptError } from './sign-in-limits.ts'

// The first five are the codes of RFC 8628, section 3.5.
export const deviceError = defineErrors({
  authorization_pending: { status: 400, message: 'Nobody has confirmed it yet. Ask again after the interval.' },
  slow_down: { status: 400, message: 'This asks too often. Wait for the interval in the details before asking again.' },
  expired_token: { status: 400, message: 'It took too long, or was used already. Begin again with: crosswalk login.' },
  access_denied: { status: 400, message: 'The sign-in was refused in the browser.' },
  device_code_not_found: {
    status: 404,
    message: 'No command line waits with this code. Compare it with what the command shows, or run crosswalk login again.',
  },
  device_needs_person: {
    status: 403,
    message: 'Only who has signed in in a browser confirms a command line. Sign in there, and open the address again.',
  },
})

const minutes = 10
const keyDays = 90
/** What the administrator key let in belongs to no person who could leave, or look through what they let in. */
const administratorKeyHours = 12
const intervalSeconds = 5
const maxIntervalSeconds = 60
const maxWaitingOfAddress = 20
const maxWaiting = 1_000
/** No vowels, so that no word comes of it, and nothing that looks like something else. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ'

const digestOf = (deviceCode: string) => createHash('sha256').update(`device ${deviceCode}`).digest()

/** The key that belongs to a device code: made of it, so that it is kept nowhere between the confirmation and the program's next question. */
function keyOf(deviceCode: string): string {
  return `${keyPrefix}${createHash('sha256').update(`key ${deviceCode}`).digest('base64url')}`
}

export type StartedDevice = { deviceCode: string; userCode: string; expiresInSeconds: number; intervalSeconds: number }

/**
 * Begins the sign-in of a command line. Nothing is allowed by it.
 *
 * @throws too_many_attempts - so many wait already, from that address or in all.
 */
export function startDevice(db: Database, { clientName, address }: { clientName: string; address: string }): Promise<StartedDevice> {
  const deviceCode = randomBytes(32).toString('base64url')
  const userCode = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')
  const key = keyOf(deviceCode)
  return inScope(db, 'allOrganizations', async (transaction) => {
    await deleteOldDevices(transaction)
    const waiting = await listWaitingAddresses(transaction, maxWaiting)
    // Who has a network of IPv6 has more addresses in it than there are places.
    const own = waiting.filter((one) => sourceOf(one) === sourceOf(address))
    if (own.length >= maxWaitingOfAddress || waiting.length >= maxWaiting)
      throw attemptError('too_many_attempts', { retry_after_seconds: 60 })
    await insertDevice(transaction, {
      device_digest: digestOf(deviceCode),
      user_code: userCode,
      key_digest: digestOfKey(key),
      key_prefix: key.slice(0, 12),
      client_name: clientName,
      address,
      interval_seconds: intervalSeconds,
      minutes,
    })
    return { deviceCode, userCode, expiresInSeconds: minutes * 60, intervalSeconds }
  })
}

/**
 * What the command line asks until somebody has decided. It gets its key once.
 *
 * @throws authorization_pending, slow_down, expired_token, access_denied
 */
export async function askDevice(db: Database, deviceCode: string): Promise<{ key: string }> {
  const digest = digestOf(deviceCode)
  // What is refused is written down, too: so the refusal is thrown behind the transaction.
  const answer = await inScope(db, 'allOrganizations', async (transaction) => {
    const device = await lockDevice(transaction, digest)
    if (!device || device.is_over) return deviceError('expired_token')
    if (device.state === 'pending') {
      const wait = device.is_too_soon ? Math.min(device.interval_seconds + intervalSeconds, maxIntervalSeconds) : device.interval_seconds
      await noteAsked(transaction, digest, wait)
      return deviceError(device.is_too_soon ? 'slow_down' : 'authorization_pending', { interval: wait })
    }
    await deleteDevice(transaction, digest)
    return device.state === 'denied' ? deviceError('access_denied') : { key: keyOf(deviceCode) }
  })
  if ('key' in answer) return answer
  throw answer
}

/** A code as it was typed: in any case, with or without the dash. */
const plainCode = (text: string) => text.toUpperCase().replaceAll(/[^A-Z]/g, '')

/** @throws device_needs_person */
function requirePerson({ actor }: Principal): void {
  if (actor.type !== 'person' && actor.id !== administratorActor.id) throw deviceError('device_needs_person')
}

/** What waits under a code; undefined where nothing does. @throws device_needs_person */
export function findDevice(db: Database, principal: Principal, code: string): Promise<DeviceRow | undefined> {
  requirePerson(principal)
  return findWaitingDevice(db, plainCode(code))
}

/**
 * Lets a command line in, as the one who confirms it: it gets a key with their grants, which never has more than they have.
 *
 * @throws device_code_not_found, device_needs_person
 */
export function approveDevice(db: Database, acting: Acting, principal: Principal, code: string, now: Date): Promise<void> {
  requirePerson(principal)
  return inScope(db, 'allOrganizations', async (transaction) => {
    const device = await lockWaitingDevice(transaction, plainCode(code))
    if (!device) throw deviceError('device_code_not_found')
    const draft = {
      name: `Command line: ${device.client_name}`,
      grants: (principal.grants ?? []).map(fieldsOfGrant),
      addresses: null,
      expiresAt: new Date(now.getTime() + (principal.actor.type === 'person' ? keyDays * 24 : administratorKeyHours) * 3_600_000),
    }
    const { id } = await createKeyWithin(transaction, acting, principal, draft, {
      digest: device.key_digest,
      prefix: device.key_prefix,
      address: device.address,
    })
    await decideDevice(transaction, device.user_code, 'approved', id)
    await recordAudit(transaction, acting, {
      action: 'device.approved',
      organizationId: null,
      target: { type: 'device', id, name: device.client_name, address: device.address },
      changes: {},
    })
  })
}

/** Keeps a command line out. @throws device_code_not_found, device_needs_person */
export function denyDevice(db: Database, acting: Acting, principal: Principal, code: string): Promise<void> {
  requirePerson(principal)
  return inScope(db, 'allOrganizations', async (transaction) => {
    const device = await lockWaitingDevice(transaction, plainCode(code))
    if (!device) throw deviceError('device_code_not_found')
    await decideDevice(transaction, device.user_code, 'denied', null)
    await recordAudit(transaction, acting, {
      action: 'device.denied',
      organizationId: null,
      target: { type: 'device', id: device.user_code, name: device.client_name, address: device.address },
      changes: {},
    })
  })
}
