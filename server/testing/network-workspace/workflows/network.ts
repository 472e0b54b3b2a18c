import { createHash } from 'node:crypto'
import dgram from 'node:dgram'
import dns from 'node:dns'
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import net from 'node:net'
import tls from 'node:tls'
import { type Context, workflow } from '@crosswalk/sdk'
import { z } from 'zod'

const parameters = z.looseObject({ url: z.string().default(''), host: z.string().default(''), port: z.number().default(0) })
type Given = z.output<typeof parameters>
const made = (name: string, run: (given: Given, ctx: Context) => Promise<unknown>) =>
  workflow({ name, description: 'Uses the network.', parameters }, (ctx, given) => run(given, ctx))

async function textOf(response: http.IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}

function errorOf(thrown: unknown) {
  const error = thrown as Error & { code?: string }
  const cause = error.cause as { code?: string; name?: string } | undefined
  return { name: error.name, code: error.code ?? null, message: error.message, cause: cause?.code ?? cause?.name ?? null }
}

/** A fetch with everything that is told of it. */
export const fetched = made('fetched', async ({ url, init, ...given }) => {
  const response = await fetch(url, init as RequestInit)
  const text = given.shown === false ? '' : await response.text()
  return {
    status: response.status,
    url: response.url,
    redirected: response.redirected,
    text,
    headers: Object.fromEntries(response.headers),
    cookies: response.headers.getSetCookie(),
  }
})

export const failing = made('failing', async ({ url }) => fetch(url).then(() => null, errorOf))

/** A body of many pieces goes out while the answer comes in. */
export const echoed = made('echoed', async ({ url, pieces = 2_000 }) => {
  const sent = createHash('sha256')
  async function* body() {
    for (let index = 0; index < Number(pieces); index++) {
      const piece = new Uint8Array(10_000).fill(index % 256)
      sent.update(piece)
      yield piece
    }
  }
  const response = await fetch(url, { method: 'POST', body: ReadableStream.from(body()), duplex: 'half' } as RequestInit)
  const received = createHash('sha256')
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    received.update(chunk)
    bytes += chunk.length
  }
  return { bytes, isSame: sent.digest('hex') === received.digest('hex') }
})

export const aborted = made('aborted', async ({ url, when }) => {
  const abort = new AbortController()
  try {
    const answer = fetch(url, { signal: when === 'late' ? AbortSignal.timeout(200) : abort.signal })
    if (when === 'soon') setImmediate(() => abort.abort())
    const response = await answer
    if (when === 'body') setTimeout(() => abort.abort(), 50)
    await response.text()
    return null
  } catch (error) {
    return errorOf(error as Error)
  }
})

/** As axios and got do: Node's own clients with agents. */
export const clients = made('clients', async ({ url }) => {
  const client = url.startsWith('https:') ? https : http
  const agent = new client.Agent({ keepAlive: true, maxSockets: 1 })
  const ask = async (method: string, body?: string) => {
    const request = client.request(url, { method, agent, headers: body === undefined ? {} : { 'content-length': body.length } })
    request.end(body)
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    return { status: response.statusCode, text: await textOf(response) }
  }
  const answers = [await ask('GET'), await ask('POST', 'hello')]
  agent.destroy()
  return answers
})

export const failingClient = made('failing_client', async ({ url }) => {
  const request = (url.startsWith('https:') ? https : http).get(url)
  const [error] = (await once(request, 'error')) as [Error]
  return errorOf(error)
})

/** Greets, upgrades the connection to TLS, and continues in it, as SMTP does. */
export const upgraded = made('upgraded', async ({ host, port }) => {
  const socket = net.connect(port, host)
  const line = async (from: net.Socket) => String(((await once(from, 'data')) as [Buffer])[0]).trim()
  const greeting = await line(socket)
  socket.write('STARTTLS\r\n')
  const ready = await line(socket)
  const secure = tls.connect({ socket, servername: 'localhost', host: 'localhost' })
  await once(secure, 'secureConnect')
  secure.write('EHLO client\r\n')
  const answer = await line(secure)
  const protocol = secure.getProtocol()
  secure.end('QUIT\r\n')
  await once(secure, 'close')
  return { greeting, ready, answer, authorized: secure.authorized, protocol, remote: socket.remoteAddress }
})

export const connected = made('connected', async ({ host, port, options }) => {
  const socket = net.connect({ host, port, ...(options as object) })
  const events: string[] = []
  for (const name of ['connect', 'ready', 'end', 'close', 'timeout', 'error']) socket.on(name, () => events.push(name))
  await Promise.race([once(socket, 'connect'), once(socket, 'error')]).catch((error: Error) => events.push(String(errorOf(error).code)))
  if (!socket.destroyed) {
    socket.end('bye')
    await once(socket.resume(), 'close')
  }
  return { events, read: socket.bytesRead, written: socket.bytesWritten, isSocket: socket instanceof net.Socket }
})

