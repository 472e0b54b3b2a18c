import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionFailure, failureReason, HttpError, requireOk } from './index.ts'
import { answer, simulateVendor } from './testing.ts'

test('an answer that is not 2xx throws with status, method and the address without its query', async () => {
  await using vendor = await simulateVendor({ 'POST /users': answer(429, { count: 5 }, { 'retry-after': '2' }) })
  const response = await fetch(`${vendor.url}/users?token=hidden`, { method: 'POST' })
  await assert.rejects(requireOk(response, { method: 'post' }), (error) => {
    assert.ok(error instanceof HttpError)
    assert.deepEqual(
      [error.status, error.statusText, error.method, error.url, error.retryAfterMs],
      [429, 'Too Many Requests', 'POST', `${vendor.url}/users`, 2_000],
    )
    assert.equal(error.message, `POST ${vendor.url}/users answered 429 Too Many Requests`)
    assert.doesNotMatch(JSON.stringify(error.details), /hidden/)
    return true
  })
})

test('a good answer is returned as it is', async () => {
  await using vendor = await simulateVendor({ 'GET /users': [{ id: 1 }] })
  assert.deepEqual(await (await requireOk(await fetch(`${vendor.url}/users`))).json(), [{ id: 1 }])
})

test('a failed connection test says what happened and what to do', async () => {
  const notFound = connectionFailure(new HttpError('x', { status: 404, status_text: 'Not Found' }))
  assert.equal(notFound.message, 'API error: 404 Not Found')
  assert.equal(notFound.details?.error_type, 'APIError')
  assert.equal(notFound.details?.status_code, 404)
  assert.match(String(notFound.details?.guidance), /external organization id/)

  const vendor = await simulateVendor({})
  await vendor.stop()
  const error: unknown = await fetch(vendor.url).catch((reason: unknown) => reason)
  const refused = connectionFailure(error)
  assert.match(refused.message, /^Connection failed: GET .* could not be reached: the connection was refused \(ECONNREFUSED\)\.$/)
  assert.equal(refused.details?.error_type, 'TypeError')
})

test('the reason of a failure is never empty', () => {
  assert.equal(failureReason(undefined), 'no reason was given')
  assert.equal(failureReason(Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' })), 'ECONNREFUSED')
})
