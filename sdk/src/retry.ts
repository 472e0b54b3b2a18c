import { isRecord, shown } from './definition-checks.ts'
import { type CrosswalkError, isCrosswalkError } from './errors.ts'

/** How often and when a failed step is tried again. What is left out is as in {@link defaultRetryPolicy}. */
export type RetryOptions = {
  /** Attempts in all, the first included. 1 means never again. */
  maxAttempts?: number | undefined
  /** Before the second attempt. */
  initialDelayMs?: number | undefined
  /** Longest backoff. A vendor's Retry-After and `RetryAfter` may be longer and are honoured. */
  maxDelayMs?: number | undefined
  /** A vendor that asks for a longer wait than this is not waited for: the step fails, and says how long it would have been. */
  maxRetryAfterMs?: number | undefined
  /** Each delay is this many times the one before. */
  factor?: number | undefined
  /** Whether a delay is drawn between half of it and all of it, so that many executions do not return at one moment. */
  jitter?: boolean | undefined
  /**
   * What is tried again. `refused`: only what surely did nothing, or does no more when done twice; the default of calls on clients.
   * `failed`: every failure that may pass. It says that it is safe to run twice, and is the default of `ctx.step` with a retry.
   */
  retries?: 'refused' | 'failed' | undefined
}

/** {@link RetryOptions} with every value decided. */
export type RetryPolicy = {
  readonly maxAttempts: number
  readonly initialDelayMs: number
  readonly maxDelayMs: number
  readonly maxRetryAfterMs: number
  readonly factor: number
  readonly jitter: boolean
  /** See {@link RetryOptions}. `failed` tries again also what may have been done, and errors of the author's own. */
  readonly retries: 'refused' | 'failed'
}

/**
 * What happens to calls on clients, and to steps for which the author sets nothing. Three attempts, after about 1 and 2 seconds, of:
 *
 * - answers that say "not now", whatever the method: 408, 423, 425, 429 and 503
 * - other 5xx answers to GET, HEAD, OPTIONS, PUT and DELETE, which do no more when done twice
 * - connections that were never made (refused, unknown host)
 * - `RetryAfter`
 *
 * A POST that failed with 500, an answer that was cut off and any other error may have been done, so they fail the step.
 */
export const defaultRetryPolicy: RetryPolicy = Object.freeze({
  maxAttempts: 3,
  initialDelayMs: 1_000,
  maxDelayMs: 60_000,
  maxRetryAfterMs: 15 * 60_000,
  factor: 2,
  jitter: true,
  retries: 'refused',
})

/**
 * Decides every value of a step's retry.
 *
 * @param options undefined where the author set none
 * @throws TypeError for a value that makes no sense, before anything was tried.
 */
export function retryPolicy(options?: RetryOptions): RetryPolicy {
  const given = options ?? {}
  const policy: RetryPolicy = {
    maxAttempts: given.maxAttempts ?? defaultRetryPolicy.maxAttempts,
    initialDelayMs: given.initialDelayMs ?? defaultRetryPolicy.initialDelayMs,
    maxDelayMs: given.maxDelayMs ?? defaultRetryPolicy.maxDelayMs,
    maxRetryAfterMs: given.maxRetryAfterMs ?? defaultRetryPolicy.maxRetryAfterMs,
    factor: given.factor ?? defaultRetryPolicy.factor,
    jitter: given.jitter ?? defaultRetryPolicy.jitter,
    retries: given.retries ?? (options ? 'failed' : 'refused'),
  }
  if (policy.retries !== 'failed' && policy.retries !== 'refused')
    throw new TypeError(`A retry needs retries of 'refused' or 'failed'; got ${shown(policy.retries)}.`)
  requireNumber('maxAttempts', policy.maxAttempts, 1)
  requireNumber('initialDelayMs', policy.initialDelayMs, 0)
  requireNumber('maxDelayMs', policy.maxDelayMs, 0)
  requireNumber('maxRetryAfterMs', policy.maxRetryAfterMs, 0)
  requireNumber('factor', policy.factor, 1)
  return Object.freeze(policy)
}