export const refusals = made('refusals', async () => {
  const told: Record<string, unknown> = {}
  const keep = async (name: string, run: () => Promise<unknown> | unknown) => {
    told[name] = await Promise.resolve()
      .then(run)
      .then(() => 'done', errorOf)
  }
  await keep('unix', () => once(net.connect('/var/run/docker.sock'), 'connect'))
  await keep('unix http', () => once(http.get({ socketPath: '/var/run/docker.sock', path: '/' }), 'response'))
  await keep('tls unix', () => once(tls.connect({ path: '/tmp/x.sock' }), 'secureConnect'))
  await keep('listen', () => once(net.createServer().listen(0), 'listening'))
  await keep('listen unix', () => once(net.createServer().listen('/tmp/author.sock'), 'listening'))
  await keep('udp', async () => {
    const socket = dgram.createSocket('udp4')
    await new Promise<void>((resolve, reject) =>
      socket.once('error', reject).send('x', 53, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
    )
  })
  return told
})

export const lookedUp = made('looked_up', async ({ host }) => {
  const called = await new Promise((resolve, reject) =>
    dns.lookup(host, (error, address, family) => (error ? reject(error) : resolve([address, family]))),
  )
  const all = await dns.promises.lookup(host, { all: true })
  return { called, all }
})

export const http2Client = made('http2_client', async ({ url }) => {
  const session = http2.connect(url)
  const stream = session.request({ ':path': '/hello' })
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  session.close()
  return text
})

export const webSocket = made('web_socket', async ({ url }) => {
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = (event) => reject(new Error(String((event as ErrorEvent).message)))
  })
  socket.send('over the wire')
  const { data } = await new Promise<MessageEvent>((resolve) => {
    socket.onmessage = resolve
  })
  socket.close()
  return data
})

/** Asks many addresses of this machine, which are as many origins. */
export const manyOrigins = made('many_origins', async ({ port, count = 600 }) => {
  const origins = Array.from({ length: Number(count) }, (_, index) => `http://127.1.${index >> 7}.${1 + (index & 127)}:${port}`)
  const texts: string[] = []
  const work = async (): Promise<void> => {
    for (let origin = origins.pop(); origin; origin = origins.pop()) texts.push(await (await fetch(`${origin}/hello`)).text())
  }
  await Promise.all(Array.from({ length: 64 }, work))
  return texts.filter((text) => text === 'hello').length
})

export const parallel = made('parallel', async ({ url, count = 64 }) => {
  const lengths = await Promise.all(Array.from({ length: Number(count) }, async () => (await (await fetch(url)).arrayBuffer()).byteLength))
  return lengths
})

/** Several answers at once, by all ways there are, some of which are read slowly. A digest of each. */
export const mixed = made('mixed', async ({ url, count }) => {
  const rest = (slow: boolean) => (slow ? new Promise((resolve) => setTimeout(resolve, 2)) : undefined)
  const digestOf = async (answer: AsyncIterable<Uint8Array>, slow: boolean) => {
    const digest = createHash('sha256')
    for await (const piece of answer) {
      digest.update(piece)
      await rest(slow)
    }
    return digest.digest('hex')
  }
  const ask = async (index: number) => {
    const from = `${url}&from=${index * 1_000_000}`
    const slow = index % 4 < 2
    if (index % 2 === 0) return digestOf((await fetch(from)).body as AsyncIterable<Uint8Array>, slow)
    const [response] = (await once(http.get(from), 'response')) as [http.IncomingMessage]
    return digestOf(response, slow)
  }
  return Promise.all(Array.from({ length: Number(count) }, (_, index) => ask(index)))
})

/** Reads slowly what comes fast. */
export const downloaded = made('downloaded', async ({ url }) => {
  let bytes = 0
  let maxRss = 0
  const before = process.memoryUsage.rss()
  const response = await fetch(url)
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes % 50 === 0) maxRss = Math.max(maxRss, process.memoryUsage.rss())
  }
  return { bytes, grownMb: Math.round((Math.max(maxRss, process.memoryUsage.rss()) - before) / 1e6) }
})

/** One call that is under way when the gateway ends, and the next. */
export const twice = made('twice', async ({ url }, ctx) => {
  await ctx.log('info', 'begun')
  const first = await fetch(`${url}/silent`).then(() => null, errorOf)
  const second = await (await fetch(`${url}/hello`)).text()
  return { first, second }
})

export const held = made('held', async ({ url }, ctx) => {
  const response = await fetch(url)
  await ctx.log('info', `held ${response.status}`)
  return response.text()
})
