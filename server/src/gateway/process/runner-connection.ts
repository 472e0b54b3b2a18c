import type { Socket } from 'node:net'
import { Lane } from '../../protocol/lane.ts'
import { LaneViolation } from '../../protocol/lane-frames.ts'
import type { LaneStream } from '../../protocol/lane-stream.ts'
import {
  answerWindowBytes,
  type CallNote,
  maxStreams,
  type RequestHead,
  streamStartBytes,
  streamWindowBytes,
} from '../../protocol/network.ts'
import { Room } from '../../protocol/room.ts'
import type { DeclaredHosts } from '../messages/declared-hosts.ts'
import { type Exchange, ExchangeMeter } from '../messages/exchanges.ts'
import type { Pass } from '../messages/passes.ts'
import { EgressRefusal } from '../messages/refusals.ts'
import type { Tickets } from '../messages/tickets.ts'
import type { HeldBytes } from './held-bytes.ts'
import { isLookupHead, LookedUp, lookUp } from './lookups.ts'
import { type Caller, connectOutside, type Rules } from './outside.ts'
import { connectThrough, proxyTo } from './proxied.ts'
import { Reply } from './reply.ts'
import { isRequestHead, originOf, Requests, type Ticketed } from './requests.ts'
import { type Descriptors, RunnerSockets } from './sockets.ts'
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
  /** What is held for all runners together. */
  held: HeldBytes
  onExchange(exchange: Exchange, isPrompt: boolean): void
  onRefused(refusal: EgressRefusal, pass: Pass | undefined): void
  onCutOff(reason: string): void
  onEnd(): void
}

/** In one second. Honest code stays far below; more is there to keep the gateway from others. */
const maxStreamsPerSecond = 20_000
/** Frames that cost a runner nothing: credit, cancels, and what comes for a stream that is over. */
const maxCheapFramesPerSecond = 50_000
/** Of all streams of a runner, waiting for it. Above that, a stream has one piece. */
const maxQueuedBytes = 8 * 1024 * 1024
const maxUnreadBytes = 64 * 1024 * 1024

/**
 * What the bodies that runners send may take here while a vendor is slow, beside the first bytes of each: of one lane, and of all. Who finds
 * no room sends in smaller pieces, so nobody waits for it.
 */
const maxRoomBytes = 4 * 1024 * 1024
const roomOfAll = new Room(64 * 1024 * 1024)

/** One runner at its gateway, from its binding to its end. Whatever it sends, nothing ends but this connection. */
export function serveRunner(given: RunnerConnectionGiven): void {
  const sockets = new RunnerSockets(given.descriptors)
  const requests = new Requests(given.rules, sockets)
  const connection = { requests, sockets, lookedUp: new LookedUp() }
  const lane = new Lane(given.socket, {
    sendWindowBytes: answerWindowBytes,
    receiveWindowBytes: streamWindowBytes,
    receiveStartBytes: streamStartBytes,
    receiveRoom: new Room(maxRoomBytes, roomOfAll),
    maxQueuedBytes,
    maxUnreadBytes,
    mayQueue: (queuedBytes) => given.held.mayQueue(queuedBytes),
    onMoved: (bytes) => given.held.moved(bytes),
    onCheap: limitRates(),
    onOpen(stream, text) {
      // Twice as many: what the runner takes to be over may not be so here yet.
      if (lane.openStreams > 2 * maxStreams) throw new LaneViolation(`It has more than ${maxStreams} streams open.`)
      // Here, so that what was sent is not kept for as long as it takes.
      void serveStream(given, connection, stream, readOpening(text))
    },
    onBroken: given.onCutOff,
    onClose() {
      leave()
      requests.close()
      given.onEnd()
    },
  })
  const leave = given.held.add({ lane, sockets, shed: (stream, error) => new Reply(stream).breakOff(error) })
}

function limitRates(): (what: 'stream' | 'frame') => void {
  let [streams, frames, second] = [0, 0, 0]
  return (what) => {
    const now = Math.floor(performance.now() / 1_000)
    if (now !== second) [streams, frames, second] = [0, 0, now]
    if (what === 'stream') streams++
    else frames++
    if (streams > maxStreamsPerSecond) throw new LaneViolation(`It opened more than ${maxStreamsPerSecond} streams in a second.`)
    if (frames > maxCheapFramesPerSecond) throw new LaneViolation(`It sent more than ${maxCheapFramesPerSecond} empty frames in a second.`)
  }
}

/**
 * What a runner asks, as far as its form goes: the one that is in it may have sent anything. It has nothing but what is looked at, since it
 * may be kept for long.
 */
type Asked = {
  kind: unknown
  head: unknown
  pass: string | undefined
  integration: string | undefined
  ticket: unknown
  note: CallNote
  hasBody: boolean
}

const maxPassChars = 4_096
const maxNameChars = 200

const shortText = (said: unknown, max: number) => (typeof said === 'string' && said.length <= max ? said : undefined)

function readOpening(text: string): Asked | undefined {
  try {
    const asked: unknown = JSON.parse(text)
    if (typeof asked !== 'object' || asked === null) return undefined
    const { kind, head, pass, integration, ticket, note, hasBody } = asked as Record<string, unknown> // read once as what a runner sent
    return {
      kind,
      head: headOf(kind, head),
      pass: shortText(pass, maxPassChars),
      integration: shortText(integration, maxNameChars),
      ticket: kind === 'request' ? ticket : undefined,
      note: noteOf(note),
      hasBody: hasBody === true,
    }
  } catch {
    return undefined
  }
}

