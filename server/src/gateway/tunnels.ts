import type { ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Endpoint, TunnelAnswer, TunnelHead } from '../protocol/network.ts'
import { countRead } from '../protocol/read-memory.ts'
import type { Reply } from './reply.ts'

/** Joins a runner's stream and a connection: bytes both ways with back-pressure, each direction ended by itself. */
export function joinTunnel(stream: ServerHttp2Stream, socket: Socket, reply: Reply): void {
  stream.pipe(socket)
  socket.on('data', (chunk: Buffer) => {
    countRead(chunk.length)
    if (!reply.write(chunk)) socket.pause()
  })
  stream.on('drain', () => socket.resume())
  socket.on('end', () => reply.end())
  socket.on('error', (error) => reply.fail(error))
  stream.on('error', () => socket.destroy())
  stream.on('close', () => socket.destroy())
}

export function endpointsOf(socket: Socket): TunnelAnswer {
  const endpoint = (address = '', port = 0, family = ''): Endpoint => ({ address, port, family })
  return {
    remote: endpoint(socket.remoteAddress, socket.remotePort, socket.remoteFamily),
    local: endpoint(socket.localAddress, socket.localPort, socket.localFamily),
  }
}

export function isTunnelHead(head: unknown): head is TunnelHead {
  if (typeof head !== 'object' || head === null) return false
  const { host, port, family } = head as Record<string, unknown> // read once as what a runner sent
  return (
    typeof host === 'string' &&
    host.length > 0 &&
    host.length <= 253 &&
    Number.isInteger(port) &&
    Number(port) > 0 &&
    Number(port) <= 65_535 &&
    (family === 0 || family === 4 || family === 6)
  )
}
