import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'
import { type Caller, connectOutside, type Rules } from './outside.ts'
import { connectThrough, connectToProxy, judgeByName, proxyTo } from './proxied.ts'
import type { RunnerSockets } from './sockets.ts'

export type ConnectorGiven = {
  rules: Rules
  sockets: RunnerSockets
  caller: Caller
  /** What goes over the connections has credentials. */
  hasCredentials: boolean
  onSocket?(origin: string, socket: Socket): void
}

/** What a request over http: is sent with: a proxy is told the whole address, and passes it on itself. */
export function asProxied<Sent extends { path: string; headers: string[] }>({ proxies }: Rules, origin: string, sent: Sent): Sent {
  if (!proxies) return sent
  const { protocol, hostname, port } = new URL(origin)
  const proxy = protocol === 'http:' ? proxyTo(proxies, false, { host: hostname, port: Number(port) || 80 }) : null
  if (!proxy) return sent
  const { authorization } = proxy
  const kept = sent.headers.filter((_, index, all) => all[index - (index % 2)]?.toLowerCase() !== 'proxy-authorization')
  return {
    ...sent,
    path: `${new URL(origin).origin}${sent.path}`,
    headers: authorization === null ? kept : [...kept, 'Proxy-Authorization', authorization],
  }
}

/** Connects for undici: looked up once, judged and pinned; TLS on top of that, with the name that was asked for. */
export function outsideConnector({ rules, sockets, caller, hasCredentials, onSocket }: ConnectorGiven): buildConnector.connector {
  const secure = buildConnector({ allowH2: true })
  return (options, callback) => {
    const isSecure = options.protocol === 'https:'
    const port = Number(options.port) || (isSecure ? 443 : 80)
    const host = options.hostname
    const target = { host, port, hasOpenCredentials: hasCredentials && !isSecure }
    const proxy = rules.proxies ? proxyTo(rules.proxies, isSecure, target) : null
    sockets
      .open(target, async () => {
        if (!proxy) return connectOutside(target, 0, rules, caller)
        if (isSecure) return connectThrough(proxy, target, rules, caller)
        await judgeByName(target, rules, caller)
        return connectToProxy(proxy, rules.lookUp)
      })
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
