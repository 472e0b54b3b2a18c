import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { HttpError, parseRetryAfter, requireOk } from './index.ts'
import { retryDelayMs, retryPolicy, tellWaitLimit } from './retry.ts'
import { answer, simulateVendor } from './testing.ts'

const now = Date.parse('2025-10-11T10:00:00Z')

test('Retry-After is seconds, or one of the three forms of an HTTP date', () => {
  const read: [string, number][] = [
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['007', 7_000],
    ['1.5', 1_500],
    ['2.0', 2_000],
    ['99999999999999999999', 7 * 86_400_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 7 * 86_400_000],
    ['Sat, 11 Oct 2025 10:00:30 GMT', 30_000],
    ['Sat, 11 Oct 2025 09:00:00 GMT', 0],
    ['Saturday, 11-Oct-25 10:01:00 GMT', 60_000],
    ['Tuesday, 11-Oct-94 10:01:00 GMT', 0],
    ['Sat Oct 11 10:02:00 2025', 120_000],
    ['Thu Oct  9 10:02:00 2025', 0],
  ]
  for (const [header, ms] of read) assert.equal(parseRetryAfter(header, now), ms, header)
})

test('what is neither says nothing, whatever Date would make of it', () => {
  const unread = [
    null,
    '',
    ' ',
    'soon',
    '-5',
    '+5',
    '1.',
    '.5',
    '1e3',
    '0x10',
    '10,20',
    '10, 20',
    '5 s',
    '2025-10-11T10:00:30Z',
    '10/11/2025',
    'Sat, 11 Oct 2025 10:00:30',
    'Sat, 11 Oct 2025 10:00:30 +0200',
    'sat, 11 oct 2025 10:00:30 gmt',
    'Sat, 1 Oct 2025 10:00:30 GMT',
    'Sun, 31 Apr 2026 10:00:00 GMT',
    'Sat, 11 Oct 2025 24:00:00 GMT',
    'Sat, 11 Okt 2025 10:00:30 GMT',
    'Saturday, 11 Oct 2025 10:00:30 GMT',
    '١٢',
  ]
  for (const header of unread) assert.equal(parseRetryAfter(header, now), undefined, String(header))
})

test('whatever a vendor sends, it is nothing or a time from now up to a week', () => {
  const header = fc.oneof(
    fc.string(),
    fc.bigInt({ min: 0n, max: 10n ** 40n }).map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  )
  fc.assert(
    fc.property(header, (text) => {
      const ms = parseRetryAfter(text, now)
      return ms === undefined || (Number.isInteger(ms) && ms >= 0 && ms <= 7 * 86_400_000)
    }),
  )
})

test('a vendor that asks for longer than we wait is told with both times, once', async () => {
  await using vendor = await simulateVendor({ 'GET /': answer(429, null, { 'retry-after': '901' }) })
  const error: unknown = await requireOk(await fetch(vendor.url)).catch((reason: unknown) => reason)
  assert.ok(error instanceof HttpError)
  const policy = retryPolicy()
  assert.equal(
    retryDelayMs(error, 1, policy, () => 0),
    undefined,
  )
  for (let times = 1; times <= 2; times++) tellWaitLimit(error, policy.maxRetryAfterMs, 'a step waits')
  assert.match(error.message, /429 Too Many Requests\. The vendor asks to wait 15 min 1 s; a step waits at most 15 min\.$/)
  assert.deepEqual([error.retryAfterMs, error.details.max_retry_after_ms], [901_000, 900_000])
  const other = new HttpError('x', { status: 429, retry_after_ms: 900_000 })
  tellWaitLimit(other, policy.maxRetryAfterMs, 'a step waits')
  assert.equal(other.message, 'x')
})

test('a delay is never longer than a timer holds, which would be over at once', () => {
  const policy = retryPolicy({ maxAttempts: 3, initialDelayMs: 1e12, maxDelayMs: 1e12, maxRetryAfterMs: 1e12, jitter: false })
  for (const error of [new Error('x'), Object.assign(new Error('x'), { code: 'retry_after', details: { delay_ms: 1e12 } })])
    assert.equal(
      retryDelayMs(error, 1, policy, () => 0),
      2 ** 31 - 1,
    )
})
