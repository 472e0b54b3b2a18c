import type { JsonObject } from './json.ts'

// What a runner and the gateway say to each other: HTTP/2, one stream for each request, connection or look-up. What is asked and how it
// went is JSON in one header; the rest of a stream is bytes of the outside.

/**
 * The descriptors of a runner that lead to the gateway: lanes. One is used at a time, and each only once: a gateway that takes the place of
 * a dead one is given the next, so that it never meets half of what was meant for another. That is why they are several, and why each can be
 * a socket that HTTP/2 reads and writes by itself, without a turn through JavaScript for each piece.
 */
export const networkDescriptors = [4, 5, 6] as const

/** Of the wire, and none of HTTP: what the outside is asked has its own headers within `head`. */
export const networkHeaders = {
  head: 'crosswalk-head',
  pass: 'crosswalk-pass',
  integration: 'crosswalk-integration',
  /** What the worker sealed for the gateway: which credentials it puts into this one request. */
  ticket: 'crosswalk-ticket',
  /** Which attempt of a call with a ticket it is, and of which step, as the runner says. */
  note: 'crosswalk-note',
} as const

/** Streams of one runner at once. More wait in the runner until others end. */
export const maxStreams = 512
/** How much of a stream the reader leaves unread before its writer waits. With `maxStreams` it bounds the memory of both ends. */
export const streamWindowBytes = 256 * 1024
/** The same of what comes in to a runner, which has its own limit of memory. */
export const answerWindowBytes = 512 * 1024
/** Of a request's or answer's head as JSON. */
export const maxHeadBytes = 256 * 1024

/** Paths of the three kinds of streams. */
export const networkPaths = { request: '/request', tunnel: '/tunnel', lookup: '/lookup' } as const

/** An HTTP request that the gateway makes. `headers`: name, value, name, value … */
export type RequestHead = { method: string; origin: string; path: string; headers: string[] }
/** `bytes` is how long its body is, where all of it was there with the head: then no trailer follows. */
export type AnswerHead = { status: number; statusText: string; headers: string[]; bytes: number | null }

/** A TCP connection that the gateway opens. */
export type TunnelHead = { host: string; port: number; family: 0 | 4 | 6 }
export type Endpoint = { address: string; port: number; family: string }
export type TunnelAnswer = { remote: Endpoint; local: Endpoint }

/** Addresses of a name, or the records of one type. */
export type LookupHead = { kind: 'lookup'; host: string; family: 0 | 4 | 6 } | { kind: 'resolve' | 'reverse'; host: string; type: string }
export type LookupAnswer = { records: unknown }

/** Why there was no answer, as plain data: what Node would have thrown, or `egress_refused`. */
export type NetworkFailure = { name: string; message: string; code: string | null; details?: JsonObject; system?: JsonObject }

/** A connection, and an answer of unknown length, end with one in the trailer: without it they were broken off. */
export type Ending = { ok: true } | { failure: NetworkFailure }
/** `isWhole`: no trailer follows. */
export type Told<Answer> = { ok: Answer; isWhole: boolean } | { failure: NetworkFailure }

/** The attempt, and the key of the step. */
export type CallNote = [attempt: number, step: string | null]

/** JSON that a header takes: ASCII alone. */
export function packHead(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** What a worker tells its runner of the way out. */
export type NetworkOrder =
  /** The gateway is there, at the end of this lane. `certificates` are PEM, of authorities that the operator trusts beside those of Node. */
  | { state: 'bound'; lane: number; certificates: string[] }
  /** The gateway is gone: what was under way is broken off. Another `bound` follows. */
  | { state: 'lost' }
  /** There is no network any more. */
  | { state: 'over' }
