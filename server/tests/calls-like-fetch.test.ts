import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { startProcesses, type TestProcesses } from '../testing/processes.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { until } from '../testing/until.ts'
import { ofOperatorsAuthority, operatorsAuthority } from '../testing/vendor-certificates.ts'

// A call of `context.http` is made without `fetch` where it is small. Whatever is called, code and vendor see what they see of `fetch`.

const workflows = `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

const seen = async (response) => ({
  hasBody: response.body !== null,
  status: response.status,
  statusText: response.statusText,
  ok: response.ok,
  url: response.url,
  type: response.type,
  urlOfClone: response.clone().url,
  headers: [...response.headers].filter(([name]) => name !== 'date'),
  body: await response.text().catch((error) => [error.name, error.message, error.cause?.code]),
})

const bodies = {
  none: () => undefined,
  text: () => 'größer',
  form: () => new URLSearchParams({ a: '1', b: 'ü & more' }),
  bytes: () => new Uint8Array([1, 2, 255]),
  buffer: () => new Uint8Array([0, 7, 8, 9]).buffer,
  view: () => new DataView(new Uint8Array([0, 7, 8, 9]).buffer, 1, 2),
  blob: () => new Blob(['a file'], { type: 'text/csv' }),
  parts: () => {
    const form = new FormData()
    form.set('name', 'report')
    form.set('file', new Blob(['a,b'], { type: 'text/csv' }), 'report.csv')
    return form
  },
  stream: () => new Blob(['a stream']).stream(),
}

export const answers = workflow(
  { name: 'answers', description: 'Reads answers.', parameters: z.object({ url: z.string(), paths: z.array(z.string()), methods: z.array(z.string()) }) },
  async (ctx, { url, paths, methods }) => {
    const http = ctx.http({ baseUrl: url, retry: { maxAttempts: 1 } })
    const told = []
    for (const method of methods)
      for (const path of paths) {
        const ours = await http.fetch(path, { method }).then(seen, (error) => error.message)
        const theirs = await fetch(url + path, { method, redirect: 'manual' }).then(seen, (error) => error.message)
        told.push({ method, path, ours, theirs })
      }
    return told
  },
)

export const requests = workflow(
  { name: 'requests', description: 'Sends bodies.', parameters: z.object({ url: z.string() }) },
  async (ctx, { url }) => {
    const http = ctx.http({ baseUrl: url })
    const told = []
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'])
      for (const [name, body] of Object.entries(method === 'GET' ? { none: bodies.none } : bodies)) {
        const headers = { 'x-mine': 'yes', ...(name === 'bytes' ? { 'content-type': 'image/png', 'user-agent': 'mine' } : {}) }
        const ours = await (await http.fetch('/echo?of=1', { method, headers, body: body() })).json()
        const theirs = await (await fetch(url + '/echo?of=1', { method, headers, body: body(), duplex: 'half' })).json()
        told.push({ method, name, ours, theirs })
      }
    return told
  },
)

export const headers = workflow(
  { name: 'headers', description: 'Sends headers.', parameters: z.object({ urls: z.array(z.string()), sets: z.array(z.record(z.string(), z.string())) }) },
  async (ctx, { urls, sets }) => {
    const told = []
    for (const url of urls) {
      const http = ctx.http({ baseUrl: url, retry: { maxAttempts: 2, initialDelayMs: 1 } })
      for (const headers of sets)
        for (const method of ['GET', 'POST']) {
          const init = { method, headers, body: method === 'GET' ? undefined : 'text' }
          const read = (response) => response.json()
          const ours = await http.fetch('/echo?of=1', init).then(read, (error) => [error.kind, error.cause?.cause?.message, error.details?.is_sent])
          const theirs = await fetch(url + '/echo?of=1', init).then(read, (error) => ['invalid_request', error.cause.message, false])
          told.push({ url, method, headers, ours, theirs })
        }
    }
    return told
  },
)

export const unsendable = workflow(
  { name: 'unsendable', description: 'Sends nothing.', parameters: z.object({ url: z.string() }) },
  async (ctx, { url }) => {
    const told = (error) => [error.kind, error.message, error.details.is_sent]
    const large = await ctx.http({ baseUrl: url }).get('/small', { headers: { 'x-large': 'x'.repeat(300_000) } }).catch(told)
    const port = await ctx.http({ baseUrl: 'http://127.0.0.1:6667', retry: { maxAttempts: 1 } }).get('/small').catch(told)
    const http = ctx.http({ baseUrl: url })
    const upload = new Uint8Array([1, 2, 3])
    const sent = http.fetch('/echo?of=1', { method: 'PUT', body: upload })
    const misdirected = (await http.fetch('/misdirected', { method: 'PUT', body: upload })).status
    return { large, port: port[1], misdirected, sent: (await (await sent).json()).body }
  },
)

export const waiting = workflow(
  { name: 'waiting', description: 'Gives up.', parameters: z.object({ url: z.string(), other: z.string(), rounds: z.number() }) },
  async (ctx, { url, other, rounds }) => {
    const http = ctx.http({ baseUrl: url, retry: { maxAttempts: 1 } })
    // So that there is a connection on which the next request is sent at once.
    await http.get('/small')
    const stop = new AbortController()
    const holding = ctx.http({ baseUrl: other })
    const held = Array.from({ length: 512 }, () => holding.fetch('/half', { signal: stop.signal }).catch(() => {}))
    await held[0]
    const kinds = await Promise.all(Array.from({ length: rounds }, () => http.post('/given-up', { timeoutMs: 200 }).catch((error) => error.kind)))
    const after = Promise.all(Array.from({ length: rounds }, () => http.post('/small', { timeoutMs: 30_000 })))
    stop.abort()
    await Promise.all(held)
    return { kinds: [...new Set(kinds)], after: (await after).length }
  },
)

export const piped = workflow(
  { name: 'piped', description: 'Sends what it reads meanwhile.', parameters: z.object({ url: z.string() }) },
  async (ctx, { url }) => {
    const http = ctx.http({ baseUrl: url, retry: { maxAttempts: 1 } })
    async function* read() {
      yield await (await fetch(url + '/small')).text()
      yield await (await http.fetch('/small')).text()
    }
    return (await (await http.fetch('/echo?of=1', { method: 'POST', body: ReadableStream.from(read()).pipeThrough(new TextEncoderStream()) })).json()).body
  },
)

export const halves = workflow(
  { name: 'halves', description: 'Reads halves.', parameters: z.object({ url: z.string() }) },
  async (ctx, { url }) => {
    const http = ctx.http({ baseUrl: url, retry: { maxAttempts: 1 } })
    const stop = new AbortController()
    const stopped = await http.fetch('/endless', { signal: stop.signal })
    const reader = stopped.body.getReader()
    const first = (await reader.read()).value.length > 0
    stop.abort(new Error('enough'))
    const rest = await (async () => { for (;;) if ((await reader.read()).done) return 'whole' })().catch((error) => error.message)
    const cancelled = await http.fetch('/endless')
    await cancelled.body.cancel()
    const late = await http.get('/half', { timeoutMs: 2_000 }).catch((error) => [error.kind, error.message])
    const head = await http.fetch('/half')
    const before = AbortSignal.abort(new Error('not wanted'))
    const unsent = await http.fetch('/small', { signal: before }).catch((error) => error.message)
    return { first, rest, late, head: head.status, unsent, next: await (await http.fetch('/small')).text() }
  },
)
`

