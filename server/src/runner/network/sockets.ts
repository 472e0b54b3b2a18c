import { syncBuiltinESMExports } from 'node:module'
import net, { type Socket } from 'node:net'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { EgressRefusedError } from '@crosswalk/sdk'
import { builtin } from '@crosswalk/sdk/builtins'
import type { LaneStream } from '../../protocol/lane-stream.ts'
import type { TunnelAnswer, TunnelHead } from '../../protocol/network.ts'
import { countRead } from '../../protocol/read-memory.ts'
import { socketError } from './failures.ts'
import type { Wire } from './wire.ts'

type ConnectOptions = { host?: string; port?: number | string; path?: string | null; family?: number | string; timeout?: number }
type Normalized = [ConnectOptions, (() => void) | null]

/** Node's own, which `net` exports for `tls` and others. */
const { _normalizeArgs: normalizeArgs } = net as unknown as { _normalizeArgs(args: readonly unknown[]): Normalized }

/** Fields of a socket that Node writes and does not declare. */
type InnerSocket = Socket & {
  connecting: boolean
  _peername?: object
  _sockname?: object
  _unrefTimer(): void
  _host?: string
}

/** Has every socket of Node connect through the gateway: those of `node:net`, and what stands on it (`node:http`, agents, drivers). */
export function connectThrough(open: () => Wire): void {
  net.Socket.prototype.connect = function connect(this: InnerSocket, ...args: unknown[]): Socket {
    const [options, onConnect] = (Array.isArray(args[0]) ? args[0] : normalizeArgs(args)) as Normalized
    const wire = open()
    if (onConnect) this.once('connect', onConnect)
    // Its bytes would not be encrypted: only `tls.connect` makes one over a socket of ours.
    if (this instanceof builtin('node:tls').TLSSocket) throw new TypeError('A TLSSocket does not connect by itself here. Use tls.connect.')
    joinWire(wire, this, options)
    return this
  } as Socket['connect']
  syncBuiltinESMExports()
}

/** TLS ends here, over such a socket. */
export function secureThrough(): void {
  const tls = builtin('node:tls')
  const { connect: connectTls } = tls
  tls.connect = function connect(...args: unknown[]): TLSSocket {
    const [given, onConnect] = normalizeArgs(args)
    const more = args.slice(1, 3).find((one) => typeof one === 'object' && one !== null)
    const options = { ...given, ...more } as ConnectionOptions
    const callback = onConnect ?? undefined
    if (options.socket) {
      const over = connectTls(options, callback) as TLSSocket & InnerSocket
      // Node takes a socket without a handle for one that is still to connect.
      if (joined.has(options.socket) && !(options.socket as InnerSocket).connecting)
        process.nextTick(() => {
          over.connecting = false
          over.emit('connect')
        })
      return over
    }
    const { host, port, path, timeout } = options
    const socket = net.connect({ host: host ?? 'localhost', port: Number(port), ...(path ? { path } : {}) } as net.NetConnectOpts)
    const secure = connectTls({ ...options, host: host ?? 'localhost', socket }, callback)
    if (timeout !== undefined) secure.setTimeout(timeout)
    return secure
  } as typeof tls.connect
  syncBuiltinESMExports()
}

const joined = new WeakSet<object>()

