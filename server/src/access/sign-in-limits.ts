import { defineErrors } from '../platform/errors.ts'
import type { Attempts } from '../platform/http/source-limits.ts'
import { afterwards, type Soon } from '../platform/soon.ts'
import { digestOfKey } from './auth.ts'

export const attemptError = defineErrors({
  too_many_attempts: { status: 429, message: 'Too many wrong keys came from this address. Wait a minute, then try again.' },
})

export type Attempting = {
  attempts: Attempts
  /** Is told of every attempt that failed, as `session.refused`, or was not looked at, as `session.limited`. */
  onRefused(kind: 'session.refused' | 'session.limited', address: string): void
}

/**
 * Looks at a key that someone came with, unless too many wrong ones came from there. Who used the right one from there before is let
 * through: a program with an old key keeps nobody beside it out.
 *
 * @param key whatever was given, also a token; or its digest, where somebody has made it already
 * @throws too_many_attempts
 */
export function attempt<Found>(
  { attempts, onRefused }: Attempting,
  address: string,
  key: string | Buffer,
  look: () => Soon<Found | undefined>,
): Soon<Found | undefined> {
  const digest = typeof key === 'string' ? digestOfKey(key) : key
  const waitSeconds = attempts.waitSeconds(address, digest)
  if (waitSeconds !== undefined) {
    onRefused('session.limited', address)
    throw attemptError('too_many_attempts', { retry_after_seconds: waitSeconds })
  }
  return afterwards(look(), (found) => {
    if (found === undefined) {
      attempts.failed(address)
      onRefused('session.refused', address)
    } else attempts.succeeded(address, digest)
    return found
  })
}
