import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mappingNotFound } from './error-messages.ts'
import { defaultRetryPolicy, HttpError, RetryAfter, requireOk, retryDelayMs, retryPolicy, StopRetrying, toErrorData } from './index.ts'
import { answer, simulateVendor } from './testing.ts'

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

test('without a retry of the author only what was refused, or is safe to repeat, is tried again', async () => {
  await using vendor = await simulateVendor({ 'GET /users': [], 'POST /users': answer(201), 'PUT /users': answer(200) })
  const failureOf = async (method: string) =>
    fetch(`${vendor.url}/users`, { method })
      .then((response) => requireOk(response, { method }))
      .then(
        () => assert.fail('it did not fail'),
        (error: unknown) => error,
      )
  const isRetried = (error: unknown) =>
    [error, toErrorData(error)].map((form) => retryDelayMs(form, 1, defaultRetryPolicy, () => 0) !== undefined)
  const cases: [method: string, status: number, isRetried: boolean][] = [
    ['GET', 500, true],
    ['PUT', 502, true],
    ['POST', 500, false],
    ['POST', 502, false],
    ['POST', 503, true],
    ['POST', 429, true],
    ['GET', 404, false],
    ['PUT', 409, false],
  ]
  for (const [method, status, expected] of cases) {
    vendor.faults.next({ kind: 'status', status })
    assert.deepEqual(isRetried(await failureOf(method)), [expected, expected], `${method} ${status}`)
  }
  vendor.faults.next({ kind: 'cut', when: 'before' })
  assert.deepEqual(isRetried(await failureOf('POST')), [false, false], 'what was cut off may have been done')
  await vendor.stop()
  assert.deepEqual(isRetried(await failureOf('POST')), [true, true], 'what was never connected was not done')
  assert.deepEqual(isRetried(new Error('of the author')), [false, false])
  assert.equal(retryPolicy().retries, 'refused')
  assert.notEqual(
    retryDelayMs(new Error('of the author'), 1, retryPolicy({}), () => 0),
    undefined,
  )
})

test('the vendor is waited for as long as it asks, up to a bound, and never less', async () => {
  await using vendor = await simulateVendor({ 'GET /users': [] })
  const delayFor = async (retryAfterSeconds: number) => {
    vendor.faults.next({ kind: 'status', status: 429, retryAfterSeconds })
    const failure = await fetch(`${vendor.url}/users`)
      .then(requireOk)
      .catch((error: unknown) => error)
    return retryDelayMs(failure, 1, defaultRetryPolicy, () => 0.5)
  }
  assert.equal(await delayFor(30), 30_000)
  assert.equal(await delayFor(900), 900_000)
  assert.equal(await delayFor(901), undefined)
  assert.equal(
    retryDelayMs(new RetryAfter(3_600_000), 1, defaultRetryPolicy, () => 0),
    3_600_000,
    'what the author chooses is not bounded',
  )
})
