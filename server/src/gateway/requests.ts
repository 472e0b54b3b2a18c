import type { ServerHttp2Stream } from 'node:http2'
import type { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import type { RequestHead } from '../protocol/network.ts'
import { countRead } from '../protocol/read-memory.ts'
import { KeptConnections } from './kept-connections.ts'
import { type Caller, connectOutside, type Rules } from './outside.ts'
import { refuseWithoutPass } from './refusals.ts'
import type { Reply } from './reply.ts'
import type { RunnerSockets } from './sockets.ts'

const maxConnectionsPerOrigin = 128
/** How long a connection is kept for another request: of itself, and where its server says how long. */
const keepAlive = { keepAliveTimeout: 4_000, keepAliveMaxTimeout: 10_000 }

/** Makes the HTTP requests of one runner. Its connections are its own: what a vendor ties to a connection is no other's. */
export class Requests {
  readonly #rules: Rules
  readonly #sockets: RunnerSockets
  readonly #kept = new KeptConnections()
  /** By what they may reach: a connection that one caller may not make is not given to it ready-made. */
  readonly #agents = new Map<string, Agent>()

  constructor(rules: Rules, sockets: RunnerSockets) {
    this.#rules = rules
    this.#sockets = sockets
    sockets.freeIdle = () => this.#kept.freeIdle()
  }

  close(): void {
    this.#kept.close()
    for (const agent of this.#agents.values()) agent.destroy().catch(() => {})
  }

  /** Makes the request, and streams its answer. `fail` is told what goes wrong. */
  make(
    head: RequestHead,
    stream: ServerHttp2Stream,
    caller: Caller,
    hasBody: boolean,
    answer: Reply,
    fail: (error: unknown) => void,
  ): void {
    // The rest is judged where a connection is made, and connections are kept apart by what was judged.
    if (!caller.hasPass) return void fail(refuseWithoutPass(new URL(head.origin).hostname, portOf(head.origin)))
    let controller: Dispatcher.DispatchController | undefined
    let isOver = false
    const key = keyOf(caller)
    const over = this.#kept.begin(`${key} ${new URL(head.origin).origin}`)
    stream.on('close', () => {
      if (!isOver) controller?.abort(new Error('The runner gave the request up.'))
    })
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(given) {
        controller = given
        if (stream.destroyed) given.abort(new Error('The runner gave the request up.'))
      },
      onResponseStart(given, status, headers, statusText) {
        if (status < 200) return
        answer.beginAnswer({ status, statusText: statusText ?? '', headers: flatHeaders(headers) })
        stream.on('drain', () => given.resume())
      },
      onResponseData(given, chunk) {
        countRead(chunk.length)
        if (!answer.write(chunk)) given.pause()
      },
      onResponseEnd() {
        isOver = true
        over()
        answer.end()
      },
      onResponseError(_given, error) {
        isOver = true
        over()
        fail(error)
      },
    }
    try {
      this.#agentOf(key, caller).dispatch(
        {
          origin: head.origin,
          path: head.path,
          method: head.method as Dispatcher.HttpMethod, // undici checks it
          headers: head.headers,
          // Given the stream itself, undici would end both of its directions with the body.
          body: hasBody ? (stream.iterator({ destroyOnReturn: false }) as unknown as Readable) : null, // an iterable is one, whatever its type says
        },
        handler,
      )
    } catch (error) {
      isOver = true
      over()
      fail(error)
    }
  }

  #agentOf(key: string, caller: Caller): Agent {
    let agent = this.#agents.get(key)
    if (!agent) {
      agent = new Agent({ connect: this.#connector(key, caller), connections: maxConnectionsPerOrigin, ...keepAlive })
      this.#agents.set(key, agent)
    }
    return agent
  }

  /** Connects for undici: looked up once, judged and pinned; TLS on top of that, with the name that was asked for. */
  #connector(key: string, caller: Caller): buildConnector.connector {
    const secure = buildConnector({ allowH2: true })
    return (options, callback) => {
      const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
      const host = options.hostname
      this.#sockets
        .open({ host, port }, () => connectOutside({ host, port }, 0, this.#rules, caller))
        .then(
          (socket) => {
            this.#kept.add(`${key} ${options.protocol}//${options.host}`, socket)
            if (options.protocol === 'https:') secure({ ...options, httpSocket: socket }, callback)
            else callback(null, socket as TLSSocket) // undici's type says so; a plain one is right for http:
          },
          (error: Error) => callback(error, null),
        )
    }
  }
}

/** What connections are kept apart by: who asked for them, and what was judged for it. */
function keyOf(caller: Caller): string {
  return JSON.stringify([caller.owner, caller.declared?.integration ?? null])
}

function portOf(origin: string): number {
  const { port, protocol } = new URL(origin)
  return Number(port) || (protocol === 'https:' ? 443 : 80)
}

function flatHeaders(headers: Record<string, string | string[] | undefined>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    Array.isArray(value) ? value.flatMap((one) => [name, one]) : value === undefined ? [] : [name, value],
  )
}

/** What a runner sent as the head of a request. */
export function isRequestHead(head: unknown): head is RequestHead {
  if (typeof head !== 'object' || head === null) return false
  const { method, origin, path, headers } = head as Record<string, unknown> // read once as what a runner sent
  return (
    typeof method === 'string' &&
    typeof path === 'string' &&
    path.startsWith('/') &&
    typeof origin === 'string' &&
    /^https?:\/\/[^/?#@]+$/.test(origin) &&
    URL.canParse(origin) &&
    Array.isArray(headers) &&
    headers.length % 2 === 0 &&
    headers.every((one) => typeof one === 'string')
  )
}
