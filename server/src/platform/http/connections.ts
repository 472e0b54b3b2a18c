import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { BlockList, Socket } from 'node:net'
import { Server as SecureServer } from 'node:tls'
import { type DomainError, platformError } from '../errors.ts'
import { isIn } from './addresses.ts'
import type { Places } from './source-limits.ts'

const reasons: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
}

/** Answers before there is a request that the framework could answer, and ends the connection. */
function refuse(socket: Socket, { code, status, message, details }: DomainError): void {
  if (!socket.writable) return void socket.destroy()
  const body = JSON.stringify({ error: code, message, details, request_id: randomUUID() })
  const head = [
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

const codes: Record<string, 'request_timeout' | 'headers_too_large'> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
}

/** What the parser of requests found wrong, or took too long in coming. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  // TLS did not come about, so nothing that is written would arrive.
  if (/^(ERR_SSL_|ERR_TLS_|EPROTO)/.test(error.code ?? '')) return void socket.destroy()
  const code = codes[error.code ?? ''] ?? 'malformed_request'
  refuse(socket, platformError(code))
}

/**
 * Holds each address to its connections.
 *
 * @param proxies have as many as they want: they speak for many
 */
export function limitConnections(
  server: Server,
  places: Places,
  proxies: BlockList,
  onRefused: (address: string | undefined) => void,
): void {
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket
    if (isIn(proxies, remoteAddress)) return
    const leave = places.take(remoteAddress)
    if (leave) return void socket.once('close', leave)
    onRefused(remoteAddress)
    socket.on('error', () => {})
    // Before TLS there is no way to say why.
    if (server instanceof SecureServer) socket.destroy()
    else refuse(socket, platformError('too_many_connections'))
  })
}
