import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tellFetchFailures } from './fetch-failures.ts'
import { connectionFailure, EgressRefusedError, failureReason } from './index.ts'
import { simulateVendor } from './testing.ts'

const failureOf = async (...given: Parameters<typeof fetch>): Promise<Error> => {
  try {
    await fetch(...given)
  } catch (error) {
    return error as Error // nothing else is thrown
  }
  return assert.fail('It should not be answered.')
}

test('a call that gets no answer says which it was and why, and stays the error that it was', async () => {
  const error = await failureOf('http://127.0.0.1:9/organizations/20463/users?key=hidden#part')
  assert.equal(error.message, 'GET http://127.0.0.1:9/organizations/20463/users could not be reached: bad port.')
  assert.ok(error instanceof TypeError)
  assert.equal((error.cause as Error).message, 'bad port')
  assert.match(error.stack ?? '', /^TypeError: GET http:.*bad port\.\n.*at async failureOf .*fetch-failures\.test\.ts/s)
})

test('each kind of failure has words of its own, with the code that it is known by', async () => {
  await using vendor = await simulateVendor({ 'GET /cut': 'never' })
  vendor.faults.hold({ kind: 'cut', when: 'before' }, ({ path }) => path === '/cut')
  const gone = await simulateVendor({})
  await gone.stop()
  const failures: [Parameters<typeof fetch>, RegExp][] = [
    [[gone.url, { method: 'post' }], /^POST http:\S+ could not be reached: the connection was refused \(ECONNREFUSED\)\.$/],
    [
      [new URL(`${vendor.url}/cut`)],
      /^GET http:\S+\/cut could not be reached: the connection was broken off \((UND_ERR_SOCKET|ECONNRESET)\)\.$/,
    ],
    [[new Request(`${vendor.url}/cut?a=1`, { method: 'PUT' })], /^PUT http:\S+\/cut could not be reached: the connection was broken off/],
    [
      [vendor.url.replace('http:', 'https:')],
      /^GET https:\S+ could not be reached: what answers there does not speak HTTPS \(ERR_SSL_\w+\)\.$/,
    ],
    [['http://nowhere.invalid/users'], /^GET http:\/\/nowhere\.invalid\/users could not be reached: .*\((ENOTFOUND|EAI_AGAIN)\)\.$/],
    [['api.example.com/users?key=hidden'], /^GET api\.example\.com\/users could not be reached: that is no address \(ERR_INVALID_URL\)\.$/],
    [['localhost:8080/users?key=hidden'], /^GET localhost:8080\/users could not be reached: unknown scheme\.$/],
    [
      ['http://name:hidden@127.0.0.1/x'],
      /^GET http:\/\/127\.0\.0\.1\/x could not be reached: an address must not hold a name and password/,
    ],
    [['name:hidden@nowhere at all/x'], /^GET nowhere at all\/x could not be reached: unknown scheme/],
  ]
  for (const [call, message] of failures) {
    const error = await failureOf(...call)
    assert.match(error.message, message)
    assert.doesNotMatch(`${error.message}${error.stack}`, /hidden/)
    assert.equal(failureReason(error), error.message, 'the reason is not said twice')
  }
})

test('what is aborted stays aborted, and a mistake in the call stays what it is', async () => {
  await using vendor = await simulateVendor({ 'GET /': () => new Promise<never>(() => {}) })
  assert.equal((await failureOf(vendor.url, { signal: AbortSignal.timeout(20) })).name, 'TimeoutError')
  const reason = new Error('enough')
  assert.equal(await failureOf(vendor.url, { signal: AbortSignal.abort(reason) }), reason)
  assert.match((await failureOf(vendor.url, { headers: { name: 'a\nb' } })).message, /^Headers/)
})

test('it is wrapped once, and what a test puts in its place stays', (given) => {
  const wrapped = globalThis.fetch
  tellFetchFailures()
  assert.equal(globalThis.fetch, wrapped)
  const { mock } = given.mock.method(globalThis, 'fetch', async () => new Response('of a test'))
  assert.equal(mock.callCount(), 0)
})

test('a failed connection test says the same sentence', async () => {
  assert.equal(
    connectionFailure(await failureOf('http://127.0.0.1:9/users')).message,
    'Connection failed: GET http://127.0.0.1:9/users could not be reached: bad port.',
  )
})

test('what the gateway refused is told once, in its own words, and with no other guidance', async () => {
  const sentence = 'Author code may not connect to 10.0.0.1:80: it is a private address. The operator adds it to CROSSWALK_EGRESS_ALLOW.'
  const wrapped = globalThis.fetch
  try {
    globalThis.fetch = () => Promise.reject(new TypeError('fetch failed', { cause: new EgressRefusedError(sentence) }))
    tellFetchFailures()
    const error = await failureOf('http://10.0.0.1/users')
    const told = `GET http://10.0.0.1/users could not be reached: ${sentence}`
    assert.equal(error.message, told)
    assert.equal(failureReason(error), told)
    assert.deepEqual(connectionFailure(error), {
      success: false,
      message: `Connection failed: ${told}`,
      details: { error_type: 'TypeError' },
    })
  } finally {
    globalThis.fetch = wrapped
  }
})
