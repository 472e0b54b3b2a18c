import type { JsonObject } from './json.ts'

// What a runner and the gateway say to each other on the runner's descriptor 4. It begins with a marker in both directions, so that a
// gateway that takes the place of a dead one knows where the bytes for it begin. After that it is HTTP/2: one stream for each request,
// connection or look-up. What is asked and how it went is JSON in one header; the rest of a stream is bytes of the outside.

/** In either direction, before anything else. Drawn by the worker for each binding. */
export const markerBytes = 32

/** The descriptor of a runner that leads to the gateway. */
export const networkDescriptor = 4

export const networkHeaders = { head: 'crosswalk-head', pass: 'crosswalk-pass', integration: 'crosswalk-integration' } as const

/** Streams of one runner at once. More wait in the runner until others end. */
export const maxStreams = 512
/** How much of a stream the reader leaves unread before its writer waits. With `maxStreams` it bounds the memory of both ends. */
export const streamWindowBytes = 256 * 1024
/** Of a request's or answer's head as JSON. */
export const maxHeadBytes = 256 * 1024

/** Paths of the three kinds of streams. */
export const networkPaths = { request: '/request', tunnel: '/tunnel', lookup: '/lookup' } as const

/** An HTTP request that the gateway makes. `headers`: name, value, name, value … */
export type RequestHead = { method: string; origin: string; path: string; headers: string[] }
export type AnswerHead = { status: number; statusText: string; headers: string[] }

/** A TCP connection that the gateway opens. */
export type TunnelHead = { host: string; port: number; family: 0 | 4 | 6 }
export type Endpoint = { address: string; port: number; family: string }
export type TunnelAnswer = { remote: Endpoint; local: Endpoint }

/** Addresses of a name, or the records of one type. */
export type LookupHead = { kind: 'lookup'; host: string; family: 0 | 4 | 6 } | { kind: 'resolve' | 'reverse'; host: string; type: string }
export type LookupAnswer = { records: unknown }

/** Why there was no answer, as plain data: what Node would have thrown, or `egress_refused`. */
export type NetworkFailure = { name: string; message: string; code: string | null; details?: JsonObject; system?: JsonObject }

/** An answer to a request, and a connection, end with one in the trailer: without it they were broken off. */
export type Ending = { ok: true } | { failure: NetworkFailure }
export type Told<Answer> = { ok: Answer } | { failure: NetworkFailure }

/** JSON that a header takes: ASCII alone. */
export function packHead(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** What a worker tells its runner of the way out. */
export type NetworkOrder =
  /** The gateway is there. `marker` is base64; `certificates` are PEM, of authorities that the operator trusts beside those of Node. */
  | { state: 'bound'; marker: string; certificates: string[] }
  /** The gateway is gone: what was under way is broken off. Another `bound` follows. */
  | { state: 'lost' }
