import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type HttpOptions, VendorError, type VendorErrorKind } from '../index.ts'
import { mockContext } from '../testing.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const handlers: Record<string, Handler> = {
  '/html': (_request, response) => response.setHeader('content-type', 'text/html').end('<html><title>Sign in</title></html>'),
  '/half-json': (_request, response) => response.end('{"items":[{"id":1},{"i'),
  '/nothing': (_request, response) => response.end(),
  '/too-short': (_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"id":1}')
    response.socket?.end()
  },
  '/cut': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"items":[', () => response.socket?.resetAndDestroy())
  },
  '/endless': (_request, response) => {
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  },
  '/silent': () => {},
  '/slow-body': (_request, response) => response.writeHead(200).write('['),
  '/loop': (_request, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/elsewhere': (_request, response) => response.writeHead(302, { location: 'http://other.example/x' }).end(),
  '/file': (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/moved': (_request, response) => response.writeHead(307, { location: '/here?x=1' }).end(),
  '/see-other': (_request, response) => response.writeHead(303, { location: '/here' }).end(),
  '/bom': (_request, response) => response.end('\ufeff{"a":"ö"}'),
  '/utf-16': (_request, response) => response.end(Buffer.from('\ufeff{"a":"ö"}', 'utf16le')),
  '/latin-1': (_request, response) =>
    response.setHeader('content-type', 'application/json; charset="ISO-8859-1"').end(Buffer.from('{"a":"ö"}', 'latin1')),
  '/br': (_request, response) => response.setHeader('content-encoding', 'br').end(brotliCompressSync('{"a":"ö"}')),
  '/zstd': ({ headers }, response) => {
    const takes = String(headers['accept-encoding']).includes('zstd')
    if (takes) response.setHeader('content-encoding', 'zstd')
    response.end(takes ? zstdCompressSync('{"a":"ö"}') : '{"a":"ö"}')
  },
  '/bomb': (_request, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(64 * 1024 * 1024))),
  '/empty-json': (_request, response) => response.writeHead(204, { 'content-type': 'application/json' }).end(),
  '/not-modified': (_request, response) => response.writeHead(304, { etag: '"1"' }).end(),
  '/with-name': (_request, response) =>
    response.writeHead(302, { location: `http://me:hush@127.0.0.1:${response.socket?.localPort}/here` }).end(),
  '/to-tls': (_request, response) => response.writeHead(302, { location: `https://127.0.0.1:${response.socket?.localPort}/here` }).end(),
  '/here': ({ method, url }, response) => response.end(JSON.stringify({ method, url })),
}