/**
 * Decides what follows a failed attempt: milliseconds to wait, or undefined to give up and fail the step.
 *
 * Gives up when the attempts are used, and at once when another attempt cannot succeed: `StopRetrying`, our own errors
 * (a missing mapping stays missing), a 4xx answer other than 408, 409, 423, 425 and 429, a cancelled execution, a programming error;
 * by default also when the failed attempt may have been done (see {@link defaultRetryPolicy}).
 * Compares codes and names, never classes, so it also decides about errors that crossed a process as data.
 *
 * @param attempt the attempt that failed, 1 for the first.
 * @param random a number from 0 up to 1, for the jitter.
 */
export function retryDelayMs(error: unknown, attempt: number, policy: RetryPolicy, random: () => number): number | undefined {
  if (attempt >= policy.maxAttempts || isTriedEnough(error, attempt, policy)) return undefined
  if (policy.retries === 'refused' ? !wasRefused(error) : !mayPass(error)) return undefined
  const asked = askedDelayMs(error)
  if (asked) return asked.byVendor && asked.delayMs > policy.maxRetryAfterMs ? undefined : Math.min(asked.delayMs, maxTimerMs)
  const delayMs = Math.min(policy.maxDelayMs, policy.initialDelayMs * policy.factor ** (attempt - 1), maxTimerMs)
  return Math.round(policy.jitter ? delayMs * (0.5 + random() / 2) : delayMs)
}

/** Longest delay that a timer holds; one that is longer would be over at once. */
export const maxTimerMs = 2 ** 31 - 1

/**
 * Adds to a vendor's refusal that it asked for a longer wait than we wait, where it did and that is why it is not tried again.
 *
 * @param limit whose limit it is, as in `a step waits`
 */
export function tellWaitLimit(thrown: unknown, maxRetryAfterMs: number, limit: string): void {
  const error = tellingOf(thrown)
  const asked = askedDelayMs(error)
  if (!asked?.byVendor || asked.delayMs <= maxRetryAfterMs || !(error instanceof Error) || !isAnswer(error)) return
  if ('max_retry_after_ms' in error.details) return
  error.message = `${error.message.replace(/[\s.]+$/, '')}. The vendor asks to wait ${durationInWords(asked.delayMs)}; ${limit} at most ${durationInWords(maxRetryAfterMs)}.`
  error.details.max_retry_after_ms = maxRetryAfterMs
}

/** The line of the log for an attempt that is followed by another. */
export function retryLine(name: string, attempt: number, maxAttempts: number, delayMs: number, reason: string): string {
  const wait =
    delayMs < 50 ? 'at once' : `in ${delayMs < 120_000 ? `${Math.round(delayMs / 100) / 10} s` : `${Math.round(delayMs / 6_000) / 10} min`}`
  return `${name} failed in attempt ${attempt} of ${maxAttempts} and is tried again ${wait}: ${reason}`
}

/** `45 s`, `16 min`, `2 h 5 min`: rounded up to what people count in. */
export function durationInWords(ms: number): string {
  const seconds = Math.ceil(ms / 1_000)
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7_200) return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Answers that say that nothing was done, and that it may be later. */
const notNowStatuses = new Set([408, 423, 425, 429, 503])
const passingStatuses = new Set([...notNowStatuses, 409])
const repeatableMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
/** Kinds of what `context.http` throws that may be over the next time. */
const passingKinds = new Set(['rate_limited', 'unavailable', 'timeout', 'incomplete'])
/** Of connections that were never made: nothing can have arrived. */
const unconnectedCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])
const programmingErrors = new Set(['ReferenceError', 'SyntaxError', 'RangeError', 'EvalError'])