const json = { 'content-type': 'application/json' }
const large = JSON.stringify({ items: Array.from({ length: 15_000 }, (_, id) => ({ id, name: `Customer ${id}` })) })
const answers: Record<string, (response: ServerResponse, request: IncomingMessage) => void> = {
  '/small': (response) => response.writeHead(200, json).end('{"id":1,"name":"Zoë"}'),
  '/choices': (response) => response.writeHead(300).end('choices'),
  '/reason': (response) => response.writeHead(200, 'Gefunden \u00fc\u00e9').end('ok'),
  '/misdirected-slowly': (response) =>
    response.writeHead(421, json).write('{"message":', () => setImmediate(() => response.end('"there"}'))),
  '/misdirected': (response) => response.writeHead(421, json).end('{"message":"elsewhere"}'),
  '/given-up': (response) => {
    givenUp++
    response.end('{}')
  },
  '/cookies': (response) =>
    response.writeHead(200, 'Fine', { 'set-cookie': ['a=1', 'b=2'], link: ['<1>', '<2>'], 'x-name': 'Zo\u00eb' }).end('ok'),
  '/empty': (response) => response.writeHead(200).end(),
  '/nothing': (response) => response.writeHead(204).end(),
  '/reset': (response) => response.writeHead(205).end(),
  '/as-before': (response) => response.writeHead(304, { etag: '"1"' }).end(),
  '/odd': (response) => response.writeHead(999, { 'content-type': 'text/plain' }).end('odd'),
  '/refused': (response) => response.writeHead(403, json).end('{"message":"no"}'),
  '/failed': (response) => response.writeHead(500).end('failed'),
  '/gzip': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed')),
  '/x-gzip': (response) => response.writeHead(200, { 'Content-Encoding': 'X-GZIP' }).end(gzipSync('packed')),
  '/deflate': (response) => response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateSync('packed')),
  '/raw-deflate': (response) => response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateRawSync('packed')),
  '/twice': (response) => response.writeHead(200, { 'content-encoding': 'gzip, br' }).end(brotliCompressSync(gzipSync('packed'))),
  '/wrongly-packed': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not packed'),
  '/wrongly-packed-br': (response) => response.writeHead(200, { 'content-encoding': 'br' }).end('not packed'),
  '/other-coding': (response) => response.writeHead(200, { 'content-encoding': 'aes' }).end('as it is'),
  '/large': (response) => response.writeHead(200, json).end(large),
  '/large-gzip': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(large)),
  '/pieces': (response) => {
    for (const piece of ['a', 'b', 'c']) response.write(piece)
    response.end()
  },
  '/cut': (response) => response.writeHead(200, { 'content-length': '100' }).write('{"id":', () => response.socket?.destroy()),
  '/lost': (response) => void response.socket?.destroy(),
  '/half': (response) => void response.write('{"items":['),
  '/endless': (response) => {
    endless.add(response)
    response.on('close', () => endless.delete(response))
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  },
  '/echo?of=1': async (response, request) => {
    const names = [...new Set(request.rawHeaders.filter((_, index) => index % 2 === 0))].filter(
      (name) => !/^(host|connection)$/i.test(name),
    )
    const headers = Object.fromEntries(names.map((name) => [name, request.headers[name.toLowerCase()]]))
    const boundary = /boundary=(\S+)/.exec(String(headers['content-type']))?.[1]
    const body = await text(request).catch(() => '')
    const plain = (value: string) => (boundary ? value.replaceAll(boundary, 'B') : value)
    response.writeHead(200, json).end(plain(JSON.stringify({ method: request.method, headers, body })))
  },
}

