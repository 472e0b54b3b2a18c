import type { JsonObject } from './json.ts'

// What a runner and the gateway say to each other, over a lane (lane.ts): one stream for each request, connection or look-up. What is asked
// and how it went is JSON; the rest of a stream is bytes of the outside.

/**
 * The descriptors of a runner that lead to the gateway: lanes. One is used at a time, and each only once: a gateway that takes the place of
 * a dead one is given the next, so that it never meets half of what was meant for another.
 */
export const networkDescriptors = [4, 5, 6] as const

/** Streams of one runner at once. More wait in the runner until others end. */
export const maxStreams = 512
/** How much of a stream its reader leaves unread before its writer waits. With `maxStreams` it bounds the memory of both ends. */
export const streamWindowBytes = 128 * 1024
/**
 * So much of it from the beginning. The gateway gives the rest to streams whose bytes somebody takes, as long as it has room: what many
 * streams may leave with it is bounded in sum, and not only for each.
 */
export const streamStartBytes = 32 * 1024
/** The same of what comes in to a runner, which has its own limit of memory. */
export const answerWindowBytes = 512 * 1024

/**
 * With what a runner opens a stream: what it wants, the pass of its execution, whose code runs, what its request carries, and whether bytes
 * follow. `ticket` is what the worker sealed for the gateway: which credentials it puts into this one request. `note` says which attempt of a
 * call with a ticket it is, and of which step, as the runner says.
 */
export type Opening<Head = unknown> = {
  kind: StreamKind
  head: Head
  pass: string
  integration?: string | undefined
  ticket?: string | undefined
  note?: CallNote | undefined
  hasBody: boolean
}
export type StreamKind = 'request' | 'tunnel' | 'lookup'

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

/** How it went. What breaks off later is told with the end of the bytes, as a failure. */
export type Told<Answer> = { ok: Answer } | { failure: NetworkFailure }

/** The attempt, and the key of the step. */
export type CallNote = [attempt: number, step: string | null]

/** What a worker tells its runner of the way out. */
export type NetworkOrder =
  /** The gateway is there, at the end of this lane. `certificates` are PEM, of authorities that the operator trusts beside those of Node. */
  | { state: 'bound'; lane: number; certificates: string[] }
  /** The gateway is gone: what was under way is broken off. Another `bound` follows. */
  | { state: 'lost' }
  /** There is no network any more. */
  | { state: 'over' }
