import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionFailure, HttpError, readJson, requireOk } from './index.ts'
import { answer, simulateVendor } from './testing.ts'

/** What is told of a refusal with this body. */
async function told(body: string, type = 'application/json'): Promise<string | undefined> {
  const refusal = new Response(body, { status: 500, headers: { 'content-type': type } })
  const error: unknown = await requireOk(refusal).catch((reason: unknown) => reason)
  assert.ok(error instanceof HttpError)
  return error.vendorMessage
}

test("the vendor's own sentence is found where vendors put it", async () => {
  assert.equal(await told('{"error":"internal","message":"Page 7 cannot be read."}'), 'Page 7 cannot be read.')
  assert.equal(await told('{"error":"invalid_client","error_description":"The client is unknown."}'), 'The client is unknown.')
  assert.equal(await told('{"error":{"code":"X","message":"Access is denied."}}'), 'Access is denied.')
  assert.equal(await told('{"errors":[{"message":"No such field."},{"message":"Another."}]}'), 'No such field.')
  assert.equal(await told('{"title":"Forbidden","detail":"Ask for the scope."}', 'application/problem+json'), 'Ask for the scope.')
  assert.equal(await told('"Not now."'), 'Not now.')
  assert.equal(await told('Down for\n  maintenance', 'text/plain; charset=utf-8'), 'Down for maintenance')
})

test('what is no plain sentence is not told: markup, other types, broken or empty JSON, and what is too long', async () => {
  for (const body of ['<html>no</html>', '{"message":"<b>no</b>"}', '{"message":" "}', '{"message":7}', '[]', '{"message":'])
    assert.equal(await told(body), undefined, body)
  assert.equal(await told('<!doctype html><p>no', 'text/plain'), undefined)
  assert.equal(await told('A sentence', 'text/html'), undefined)
  assert.equal(await told(`{"message":"no","more":"${'x'.repeat(9_000)}"}`), undefined)
  const long = (await told(JSON.stringify({ message: 'word '.repeat(100) }))) ?? ''
  assert.ok([...long].length === 200 && long.endsWith('…'), long)
})

test('a body that does not end is not waited for', { timeout: 10_000 }, async () => {
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"message":')) })
  const refusal = new Response(body, { status: 503, headers: { 'content-type': 'application/json' } })
  await assert.rejects(readJson(refusal), (error) => error instanceof HttpError && error.vendorMessage === undefined)
})

test('what the vendor said is in the error and in a failed connection test', async () => {
  await using vendor = await simulateVendor({ 'GET /users': [{ id: 1 }], 'GET /users/7': answer(404, { message: 'There is no user 7.' }) })
  assert.deepEqual(await readJson(await fetch(`${vendor.url}/users`)), [{ id: 1 }])
  const error: unknown = await readJson(await fetch(`${vendor.url}/users/7?key=hidden`)).catch((reason: unknown) => reason)
  assert.ok(error instanceof HttpError)
  assert.equal(error.message, `GET ${vendor.url}/users/7 answered 404 Not Found: There is no user 7.`)
  assert.equal(connectionFailure(error).message, 'API error: 404 Not Found: There is no user 7.')
})