function headOf(asked: unknown, given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return undefined
  const { method, origin, path, headers, host, port, family, kind, type } = given as Record<string, unknown> // read once as what a runner sent
  if (asked === 'request') return { method, origin, path, headers }
  if (asked === 'tunnel') return { host, port, family }
  return kind === 'lookup' ? { kind, host, family } : { kind, host, type }
}

async function serveStream(
  given: RunnerConnectionGiven,
  connection: { requests: Requests; sockets: RunnerSockets; lookedUp: LookedUp },
  stream: LaneStream,
  asked: Asked | undefined,
): Promise<void> {
  const { rules } = given
  const { requests, sockets, lookedUp } = connection
  const reply = new Reply(stream)
  if (!asked) return reply.refuse()
  const { kind, head } = asked
  const pass = given.readPass(asked.pass)
  const caller: Caller = {
    hasPass: pass !== undefined,
    owner: pass?.organizationId ?? given.runner,
    declared: declaredHosts(given.hosts, pass, asked.integration),
    namesOf: (address) => lookedUp.namesOf(address),
  }
  const fail = (error: unknown): void => {
    if (error instanceof EgressRefusal && !isOfCourse(error)) given.onRefused(error, pass)
    reply.fail(error)
  }
  if (kind === 'request' && isRequestHead(head)) {
    try {
      const ticketed = ticketOf(given, asked, pass, head)
      requests.make(head, stream, caller, asked.hasBody, reply, fail, ticketed)
    } catch (error) {
      fail(error)
    }
    return
  }
  try {
    if (kind === 'tunnel' && isTunnelHead(head)) {
      const abort = new AbortController()
      stream.handler = { onClose: () => abort.abort() }
      const options = { signal: abort.signal, allowHalfOpen: true }
      // What HTTP clients other than fetch open for https:.
      const proxy = rules.proxies && head.port === 443 ? proxyTo(rules.proxies, true, head) : null
      const outside = await sockets.open(head, () =>
        proxy ? connectThrough(proxy, head, rules, caller, abort.signal) : connectOutside(head, head.family, rules, caller, options),
      )
      if (stream.isOver) return void outside.destroy()
      reply.begin(endpointsOf(outside))
      joinTunnel(stream, outside, reply)
    } else if (kind === 'lookup' && isLookupHead(head)) {
      stream.resume()
      reply.tell({ records: await lookUp(head, rules, caller, lookedUp) })
    } else reply.refuse()
  } catch (error) {
    fail(error)
  }
}

/** @throws EgressRefusal where there is one that is not good for this request */
function ticketOf(
  { runner, tickets, recordsBodies, onExchange }: RunnerConnectionGiven,
  { ticket: text, note }: Asked,
  pass: Pass | undefined,
  { method, origin, path, headers }: RequestHead,
): Ticketed | undefined {
  if (text === undefined) return undefined
  const ticket = tickets.use(text, { executionId: pass?.executionId, origin: originOf(origin) ?? '', method, path, nowMs: Date.now() })
  const [attempt, stepKey] = note
  const named = { exchange: ticket.exchange, runner, method: method.slice(0, maxToldMethodChars), path: toldPath(path), attempt, stepKey }
  const tell = (exchange: Exchange) => onExchange(exchange, ticket.isPrompt === true)
  return { ticket, meter: new ExchangeMeter(named, recordsBodies, recordsBodies && asksForJson(headers), tell) }
}

const asksForJson = (headers: readonly string[]): boolean =>
  headers.some((name, index) => index % 2 === 0 && /^accept$/i.test(name) && /json/i.test(headers[index + 1] ?? ''))

/** What is longer is not told: cut anywhere, it could hold half of a secret. */
const maxToldPathChars = 8_000
const maxToldMethodChars = 20

function toldPath(path: string): string {
  const [told = ''] = path.split(/[?#]/, 1)
  return told.length > maxToldPathChars ? '/' : told
}

const maxStepKeyChars = 200

/** For people to see. A runner that author code has taken over may say anything here. */
function noteOf(said: unknown): CallNote {
  const [attempt, step]: unknown[] = Array.isArray(said) ? said : []
  return [
    typeof attempt === 'number' && Number.isInteger(attempt) && attempt >= 1 && attempt <= 1_000 ? attempt : 1,
    typeof step === 'string' && step.length <= maxStepKeyChars ? step : null,
  ]
}

/** An execution of one integration is held to it; in others, the runner says whose code runs. */
function declaredHosts(hosts: DeclaredHosts, pass: Pass | undefined, said: string | undefined): Caller['declared'] {
  const integration = pass?.integration ?? said
  const declared = integration !== undefined && Object.hasOwn(hosts, integration) ? hosts[integration] : undefined
  return integration !== undefined && declared !== undefined ? { integration, hosts: declared } : null
}

/**
 * Nobody did what is not allowed. Who meets a ticket that is late asks for another, and a call may be given up by its worker's word before
 * its request is here.
 */
const isOfCourse = ({ details }: EgressRefusal): boolean => details.reason === 'ticket_late' || details.reason === 'ticket_given_up'
