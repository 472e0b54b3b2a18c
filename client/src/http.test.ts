import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { test } from 'node:test'
import { fieldErrorsOf, isApiError } from './errors.ts'
import { listOrganizations, setSecret } from './generated/api.ts'
import { callApi } from './http.ts'

async function givenServer(listener: RequestListener) {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim())
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { requests, connection: { baseUrl: `http://127.0.0.1:${address.port}`, apiKey: 'key' }, [Symbol.asyncDispose]: close }
}

test('a generated function asks the right address with the key, and returns the body', async () => {
  const body = { organizations: [], count: 0, next_cursor: null }
  await using server = await givenServer((_request, response) => response.end(JSON.stringify(body)))
  assert.deepEqual(await listOrganizations({ search: 'a&b', limit: 5 }, { connection: server.connection }), body)
  assert.deepEqual(server.requests, ['GET /api/organizations?search=a%26b&limit=5 Bearer key'])
})

test("the server's error becomes an ApiError with all of its fields", async () => {
  const answer = { error: 'validation_failed', message: 'Not valid.', details: { key: ['is too long'], other: 'x' }, request_id: 'r-1' }
  await using server = await givenServer((_request, response) => response.writeHead(400).end(JSON.stringify(answer)))
  await assert.rejects(setSecret({ key: 'k', value: 'v', scope: 'global' }, { connection: server.connection }), (error) => {
    assert.ok(isApiError(error, 'validation_failed'))
    assert.deepEqual([error.status, error.message, error.details, error.requestId], [400, 'Not valid.', answer.details, 'r-1'])
    assert.deepEqual(fieldErrorsOf(error), { key: ['is too long'] })
    return true
  })
})

test('an answer that is not ours is told as such, once, without another try', async () => {
  await using server = await givenServer((_request, response) => response.writeHead(502).end('<html>Bad gateway</html>'))
  await assert.rejects(
    callApi('/api/x', { connection: server.connection }),
    (error) => isApiError(error, 'unexpected_answer') && error.status === 502,
  )
  assert.equal(server.requests.length, 1)
  await using page = await givenServer((_request, response) => response.end('<html>'))
  await assert.rejects(
    callApi('/api/x', { connection: page.connection }),
    (error) => isApiError(error, 'unexpected_answer') && error.status === 200,
  )
})

test('no answer is server_unreachable, with the address and the reason', async () => {
  const nobody = { baseUrl: 'http://127.0.0.1:1' }
  await assert.rejects(
    callApi('/api/x', { connection: nobody }),
    (error) => isApiError(error, 'server_unreachable') && error.message.startsWith('Crosswalk at http://127.0.0.1:1 does not answer'),
  )
  await using server = await givenServer((_request, response) =>
    response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
  )
  await assert.rejects(callApi('/api/x', { connection: server.connection }), (error) => isApiError(error, 'server_unreachable'))
})

test("a cancelled call ends with its signal's reason", async () => {
  const stop = new AbortController()
  const reason = new Error('enough')
  await using server = await givenServer(() => stop.abort(reason))
  await assert.rejects(callApi('/api/x', { connection: server.connection, signal: stop.signal }), reason)
})

test('an answer without a body is undefined', async () => {
  await using server = await givenServer((_request, response) => response.writeHead(204).end())
  assert.equal(await callApi('/api/x', { connection: server.connection }), undefined)
})
