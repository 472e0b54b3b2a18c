import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mappingNotFound } from './error-messages.ts'
import { HttpError, RetryAfter, retryDelayMs, retryPolicy, StopRetrying, toErrorData } from './index.ts'

const policy = retryPolicy({ maxAttempts: 5, initialDelayMs: 100, maxDelayMs: 1_000, factor: 3, jitter: false })
const http = (status: number, retryAfterMs?: number) =>
  new HttpError('x', { status, ...(retryAfterMs ? { retry_after_ms: retryAfterMs } : {}) })

test('delays grow by the factor up to the longest', () => {
  const delays = [1, 2, 3, 4, 5].map((attempt) => retryDelayMs(new Error('x'), attempt, policy, () => 0))
  assert.deepEqual(delays, [100, 300, 900, 1_000, undefined])
})

test('what cannot succeed is not tried again', () => {
  const network = new TypeError('fetch failed', { cause: new Error('ECONNRESET') })
  const hopeless = [
    new StopRetrying('x'),
    http(400),
    http(401),
    http(404),
    mappingNotFound({ integrationName: 'x', org: { id: '1', name: 'A' } }),
    new ReferenceError('x'),
    new TypeError('x is not a function'),
    new DOMException('x', 'AbortError'),
  ]
  for (const error of hopeless)
    assert.equal(
      retryDelayMs(error, 1, policy, () => 0),
      undefined,
      String(error),
    )
  for (const error of [http(500), http(503), http(429), http(408), network, 'thrown text', new DOMException('x', 'TimeoutError')]) {
    assert.equal(
      retryDelayMs(error, 1, policy, () => 0),
      100,
      String(error),
    )
  }
})

test('what the vendor or the author asked for wins over the backoff, also after the error became data', () => {
  assert.equal(
    retryDelayMs(http(429, 5_000), 1, policy, () => 0),
    5_000,
  )
  assert.equal(
    retryDelayMs(toErrorData(new RetryAfter(7_000)), 1, policy, () => 0),
    7_000,
  )
  assert.equal(
    retryDelayMs(new RetryAfter(7_000), 5, policy, () => 0),
    undefined,
  )
})

test('a delay with jitter stays between half of it and all of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
      const whole = retryDelayMs(new Error('x'), attempt, policy, () => 0) ?? 0
      const drawn = retryDelayMs(new Error('x'), attempt, { ...policy, jitter: true }, () => random) ?? -1
      return drawn >= Math.floor(whole / 2) && drawn <= whole
    }),
  )
})

test('options that make no sense are refused before anything is tried', () => {
  assert.throws(() => retryPolicy({ maxAttempts: 0 }), /maxAttempts of 1 or more; got 0/)
  assert.throws(() => retryPolicy({ factor: 0.5 }), TypeError)
  assert.throws(() => retryPolicy({ initialDelayMs: Number.NaN }), TypeError)
})