/** How many requests came for which nobody waits. */
let givenUp = 0

type Seen = { status: number; body: unknown }
const handle = (request: IncomingMessage, response: ServerResponse) => void answers[request.url ?? '']?.(response, request)
const endless = new Set<ServerResponse>()
const server = createServer(handle)
const secure = createSecureServer(ofOperatorsAuthority, handle)
let url = ''
let secureUrl = ''
let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let processes: TestProcesses

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
  secureUrl = `https://127.0.0.1:${(secure.address() as AddressInfo).port}` // as above
  workspace = await temporaryWorkspace({ 'workflows/calls.ts': workflows, 'authority.pem': operatorsAuthority })
  processes = await startProcesses(workspace.path)
  await processes.startWorker({ CROSSWALK_EGRESS_ALLOW: '127.0.0.1', NODE_EXTRA_CA_CERTS: join(workspace.path, 'authority.pem') })
})
after(async () => {
  for (const one of [server, secure]) {
    one.closeAllConnections()
    one.close()
  }
  await processes[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

async function resultOf<Result>(name: string, parameters: object): Promise<Result> {
  const { error, result } = await processes.ended(await processes.execute(name, parameters))
  assert.equal(error, null)
  return result as Result // what the workflow returned
}

test('an answer is what fetch gives, whatever its status, its coding and its length', async () => {
  const paths = Object.keys(answers).filter(
    (path) => !['/half', '/endless', '/echo?of=1', '/cut', '/lost', '/large', '/large-gzip', '/given-up'].includes(path),
  )
  const told = await resultOf<{ method: string; path: string; ours: Seen; theirs: Seen }[]>('answers', {
    url,
    paths,
    methods: ['GET', 'POST', 'HEAD', 'OPTIONS'],
  })
  assert.equal(told.length, 4 * paths.length)
  for (const { method, path, ours, theirs } of told) assert.deepEqual(ours, theirs, `${method} ${path}`)
  const bodyOf = (wanted: string) => told.find(({ method, path }) => method === 'GET' && path === wanted)?.ours.body
  assert.deepEqual(
    [bodyOf('/small'), bodyOf('/gzip'), bodyOf('/twice'), bodyOf('/pieces')],
    ['{"id":1,"name":"Zoë"}', 'packed', 'packed', 'abc'],
  )
})

test('a long answer is whole, packed or not, and one that breaks off says so', async () => {
  const told = await resultOf<{ path: string; ours: Seen; theirs: Seen }[]>('answers', {
    url,
    paths: ['/large', '/large-gzip', '/cut'],
    methods: ['GET'],
  })
  for (const { path, ours, theirs } of told) assert.deepEqual(ours, theirs, path)
  assert.deepEqual(
    told.map(({ ours }) => ours.body === large),
    [true, true, false],
  )
})

test('a vendor is sent what fetch sends, whatever the body', async () => {
  const told = await resultOf<{ method: string; name: string; ours: { headers: object }; theirs: object }[]>('requests', { url })
  assert.equal(told.length, 4 * 9 + 1)
  for (const { method, name, ours, theirs } of told) assert.deepEqual(ours, theirs, `${method} ${name}`)
  assert.ok(told.every(({ ours }) => (ours.headers as Record<string, string>)['x-mine'] === 'yes'))
})

test('a vendor is sent what fetch sends, whatever headers the code sets, and what cannot be sent is the fault of the request', async () => {
  const sets = [
    {},
    { range: 'bytes=0-1' },
    { range: 'bytes=0-1', 'accept-encoding': 'gzip' },
    { 'if-none-match': '"1"' },
    { 'if-modified-since': 'Mon, 30 Nov 2026 00:00:00 GMT', 'cache-control': 'private' },
    { accept: 'text/csv', 'user-agent': 'mine', 'accept-language': 'de', 'sec-fetch-mode': 'mine' },
    { 'content-length': '4' },
    { 'content-length': '99' },
    { 'keep-alive': 'timeout=5' },
    { 'transfer-encoding': 'chunked' },
    { upgrade: 'h2c' },
    { expect: '100-continue' },
    { 'x-empty': '', 'x-latin': 'Zo\u00eb', te: 'trailers', cookie: 'a=1', host: 'other.example' },
  ]
  const told = await resultOf<{ url: string; method: string; headers: object; ours: unknown; theirs: unknown }[]>('headers', {
    urls: [url, secureUrl],
    sets,
  })
  assert.equal(told.length, 2 * 2 * sets.length)
  for (const { method, headers, ours, theirs, ...at } of told)
    assert.deepEqual(ours, theirs, `${method} ${at.url} ${JSON.stringify(headers)}`)
  assert.equal(told.filter(({ ours }) => Array.isArray(ours) && ours[0] === 'invalid_request').length, 2 * (4 * 2 + 1))
})

test('what is too large says so, a port of another protocol is refused as by fetch, and bytes are sent once', async () => {
  const { large, port, misdirected, sent } = await resultOf<Record<'large' | 'port' | 'misdirected' | 'sent', unknown>>('unsendable', {
    url,
  })
  assert.deepEqual(large, [
    'invalid_request',
    `GET ${url}/small was not sent: The address and the headers of a request may have 256 KiB in all. Send what is larger in its body.`,
    false,
  ])
  assert.deepEqual([misdirected, sent], [421, '\u0001\u0002\u0003'])
  assert.equal(port, 'GET http://127.0.0.1:6667/small could not be reached: bad port.')
})

test('what a body asks for while it is sent is a call of its own', async () => {
  assert.equal(await resultOf('piped', { url }), '{"id":1,"name":"Zoë"}{"id":1,"name":"Zoë"}')
})

test('a call that is given up while it waits for its turn is not made, and those behind it are', async () => {
  assert.deepEqual(await resultOf('waiting', { url, other: secureUrl, rounds: 20 }), { kinds: ['timeout'], after: 20 })
  assert.equal(givenUp, 0)
})

test('an answer that comes bit by bit can be stopped, and the next call is made', async () => {
  assert.deepEqual(await resultOf('halves', { url }), {
    first: true,
    rest: 'enough',
    late: ['timeout', `GET ${url}/half answered 200, and its body was not there after 2 s.`],
    head: 200,
    unsent: 'not wanted',
    next: '{"id":1,"name":"Zoë"}',
  })
  await until('the vendor has nobody left to send to', () => endless.size === 0)
})
