import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { z } from 'zod'
import { type HttpOptions, isCrosswalkError, VendorError } from '../index.ts'
import { answer, mockContext, simulateVendor, type VendorRoutes } from '../testing.ts'
import { createHttpClient } from './http-client.ts'
import type { HttpPort } from './port.ts'

async function given(routes: VendorRoutes, options: Partial<HttpOptions> = {}) {
  const vendor = await simulateVendor(routes)
  const ctx = mockContext({ secrets: { key: 'k-1', client_secret: 's-1' }, config: { client_id: 'c-1' } })
  const http = ctx.http({ baseUrl: vendor.url, ...options })
  return { vendor, ctx, http, [Symbol.asyncDispose]: () => vendor[Symbol.asyncDispose]() }
}

/** What no simulated vendor does: bytes as they are. */
async function givenServer(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop }
}

const isKind = (kind: string) => (error: unknown) => error instanceof VendorError && error.kind === kind

test('JSON goes out and comes in, with query, headers and a key against doubles', async () => {
  await using it = await given({
    'GET /items/:id': ({ params }) => ({ id: params.id }),
    'POST /items': ({ body }) => answer(201, body),
    'DELETE /items/:id': () => answer(204),
  })
  assert.deepEqual(await it.http.get('items/7', { query: { full: true, tag: ['a', 'b'], none: undefined } }), { id: '7' })
  assert.equal(it.vendor.requests[0]?.query.toString(), 'full=true&tag=a&tag=b')
  assert.deepEqual(await it.http.post('/items', { json: { name: 'Ada' }, idempotencyKey: 'once' }), { name: 'Ada' })
  assert.equal(it.vendor.requests[1]?.headers['idempotency-key'], 'once')
  assert.equal(it.vendor.requests[1]?.headers['content-type'], 'application/json')
  assert.equal(await it.http.delete('/items/7'), undefined)
})

test('an id that is too long for a number comes as text, and a schema says what an answer must be', async () => {
  await using server = await givenServer((_request, response) => response.end('{"id":12345678901234567890}'))
  const http = mockContext().http({ baseUrl: server.url })
  assert.deepEqual(await http.get('/big'), { id: '12345678901234567890' })
  assert.deepEqual(await http.get('/big', { schema: z.object({ id: z.string() }) }), { id: '12345678901234567890' })
  await assert.rejects(http.get('/big', { schema: z.object({ name: z.string() }) }), (error: unknown) => {
    assert.ok(isCrosswalkError(error, 'vendor_error'))
    assert.match(error.message, /answered with JSON of another form than expected: name: /)
    return isKind('invalid_response')(error)
  })
})

test('each status has its kind, and says what the vendor says', async () => {
  const kinds = {
    401: 'credentials',
    403: 'permission',
    404: 'not_found',
    409: 'invalid_request',
    429: 'rate_limited',
    500: 'unavailable',
    504: 'timeout',
  }
  await using it = await given({ 'GET /status/:code': ({ params }) => answer(Number(params.code), { message: 'No, thank you' }) })
  for (const [status, kind] of Object.entries(kinds)) {
    await assert.rejects(it.http.get(`/status/${status}`, { retry: { maxAttempts: 1 } }), (error: unknown) => {
      assert.ok(error instanceof VendorError)
      assert.deepEqual(
        [error.kind, error.status, error.method, error.vendorMessage],
        [kind, Number(status), 'GET', 'No, thank you'],
        status,
      )
      return true
    })
  }
})

test('a call whose admission has ended before it was sent is admitted again, as the same attempt', async () => {
  const [admitted, sent]: [number[], string[]] = [[], []]
  const port: HttpPort = {
    open: async () => ({ client: 'c', baseUrl: 'https://api.example' }),
    admit: async ({ attempt }) => ({ ticket: 't', exchange: String(admitted.push(attempt)), waitedMs: 0 }),
    giveUp: () => assert.fail('It was admitted.'),
    send: async ({ exchange }) => (sent.push(exchange) === 1 ? undefined : Response.json({ ok: true })),
    wait: () => assert.fail('Nothing is to be waited for.'),
  }
  const given = { port, signal: new AbortController().signal, idempotencyKey: () => 'k' }
  assert.deepEqual(await createHttpClient(given, { baseUrl: 'https://api.example' }).get('/x'), { ok: true })
  assert.deepEqual(
    [admitted, sent],
    [
      [1, 1],
      ['1', '2'],
    ],
  )
})
