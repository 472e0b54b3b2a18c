import { CrosswalkError, durationInWords } from '@crosswalk/sdk'

/** A call is not let through. `vendor_error`, with the kind in its details. */
function refusal(
  kind: 'rate_limited' | 'unavailable',
  message: string,
  details: { host: string; retry_after_ms?: number },
): CrosswalkError {
  return new CrosswalkError('vendor_error', message, { kind, ...details })
}

const within = (ms: number) => durationInWords(Math.max(1_000, Math.ceil(ms / 1_000) * 1_000))

/** The vendor asked for a pause that is longer than the call may wait. */
export function pausedTooLong(host: string, ms: number): CrosswalkError {
  return refusal(
    'rate_limited',
    `${host} asked for a pause, which ends in ${within(ms)}: longer than this call may wait. Try again after that.`,
    { host, retry_after_ms: Math.ceil(ms) },
  )
}

/** What may be used of the limit is used, and will be for longer than the call may wait. */
export function noRoomInTime(host: string, ms: number): CrosswalkError {
  return refusal(
    'rate_limited',
    `What may be used of the limit of ${host} is used, and the next call has room in ${within(ms)}: longer than this one may wait. Try again after that, or ask for less at once.`,
    { host, retry_after_ms: Math.ceil(ms) },
  )
}

/** Others were let through, until the time of the call was over. */
export function waitedTooLong(host: string, ms: number): CrosswalkError {
  return refusal(
    'rate_limited',
    `The call waited for ${within(ms)} in the line for ${host} and had no room. Try again later, or ask for less at once.`,
    { host },
  )
}

/** Without the database nobody knows what others use. */
export function notCounted(host: string): CrosswalkError {
  return refusal(
    'unavailable',
    `The database does not answer, so calls to ${host} cannot be counted and wait. Try again in a few seconds.`,
    {
      host,
    },
  )
}

/** Nothing is sent to the vendor for now. */
export function vendorDown(host: string, ms: number, reason: string): CrosswalkError {
  return refusal(
    'unavailable',
    `${host} is not called for now, since the last calls to it failed (${reason}). It is tried again in ${within(ms)}.`,
    { host, retry_after_ms: Math.ceil(ms) },
  )
}

/** The worker ends. */
export function workerEnds(host: string): CrosswalkError {
  return refusal('unavailable', `The worker ends, and calls to ${host} are left to another one.`, { host })
}