/**
 * What tells how it failed: the error itself, or, of one that only wraps another, that one. (`new Error('…', { cause })` has no code of
 * its own.)
 */
function tellingOf(error: unknown): unknown {
  const hasCode = (value: unknown) => isRecord(value) && typeof value.code === 'string'
  try {
    return isRecord(error) && !hasCode(error) && hasCode(error.cause) ? error.cause : error
  } catch {
    // Anything may be thrown, also what throws when it is read. That tells nothing.
    return undefined
  }
}

function isAnswer(error: unknown): error is CrosswalkError {
  return isCrosswalkError(error, 'http_error') || isCrosswalkError(error, 'vendor_error')
}

/** Whether `context.http` has made the call as often as it would be made by now: its attempts count as the step's. */
function isTriedEnough(thrown: unknown, attempt: number, policy: RetryPolicy): boolean {
  const error = tellingOf(thrown)
  if (policy.retries === 'failed' || !isCrosswalkError(error, 'vendor_error') || error.details.attempts === undefined) return false
  const made = Number(error.details.attempts)
  return made >= Number(error.details.max_attempts) || (made > 1 && attempt - 1 + made >= policy.maxAttempts)
}

/** The rule of `context.http` itself, which had it made again at once where that was worth it. */
function wasVendorCallRefused({ details }: CrosswalkError): boolean {
  const { kind, status, method, retry_after_ms: asked } = details
  if (!passingKinds.has(String(kind))) return false
  if (kind === 'rate_limited' || details.is_sent === false || (status === 503 && asked !== undefined)) return true
  return kind !== 'incomplete' && repeatableMethods.has(String(method))
}

/** Whether the attempt surely did nothing, or does no more when done twice. */
function wasRefused(thrown: unknown): boolean {
  const error = tellingOf(thrown)
  if (isCrosswalkError(error, 'retry_after')) return true
  if (isCrosswalkError(error, 'vendor_error')) return wasVendorCallRefused(error)
  if (isCrosswalkError(error, 'http_error')) {
    const status = Number(error.details?.status)
    return notNowStatuses.has(status) || (status >= 500 && repeatableMethods.has(String(error.details?.method ?? 'GET').toUpperCase()))
  }
  for (let reason: unknown = error, depth = 0; isRecord(reason) && depth < 5; reason = reason.cause, depth++)
    if (typeof reason.code === 'string' && unconnectedCodes.has(reason.code)) return true
  return false
}

/** Whether another attempt may succeed. */
function mayPass(thrown: unknown): boolean {
  const error = tellingOf(thrown)
  if (isCrosswalkError(error, 'retry_after')) return true
  if (isCrosswalkError(error, 'vendor_error') && passingKinds.has(String(error.details.kind))) return true
  if (isAnswer(error)) {
    const status = Number(error.details?.status)
    return status >= 500 || passingStatuses.has(status)
  }
  if (isCrosswalkError(error)) return false
  const name = isRecord(thrown) ? thrown.name : undefined
  if (name === 'AbortError' || (typeof name === 'string' && programmingErrors.has(name))) return false
  // fetch reports a failed connection as a TypeError with a cause; a TypeError without one is a mistake in the code.
  return name !== 'TypeError' || (isRecord(thrown) && isRecord(thrown.cause))
}

function askedDelayMs(thrown: unknown): { delayMs: number; byVendor: boolean } | undefined {
  const error = tellingOf(thrown)
  if (!isRecord(error) || !isRecord(error.details)) return undefined
  const byVendor = isAnswer(error)
  const value = error.code === 'retry_after' ? error.details.delay_ms : byVendor ? error.details.retry_after_ms : undefined
  return typeof value === 'number' && value >= 0 ? { delayMs: value, byVendor } : undefined
}

function requireNumber(field: string, value: unknown, min: number): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= min) return
  throw new TypeError(`A retry needs ${field} of ${min} or more; got ${shown(value)}.`)
}
