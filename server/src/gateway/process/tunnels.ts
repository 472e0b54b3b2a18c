import type { Socket } from 'node:net'
import type { LaneStream } from '../../protocol/lane-stream.ts'
import type { Endpoint, TunnelAnswer, TunnelHead } from '../../protocol/network.ts'
import { countRead } from '../../protocol/read-memory.ts'
import type { Reply } from './reply.ts'

/** Joins a runner's stream and a connection: bytes both ways with back-pressure, each direction ended by itself. */
export function joinTunnel(stream: LaneStream, socket: Socket, reply: Reply): void {
  stream.handler = {
    onBytes(piece) {
      if (!socket.write(piece)) stream.pause()
    },
    onEnd: () => void socket.end(),
    onDrain: () => void socket.resume(),
    outsideBytes: () => socket.writableLength + socket.readableLength,
    onClose(isWhole) {
      // A whole one has been ended in both directions, and closes when all is written.
      if (!isWhole) socket.destroy()
    },
  }
  socket.on('drain', () => stream.resume())
  socket.on('data', (chunk: Buffer) => {
    countRead(chunk.length)
    if (!reply.write(chunk)) socket.pause()
  })
  socket.on('end', () => reply.end())
  socket.on('error', (error) => reply.fail(error))
  stream.resume()
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
