import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'
import { type Caller, connectOutside, type Rules } from './outside.ts'
import type { RunnerSockets } from './sockets.ts'

export type ConnectorGiven = {
  rules: Rules
  sockets: RunnerSockets
  caller: Caller
  /** What goes over the connections has credentials. */
  hasCredentials: boolean
  onSocket?(origin: string, socket: Socket): void
}

/** Connects for undici: looked up once, judged and pinned; TLS on top of that, with the name that was asked for. */
export function outsideConnector({ rules, sockets, caller, hasCredentials, onSocket }: ConnectorGiven): buildConnector.connector {
  const secure = buildConnector({ allowH2: true })
  return (options, callback) => {
    const isSecure = options.protocol === 'https:'
    const port = Number(options.port) || (isSecure ? 443 : 80)
    const host = options.hostname
    const target = { host, port, hasOpenCredentials: hasCredentials && !isSecure }
    sockets
      .open(target, () => connectOutside(target, 0, rules, caller))
      .then(
        (socket) => {
          onSocket?.(`${options.protocol}//${options.host}`, socket)
          if (isSecure) secure({ ...options, httpSocket: socket }, callback)
          else callback(null, socket as TLSSocket) // undici's type says so; a plain one is right for http:
        },
        (error: Error) => callback(error, null),
      )
  }
}
