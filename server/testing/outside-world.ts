import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext, TLSSocket } from 'node:tls'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { TestCertificate } from './certificates.ts'

/** What a test's author code talks to: an HTTP server that does everything that matters, each at its path. */
export type OutsideWorld = {
  url: string
  port: number
  /** What was asked, in order. */
  requests: { path: string; headers: IncomingMessage['headers']; port: number | undefined }[]
  /** Connections that are open now. */
  connections(): Promise<number>
} & AsyncDisposable

const chunk = Buffer.alloc(65_536, 'x')

/** Sends so much as fast as it is taken. */
function pour(response: ServerResponse, bytes: number): void {
  let left = bytes
  const go = (): void => {
    while (left > 0) {
      const piece = chunk.subarray(0, Math.min(left, chunk.length))
      left -= piece.length
      if (!response.write(piece)) return void response.once('drain', go)
    }
    response.end()
  }
  go()
}

/** Bytes none of which can be in another's place unseen: each four are a number, one more than those before. */
export function numbered(bytes: number, from: number): Buffer {
  const numbers = Buffer.alloc(bytes)
  for (let at = 0; at + 4 <= bytes; at += 4) numbers.writeUInt32LE(from + at / 4, at)
  return numbers
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://outside')
  switch (pathname) {
    case '/hello':
      return void response.end('hello')
    case '/empty':
      return void response.writeHead(200, { 'content-type': 'application/json' }).end()
    case '/headers':
      response.setHeader('set-cookie', ['a=1', 'b=2'])
      return void response.writeHead(201, 'Made up', { 'x-latin': 'caf\xe9' }).end(JSON.stringify(request.headers))
    case '/echo':
      return void request.pipe(response)
    case '/gzip':
      return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed'))
    case '/br':
      return void response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync('packed'))
    case '/redirect':
      return void response.writeHead(302, { location: searchParams.get('to') ?? '/hello' }).end()
    case '/slow':
      return void response.write('begun')
    case '/silent':
      return
    case '/broken':
      response.write('begun')
      return void setImmediate(() => response.destroy())
    case '/numbered':
      return void response.end(numbered(Number(searchParams.get('bytes')), Number(searchParams.get('from'))))
    case '/big':
      return void pour(response, Number(searchParams.get('bytes')))
    default:
      response.writeHead(404).end()
  }
}

/** @param host where it listens; with `certificate` it speaks HTTPS */
export async function startOutsideWorld(host = '127.0.0.1', certificate?: TestCertificate): Promise<OutsideWorld> {
  const requests: OutsideWorld['requests'] = []
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push({ path: request.url ?? '', headers: request.headers, port: request.socket.remotePort })
    answer(request, response)
  }
  const server: Server = certificate ? createSecureServer(certificate, listener) : createServer(listener)
  const upgraded = new Set<Duplex>()
  server.on('upgrade', (request, socket) => {
    upgraded.add(socket)
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    socket.once('data', (frame: Buffer) => {
      const length = (frame[1] ?? 0) & 127
      const mask = frame.subarray(2, 6)
      const text = frame.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0))
      socket.write(Buffer.concat([Buffer.from([0x81, length]), text]))
    })
    socket.on('error', () => {})
  })
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `${certificate ? 'https' : 'http'}://${certificate ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    requests,
    connections: () => new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      for (const socket of upgraded) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Greets in the clear, goes over to TLS when asked, and answers there, as a mail server does. */
export async function startUpgradingServer(certificate: TestCertificate): Promise<{ port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  const server: TcpServer = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.write('220 ready for mail\r\n')
    socket.once('data', () => {
      socket.write('220 go ahead\r\n')
      const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(certificate) })
      secure.on('error', () => {})
      secure.once('data', (bytes) => secure.write(`250 heard ${String(bytes)}`))
      secure.on('end', () => secure.end())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
