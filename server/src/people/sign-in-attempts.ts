import { createHash } from 'node:crypto'
import { type Attempting, attemptError } from '../access/sign-in-limits.ts'
import type { Database } from '../platform/database/database.ts'
import { sourceOf } from '../platform/http/addresses.ts'
import { countAttempts, forgiveAttempts } from './sign-in-attempts.queries.ts'

const windowMinutes = 15
/** More than a person mistypes, and far too few to guess. */
export const maxFailuresOfAccount = 10
/** Many people may come from one office. */
export const maxFailuresOfAddress = 100
/** A sign-on that succeeds asks twice, and is not counted then. */
export const maxAskingOfAddress = 200

type Given = { db: Database; onRefused: Attempting['onRefused'] }

/** Addresses of people are kept as digests here: a person who types one wrong may type a password. */
const subjectOf = (account: string) => `account ${createHash('sha256').update(account).digest('base64url')}`

/**
 * Counts an attempt of an account and an address, whatever comes of it.
 *
 * @param account what it is for: words of ours, and an e-mail address in lower case or the id of a person
 * @returns what of it is taken back where the attempt succeeds
 * @throws too_many_attempts
 */
export async function countOneAttempt({ db, onRefused }: Given, account: string, address: string): Promise<{ all: string; last: string }> {
  const subjects = { all: subjectOf(account), last: `address ${sourceOf(address)}` }
  const counted = await countAttempts(db, [subjects.all, subjects.last], windowMinutes * 60)
  for (const { subject, failures, wait_seconds: waitSeconds } of counted) {
    if (failures <= (subject === subjects.all ? maxFailuresOfAccount : maxFailuresOfAddress)) continue
    throw limited(onRefused, address, waitSeconds)
  }
  return subjects
}

function limited(onRefused: Given['onRefused'], address: string, waitSeconds: number) {
  onRefused('session.limited', address)
  const minutes = Math.max(1, Math.ceil(waitSeconds / 60))
  return attemptError(
    'too_many_attempts',
    { retry_after_seconds: Math.max(1, waitSeconds) },
    `Too many attempts to sign in failed. Wait ${minutes === 1 ? 'a minute' : `${minutes} minutes`}, then try again.`,
  )
}

/**
 * Counts what an address has the provider of the single sign-on asked for: each asks it several times, and nobody is known yet.
 *
 * @returns takes back what the address has been counted, where it signs somebody in
 * @throws too_many_attempts
 */
export async function countAskingProvider({ db, onRefused }: Given, address: string): Promise<() => Promise<void>> {
  const subject = `single sign-on from ${sourceOf(address)}`
  const [counted] = await countAttempts(db, [subject], windowMinutes * 60)
  if (counted && counted.failures > maxAskingOfAddress) throw limited(onRefused, address, counted.wait_seconds)
  return () => forgiveAttempts(db, { all: subject, last: subject })
}

/**
 * Lets an account and an address try to sign in, unless either failed too often in the last minutes. Counted before it is tried and in
 * the database, so that neither many requests at once nor several API processes allow more.
 *
 * @param look undefined where it failed
 * @throws too_many_attempts
 */
export async function attemptAccount<Found>(
  given: Given,
  account: string,
  address: string,
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const subjects = await countOneAttempt(given, account, address)
  const found = await look()
  if (found === undefined) given.onRefused('session.refused', address)
  else await forgiveAttempts(given.db, subjects)
  return found
}
