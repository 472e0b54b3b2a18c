import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import {
  type CallNote,
  maxHeadBytes,
  maxStreams,
  networkHeaders,
  networkPaths,
  type RequestHead,
  streamWindowBytes,
} from '../protocol/network.ts'
import type { DeclaredHosts } from './declared-hosts.ts'
import { type Exchange, ExchangeMeter } from './exchanges.ts'
import { isLookupHead, LookedUp, lookUp } from './lookups.ts'
import { type Caller, connectOutside, type Rules } from './outside.ts'
import type { Pass } from './passes.ts'
import { connectThrough, proxyTo } from './proxied.ts'
import { EgressRefusal } from './refusals.ts'
import { type Queue, Reply } from './reply.ts'
import { isRequestHead, originOf, Requests, type Ticketed } from './requests.ts'
import { type Descriptors, RunnerSockets } from './sockets.ts'
import type { Tickets } from './tickets.ts'
import { endpointsOf, isTunnelHead, joinTunnel } from './tunnels.ts'

export type RunnerConnectionGiven = {
  runner: string
  socket: Socket
  rules: Rules
  descriptors: Descriptors
  hosts: DeclaredHosts
  readPass(text: unknown): Pass | undefined
  tickets: Tickets
  recordsBodies: boolean
  /** @param isPrompt others wait for its end */
  onExchange(exchange: Exchange, isPrompt: boolean): void
  onRefused(refusal: EgressRefusal, pass: Pass | undefined): void
  onCutOff(reason: string): void
  onEnd(): void
}

/** In one second. Honest code stays far below; more is there to keep the gateway from others. */
const maxStreamsPerSecond = 20_000
const maxControlFramesPerSecond = 1_000

/** One runner at its gateway, from its binding to its end. Whatever it sends, nothing ends but this connection. */
export function serveRunner(given: RunnerConnectionGiven): void {
  const { socket } = given
  socket.on('error', () => {})
  const sockets = new RunnerSockets(given.descriptors)
  const requests = new Requests(given.rules, sockets)
  const connection = { requests, sockets, lookedUp: new LookedUp(), queue: { bytes: 0 } }
  const session = performServerHandshake(socket, {
    maxHeaderListPairs: 16,
    maxSessionMemory: 64,
    maxOutstandingPings: 10,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    maxSendHeaderBlockLength: maxHeadBytes,
    settings: {
      enablePush: false,
      maxConcurrentStreams: maxStreams,
      initialWindowSize: streamWindowBytes,
      maxHeaderListSize: maxHeadBytes,
    },
  })
  limitRates(session, given.onCutOff)
  session.on('error', (error) => {
    if (!isGone(error)) given.onCutOff(error.message)
    session.destroy()
  })
  session.on('close', () => {
    requests.close()
    given.onEnd()
    socket.destroy()
  })
  session.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    void serveStream(given, connection, stream, headers)
  })
}

/** A runner that ends, ends its connection: that is no fault of it. */
function isGone(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE' || error.code === 'ERR_HTTP2_GOAWAY_SESSION')
}

function limitRates(session: ServerHttp2Session, onCutOff: (reason: string) => void): void {
  let [streams, frames, second] = [0, 0, 0]
  const count = (kind: 'streams' | 'frames') => {
    const now = Math.floor(performance.now() / 1_000)
    if (now !== second) [streams, frames, second] = [0, 0, now]
    if (kind === 'streams') streams++
    else frames++
    if (streams <= maxStreamsPerSecond && frames <= maxControlFramesPerSecond) return
    onCutOff(`It sent more than ${streams > maxStreamsPerSecond ? maxStreamsPerSecond : maxControlFramesPerSecond} ${kind} in a second.`)
    session.destroy()
  }
  session.on('stream', () => count('streams'))
  session.on('remoteSettings', () => count('frames'))
  session.on('ping', () => count('frames'))
}

