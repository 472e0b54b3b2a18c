import { isRecord, shown } from './definition-checks.ts'
import { isCrosswalkError } from './errors.ts'

/** How often and when a failed step is tried again. What is left out is as in {@link defaultRetryPolicy}. */
export type RetryOptions = {
  /** Attempts in all, the first included. 1 means never again. */
  maxAttempts?: number | undefined
  /** Before the second attempt. */
  initialDelayMs?: number | undefined
  /** Longest backoff. A vendor's Retry-After and `RetryAfter` may be longer and are honoured. */
  maxDelayMs?: number | undefined
  /** Each delay is this many times the one before. */
  factor?: number | undefined
  /** Whether a delay is drawn between half of it and all of it, so that many executions do not return at one moment. */
  jitter?: boolean | undefined
}

/** {@link RetryOptions} with every value decided. */
export type RetryPolicy = {
  readonly maxAttempts: number
  readonly initialDelayMs: number
  readonly maxDelayMs: number
  readonly factor: number
  readonly jitter: boolean
}

/** A step has to be safe to run twice in any case (a machine can die in the middle of it), so trying again is the default. */
export const defaultRetryPolicy: RetryPolicy = Object.freeze({
  maxAttempts: 3,
  initialDelayMs: 1_000,
  maxDelayMs: 60_000,
  factor: 2,
  jitter: true,
})

/** @throws TypeError for a value that makes no sense, before anything was tried. */
export function retryPolicy(options: RetryOptions = {}): RetryPolicy {
  const policy = {
    maxAttempts: options.maxAttempts ?? defaultRetryPolicy.maxAttempts,
    initialDelayMs: options.initialDelayMs ?? defaultRetryPolicy.initialDelayMs,
    maxDelayMs: options.maxDelayMs ?? defaultRetryPolicy.maxDelayMs,
    factor: options.factor ?? defaultRetryPolicy.factor,
    jitter: options.jitter ?? defaultRetryPolicy.jitter,
  }
  requireNumber('maxAttempts', policy.maxAttempts, 1)
  requireNumber('initialDelayMs', policy.initialDelayMs, 0)
  requireNumber('maxDelayMs', policy.maxDelayMs, 0)
  requireNumber('factor', policy.factor, 1)
  return Object.freeze(policy)
}

/**
 * Decides what follows a failed attempt: milliseconds to wait, or undefined to give up and fail the step.
 *
 * Gives up when the attempts are used, and at once when another attempt cannot succeed: `StopRetrying`, our own errors
 * (a missing mapping stays missing), a 4xx answer other than 408, 409, 423, 425 and 429, a cancelled execution, a programming error.
 * Compares codes and names, never classes, so it also decides about errors that crossed a process as data.
 *
 * @param attempt the attempt that failed, 1 for the first.
 * @param random a number from 0 up to 1, for the jitter.
 */
export function retryDelayMs(error: unknown, attempt: number, policy: RetryPolicy, random: () => number): number | undefined {
  if (attempt >= policy.maxAttempts || !mayPass(error)) return undefined
  const asked = askedDelayMs(error)
  if (asked !== undefined) return asked
  const delayMs = Math.min(policy.maxDelayMs, policy.initialDelayMs * policy.factor ** (attempt - 1))
  return Math.round(policy.jitter ? delayMs * (0.5 + random() / 2) : delayMs)
}

const passingStatuses = new Set([408, 409, 423, 425, 429])
const programmingErrors = new Set(['ReferenceError', 'SyntaxError', 'RangeError', 'EvalError'])

function mayPass(error: unknown): boolean {
  if (isCrosswalkError(error, 'retry_after')) return true
  if (isCrosswalkError(error, 'http_error')) {
    const status = Number(error.details?.status)
    return status >= 500 || passingStatuses.has(status)
  }
  if (isCrosswalkError(error)) return false
  const name = isRecord(error) ? error.name : undefined
  if (name === 'AbortError' || (typeof name === 'string' && programmingErrors.has(name))) return false
  // fetch reports a failed connection as a TypeError with a cause; a TypeError without one is a mistake in the code.
  return name !== 'TypeError' || (isRecord(error) && isRecord(error.cause))
}

function askedDelayMs(error: unknown): number | undefined {
  if (!isRecord(error) || !isRecord(error.details)) return undefined
  const value =
    error.code === 'retry_after' ? error.details.delay_ms : error.code === 'http_error' ? error.details.retry_after_ms : undefined
  return typeof value === 'number' && value >= 0 ? value : undefined
}

function requireNumber(field: string, value: unknown, least: number): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return
  throw new TypeError(`A retry needs ${field} of ${least} or more; got ${shown(value)}.`)
}
