import type { Readable } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import type { LaneStream } from '../../protocol/lane-stream.ts'
import type { RequestHead } from '../../protocol/network.ts'
import { countRead } from '../../protocol/read-memory.ts'
import type { ExchangeMeter } from '../messages/exchanges.ts'
import { placeOfOrigin, refuseWithoutPass } from '../messages/refusals.ts'
import { type OpenedTicket, withTicket } from '../messages/tickets.ts'
import { asProxied, outsideConnector } from './connections.ts'
import { KeptConnections } from './kept-connections.ts'
import type { Caller, Rules } from './outside.ts'
import { answered407 } from './proxied.ts'
import type { Reply } from './reply.ts'
import { SentBody } from './sent-body.ts'
import type { Place, RunnerSockets } from './sockets.ts'

/** What a request with a ticket has beside. */
export type Ticketed = { ticket: OpenedTicket; meter: ExchangeMeter }

const maxConnectionsPerOrigin = 128
/** Of the paths and headers of all requests that are not over: those that wait for a connection too, also where the runner gave them up. */
const maxHeadBytes = 4 * 1024 * 1024
/** What is kept of each beside. */
const otherBytes = 512
/** How long a connection is kept for another request: of itself, and where its server says how long. */
const keepAlive = { keepAliveTimeout: 4_000, keepAliveMaxTimeout: 10_000 }

/** Makes the HTTP requests of one runner. Its connections are its own: what a vendor ties to a connection is no other's. */
export class Requests {
  readonly #rules: Rules
  readonly #sockets: RunnerSockets
  readonly #kept = new KeptConnections()
  /** By what they may reach: a connection that one caller may not make is not given to it ready-made. */
  readonly #agents = new Map<string, Agent>()
  #headBytes = 0

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
    stream: LaneStream,
    caller: Caller,
    hasBody: boolean,
    answer: Reply,
    fail: (error: unknown) => void,
    ticketed?: Ticketed,
  ): void {
    const meter = ticketed?.meter
    // The rest is judged where a connection is made, and connections are kept apart by what was judged.
    if (!caller.hasPass) {
      const { host, port } = placeOfOrigin(head.origin)
      return void fail(refuseWithoutPass(host, port))
    }
    const headBytes = sizeOf(head)
    if (this.#headBytes + headBytes > maxHeadBytes) {
      const error = tooManyHeads(placeOfOrigin(head.origin))
      meter?.end(error)
      return void fail(error)
    }
    this.#headBytes += headBytes
    let controller: Dispatcher.DispatchController | undefined
    let isOver = false
    const hasCredentials = ticketed !== undefined && carriesCredentials(ticketed.ticket)
    const key = keyOf(caller, hasCredentials)
    const over = this.#kept.begin(`${key} ${originOf(head.origin)}`)
    const sent = hasBody ? new SentBody(stream) : undefined
    stream.handler = {
      ...sent?.handler,
      onDrain: () => controller?.resume(),
      heldBytes: () => headBytes + (sent?.handler.heldBytes?.() ?? 0),
      onClose(isWhole) {
        sent?.handler.onClose?.(isWhole)
        if (!isOver) controller?.abort(givenUp())
      },
    }
    const rules = this.#rules
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(given) {
        controller = given
        if (stream.isOver) given.abort(givenUp())
      },
      onResponseStart(given, status, headers, statusText) {
        if (status < 200) return
        if (status === 407) return given.abort(answered407(rules, head.origin))
        meter?.answered(status, headers)
        answer.beginAnswer({ status, statusText: statusText ?? '', headers: flatHeaders(headers) })
      },
      onResponseData(given, chunk) {
        countRead(chunk.length)
        meter?.received(chunk)
        if (!answer.write(chunk)) given.pause()
      },
      onResponseEnd() {
        finish()
        meter?.end()
        answer.end()
      },
      onResponseError(_given, error) {
        failed(error)
      },
    }
    const finish = () => {
      if (!isOver) this.#headBytes -= headBytes
      isOver = true
      over()
      // What is left of the body nobody wants.
      stream.handler = {}
      stream.resume()
    }
    const failed = (error: unknown) => {
      finish()
      meter?.end(error)
      fail(error)
    }
    const body = sent?.pieces() ?? null
    if (!sent) stream.resume()
    try {
      this.#agentOf(key, caller, hasCredentials).dispatch(
        {
          origin: head.origin,
          ...asProxied(this.#rules, head.origin, ticketed ? withTicket(head, ticketed.ticket) : { path: head.path, headers: head.headers }),
          method: head.method as Dispatcher.HttpMethod, // undici checks it
          body: (body && meter ? meter.sending(body) : body) as unknown as Readable | null, // an iterable is one, whatever its type says
        },
        handler,
      )
    } catch (error) {
      failed(error)
    }
  }

  #agentOf(key: string, caller: Caller, hasCredentials: boolean): Agent {
    let agent = this.#agents.get(key)
    if (!agent) {
      const connect = outsideConnector({
        rules: this.#rules,
        sockets: this.#sockets,
        caller,
        hasCredentials,
        onSocket: (origin, socket) => this.#kept.add(`${key} ${origin}`, socket),
      })
      agent = new Agent({ connect, connections: maxConnectionsPerOrigin, ...keepAlive })
      this.#agents.set(key, agent)
    }
    return agent
  }
}

function sizeOf({ path, headers }: RequestHead): number {
  return headers.reduce((size, text) => size + text.length + 8, otherBytes + path.length)
}

/** By the code of too many connections: the remedy is the same. */
function tooManyHeads({ host, port }: Place): Error {
  const why = `the requests that this runner has under way have ${maxHeadBytes / 1024 / 1024} MiB of paths and headers, as many as they may. Have fewer open at once.`
  return Object.assign(new Error(`connect EMFILE ${host}:${port}: ${why}`), { code: 'EMFILE', errno: -24, syscall: 'connect', port })
}

const givenUp = () => new Error('The runner gave the request up.')

/** A client without `auth` has tickets too, with nothing in them to be read on the way. */
const carriesCredentials = ({ headers, query }: OpenedTicket): boolean => headers.length > 0 || query.length > 0

/** What connections are kept apart by: who asked for them, and what was judged for it. */
function keyOf(caller: Caller, hasCredentials: boolean): string {
  return JSON.stringify([caller.owner, caller.declared?.integration ?? null, hasCredentials])
}

function flatHeaders(headers: Record<string, string | string[] | undefined>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    Array.isArray(value) ? value.flatMap((one) => [name, one]) : value === undefined ? [] : [name, value],
  )
}

const maxOrigins = 1_000
/** A scheme, a host and a port. What is longer leads nowhere, and is kept nowhere. */
const maxOriginChars = 300
const origins = new Map<string, string>()

/** An origin as URLs write it; undefined for what is none. Parsed once: each request names it. */
export function originOf(text: string): string | undefined {
  const known = origins.get(text)
  if (known !== undefined) return known
  const origin = URL.parse(text)?.origin
  if (origins.size >= maxOrigins) origins.clear()
  if (origin !== undefined) origins.set(text, origin)
  return origin
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
    origin.length <= maxOriginChars &&
    /^https?:\/\/[^/?#@]+$/.test(origin) &&
    originOf(origin) !== undefined &&
    Array.isArray(headers) &&
    headers.length % 2 === 0 &&
    headers.every((one) => typeof one === 'string')
  )
}