async function serveStream(
  given: RunnerConnectionGiven,
  connection: { requests: Requests; sockets: RunnerSockets; lookedUp: LookedUp; queue: Queue },
  stream: ServerHttp2Stream,
  headers: Record<string, unknown>,
): Promise<void> {
  const { rules } = given
  const { requests, sockets, lookedUp } = connection
  const reply = new Reply(stream, connection.queue)
  const pass = given.readPass(headers[networkHeaders.pass])
  const head = readHead(headers[networkHeaders.head])
  const caller: Caller = {
    hasPass: pass !== undefined,
    owner: pass?.organizationId ?? given.runner,
    declared: declaredHosts(given.hosts, pass, headers[networkHeaders.integration]),
    namesOf: (address) => lookedUp.namesOf(address),
  }
  const fail = (error: unknown): void => {
    // Who meets a ticket that is late asks for another: nothing was refused.
    if (error instanceof EgressRefusal && error.details.reason !== 'ticket_late') given.onRefused(error, pass)
    reply.fail(error)
  }
  const path = headers[constants.HTTP2_HEADER_PATH]
  if (path === networkPaths.request && isRequestHead(head)) {
    try {
      const ticketed = ticketOf(given, headers, pass, head)
      requests.make(head, stream, caller, !stream.endAfterHeaders, reply, fail, ticketed)
    } catch (error) {
      fail(error)
    }
    return
  }
  try {
    if (path === networkPaths.tunnel && isTunnelHead(head)) {
      const abort = new AbortController()
      stream.once('close', () => abort.abort())
      const options = { signal: abort.signal, allowHalfOpen: true }
      // What HTTP clients other than fetch open for https:.
      const proxy = rules.proxies && head.port === 443 ? proxyTo(rules.proxies, true, head) : null
      const outside = await sockets.open(head, () =>
        proxy ? connectThrough(proxy, head, rules, caller, abort.signal) : connectOutside(head, head.family, rules, caller, options),
      )
      if (stream.destroyed) return void outside.destroy()
      reply.begin(endpointsOf(outside))
      joinTunnel(stream, outside, reply)
    } else if (path === networkPaths.lookup && isLookupHead(head)) {
      reply.tell({ records: await lookUp(head, rules, caller, lookedUp) })
    } else reply.refuse()
  } catch (error) {
    fail(error)
  }
}

/** @throws EgressRefusal where there is one that is not good for this request */
function ticketOf(
  { runner, tickets, recordsBodies, onExchange }: RunnerConnectionGiven,
  headers: Record<string, unknown>,
  pass: Pass | undefined,
  { method, origin, path }: RequestHead,
): Ticketed | undefined {
  const text = headers[networkHeaders.ticket]
  if (text === undefined) return undefined
  const ticket = tickets.use(text, { executionId: pass?.executionId, origin: originOf(origin) ?? '', method, path, nowMs: Date.now() })
  const [attempt, stepKey] = noteOf(headers[networkHeaders.note])
  const named = { exchange: ticket.exchange, runner, method: method.slice(0, maxToldMethodChars), path: toldPath(path), attempt, stepKey }
  const tell = (exchange: Exchange) => onExchange(exchange, ticket.isPrompt === true)
  return { ticket, meter: new ExchangeMeter(named, recordsBodies, tell) }
}

/** What is longer is not told: cut anywhere, it could hold half of a secret. */
const maxToldPathChars = 8_000
const maxToldMethodChars = 20

function toldPath(path: string): string {
  const [told = ''] = path.split(/[?#]/, 1)
  return told.length > maxToldPathChars ? '/' : told
}

const maxStepKeyChars = 200

/** For people to see. A runner that author code has taken over may say anything here. */
function noteOf(text: unknown): CallNote {
  const said = readHead(text)
  const [attempt, step]: unknown[] = Array.isArray(said) ? said : []
  return [
    typeof attempt === 'number' && Number.isInteger(attempt) && attempt >= 1 && attempt <= 1_000 ? attempt : 1,
    typeof step === 'string' && step.length <= maxStepKeyChars ? step : null,
  ]
}

/** An execution of one integration is held to it; in others, the runner says whose code runs. */
function declaredHosts(hosts: DeclaredHosts, pass: Pass | undefined, said: unknown): Caller['declared'] {
  const integration = pass?.integration ?? (typeof said === 'string' ? said : undefined)
  const declared = integration !== undefined && Object.hasOwn(hosts, integration) ? hosts[integration] : undefined
  return integration !== undefined && declared !== undefined ? { integration, hosts: declared } : null
}

function readHead(text: unknown): unknown {
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