const server = createServer((request, response) => {
  request.resume()
  handlers[new URL(request.url ?? '/', 'http://x').pathname]?.(request, response)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
after(() => {
  server.closeAllConnections()
  server.close()
})

const once = { maxAttempts: 1 }
const client = (options: Partial<HttpOptions> = {}) => mockContext().http({ baseUrl: url, retry: once, ...options })

async function kindOf(promise: Promise<unknown>): Promise<[VendorErrorKind, string]> {
  const error: unknown = await promise.then(
    () => assert.fail('it was answered'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof VendorError, String(error))
  return [error.kind, error.message]
}

test('an answer that is not what it should be is of the kind invalid_response, and says how it is not', async () => {
  for (const [path, says] of [
    ['/html', /answered 200 OK with a web page \('Sign in'\) instead of JSON/],
    ['/half-json', /text that is not valid JSON/],
    ['/nothing', /with nothing instead of JSON/],
    ['/loop', /leads more than five times on/],
    ['/elsewhere', /leads to http:\/\/other\.example, where it is not followed/],
    ['/to-tls', /leads to https:\/\/127\.0\.0\.1:\d+, where it is not followed/],
    ['/not-modified', /answered 304/],
    ['/file', /leads to a file, where it is not followed/],
  ] as const) {
    const [kind, message] = await kindOf(client().get(path))
    assert.equal(kind, 'invalid_response', `${path}: ${message}`)
    assert.match(message, says)
  }
})

test('an endless answer ends at a limit with an error of its own', async () => {
  const [kind, message] = await kindOf(client({ maxBytes: 1024 * 1024 }).get('/endless'))
  assert.equal(kind, 'invalid_response')
  assert.match(message, /answered with more than 1 MiB/)
})

test('a body that breaks off is told as that, and a GET is made again for it', async () => {
  for (const path of ['/too-short', '/cut']) {
    const [kind, message] = await kindOf(client().get(path))
    assert.ok(kind === 'unavailable' || kind === 'invalid_response', `${path}: ${kind}`)
    assert.match(message, /answered 200, and its body broke off/, path)
  }
  const ctx = mockContext()
  await kindOf(ctx.http({ baseUrl: url }).get('/cut', { retry: { maxAttempts: 2 } }))
  assert.equal(ctx.waits.length, 1)
})

test('what does not come in time is of the kind timeout, also in the middle of a body', async () => {
  assert.match(
    (await kindOf(client({ timeoutMs: 50 }).get('/silent'))).join(': '),
    /^timeout: GET \S+\/silent did not answer in time \(50 ms\)/,
  )
  assert.match(
    (await kindOf(client({ timeoutMs: 200 }).get('/slow-body'))).join(': '),
    /^timeout: GET \S+ answered 200, and its body was not there/,
  )
})

test('redirects are followed within the host, as their status says', async () => {
  assert.deepEqual(await client().post('/moved', { json: 1 }), { method: 'POST', url: '/here?x=1' })
  assert.deepEqual(await client().post('/see-other', { json: 1 }), { method: 'GET', url: '/here' })
})

test('JSON is read in the encodings and compressions that vendors send', async () => {
  for (const path of ['/bom', '/utf-16', '/latin-1', '/br', '/zstd']) assert.deepEqual(await client().get(path), { a: 'ö' }, path)
  assert.equal(await client().post('/empty-json', { json: 1 }), undefined)
  assert.equal((await client().fetch('/not-modified')).status, 304)
  assert.deepEqual(await client().get('/with-name'), { method: 'GET', url: '/here' })
})

test('an answer that unpacks to more than may be ends at the limit', async () => {
  const [kind, message] = await kindOf(client({ maxBytes: 1024 * 1024 }).get('/bomb'))
  assert.equal(kind, 'invalid_response')
  assert.match(message, /answered with more than 1 MiB/)
})

test('a vendor that cannot be reached is unavailable, and the sentence says why', async () => {
  const closed = mockContext().http({ baseUrl: 'http://127.0.0.1:1', retry: once })
  assert.match(
    (await kindOf(closed.get('/x'))).join(': '),
    /^unavailable: GET http:\/\/127\.0\.0\.1:1\/x could not be reached: (bad port|the connection was refused)/,
  )
  const unknown = mockContext().http({ baseUrl: 'http://no-such-host.invalid', retry: once })
  assert.match((await kindOf(unknown.post('/x', { json: 1 }))).join(': '), /^unavailable: .* no host has that name|could not be looked up/)
})

test('bytes that are not HTTP, and headers of ten megabytes, are invalid_response', async () => {
  const speak = (say: (socket: Socket) => void) =>
    new Promise<string>((resolve) => {
      const tcp = createTcpServer((socket) => {
        socket.on('error', () => {})
        socket.once('data', () => say(socket))
      }).unref()
      tcp.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(tcp.address() as AddressInfo).port}`))
    })
  const noise = await speak((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
  assert.equal((await kindOf(mockContext().http({ baseUrl: noise, retry: once }).get('/')))[0], 'invalid_response')
  const huge = await speak((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n`)
    for (let line = 0; line < 10_000 && !socket.destroyed; line++) socket.write(`x-${line}: ${'y'.repeat(1_000)}\r\n`)
  })
  assert.equal((await kindOf(mockContext().http({ baseUrl: huge, retry: once }).get('/')))[0], 'invalid_response')
})

test('what the code aborts stays an abort', async () => {
  const mine = new AbortController()
  const call = client().get('/silent', { signal: mine.signal })
  mine.abort(new DOMException('Enough.', 'AbortError'))
  await assert.rejects(call, { name: 'AbortError', message: 'Enough.' })
  const cancelled = new AbortController()
  const ctx = mockContext({ signal: cancelled.signal })
  const waiting = ctx.http({ baseUrl: url }).fetch('/silent')
  cancelled.abort(new DOMException('Cancelled.', 'AbortError'))
  await assert.rejects(waiting, { message: 'Cancelled.' })
})

test('a path leads nowhere but where it says', async () => {
  for (const path of ['/organizations/../admin', '/organizations/%2e%2e/admin', '/a\\..\\b', '/x#y'])
    assert.equal((await kindOf(client().get(path)))[0], 'invalid_request', path)
  assert.deepEqual((await kindOf(client().get('https://other.example/x')))[0], 'egress_refused')
  assert.deepEqual((await kindOf(mockContext().http({ baseUrl: 'https://name:secret@host' }).get('/x')))[0], 'invalid_request')
  assert.doesNotMatch((await kindOf(mockContext().http({ baseUrl: 'https://name:secret@host' }).get('/x')))[1], /secret/)
  for (const baseUrl of ['https://host/api?token=secret', 'https://host/#part']) {
    const [kind, message] = await kindOf(mockContext().http({ baseUrl }).get('/x'))
    assert.equal(kind, 'invalid_request')
    assert.match(message, /has a '\?' or '#' behind it/)
    assert.doesNotMatch(message, /secret|part/)
  }
})