/** Makes a socket that has no handle read from and write to a stream of the wire. */
function joinWire(wire: Wire, socket: InnerSocket, options: ConnectOptions): void {
  const host = options.host || 'localhost'
  const port = Number(options.port)
  let stream: LaneStream | undefined
  let drained: (() => void) | undefined
  let isWanted = false
  joined.add(socket)
  socket.connecting = true
  socket._host = host
  if (options.timeout) socket.setTimeout(options.timeout)
  const counted = { read: 0, written: 0 }
  const whenConnected = (run: () => void) => (socket.connecting ? void socket.once('connect', run) : run())
  const write = (bytes: Buffer, done: (error?: Error | null) => void) => {
    socket._unrefTimer()
    counted.written += bytes.length
    if (!stream || stream.isOver) done(Object.assign(new Error('This socket has been ended by the other party'), { code: 'EPIPE' }))
    else if (stream.send(bytes)) done(null)
    else drained = () => done(null)
  }
  // Copies: Node has sent what is called back for, so it may be changed.
  const bytesOf = (chunk: Uint8Array | string, encoding: BufferEncoding) =>
    typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk)
  const own: Record<string, unknown> = {
    _read: () => {
      isWanted = true
      // Before that nobody would hear what comes.
      if (!socket.connecting) stream?.resume()
    },
    _write: (chunk: Uint8Array | string, encoding: BufferEncoding, done: (error?: Error | null) => void) =>
      whenConnected(() => write(bytesOf(chunk, encoding), done)),
    _writev: (chunks: { chunk: Uint8Array | string; encoding: BufferEncoding }[], done: (error?: Error | null) => void) =>
      whenConnected(() => write(Buffer.concat(chunks.map(({ chunk, encoding }) => bytesOf(chunk, encoding))), done)),
    _final: (done: () => void) =>
      whenConnected(() => {
        stream?.end()
        done()
      }),
    _destroy: (error: Error | null, done: (error?: Error | null) => void) => {
      stream?.cancel()
      // Node's own ends the timers, and says `close`.
      net.Socket.prototype._destroy.call(socket, error, done)
    },
  }
  for (const [name, value] of Object.entries(own)) Object.defineProperty(socket, name, { value, writable: true, configurable: true })
  Object.defineProperties(socket, {
    pending: { get: () => socket.connecting, configurable: true },
    bytesRead: { get: () => counted.read, configurable: true },
    bytesWritten: { get: () => counted.written, configurable: true },
  })

  const begin = async () => {
    if (options.path) throw socketFileRefused(options.path)
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw Object.assign(new RangeError(`Port should be >= 0 and < 65536. Received ${String(options.port)}.`), {
        code: 'ERR_SOCKET_BAD_PORT',
      })
    const family = [4, '4', 'IPv4'].includes(options.family ?? 0) ? 4 : [6, '6', 'IPv6'].includes(options.family ?? 0) ? 6 : 0
    const head: TunnelHead = { host, port, family }
    stream = await wire.begin<TunnelAnswer>('tunnel', head, true, {
      onAnswer({ remote, local }) {
        if (socket.destroyed) return
        socket._peername = remote
        Object.defineProperty(socket, '_getsockname', { value: () => local, configurable: true })
        socket.connecting = false
        socket.emit('connect')
        socket.emit('ready')
        if (isWanted) stream?.resume()
        else if (!socket.isPaused()) socket.read(0)
      },
      onBytes(piece) {
        socket._unrefTimer()
        counted.read += piece.length
        countRead(piece.length)
        if (!socket.destroyed && !socket.push(Buffer.from(piece))) stream?.pause()
      },
      onEnd() {
        if (socket.destroyed) return
        socket.push(null)
        // Node's own sockets are told of the end even where nobody reads.
        if (socket.readableLength === 0) socket.read(0)
      },
      onFailure: fail,
      onDrain: () => goOn(),
    })
    if (socket.destroyed) stream.cancel()
    else stream.pause()
  }
  const goOn = () => {
    const run = drained
    drained = undefined
    run?.()
  }
  const fail = (error: Error) => {
    const wasConnecting = socket.connecting
    socket.connecting = false
    if (!socket.destroyed) socket.destroy(wasConnecting ? error : socketError(error))
    goOn()
  }
  begin().catch(fail)
}

function socketFileRefused(path: string): Error {
  return new EgressRefusedError(
    `Author code may not connect to the socket file ${path.slice(0, 200)}: it leads to a program of this machine. Connect to a host and a port.`,
    { path: path.slice(0, 200), reason: 'socket_file' },
  )
}
