import type { Declaring } from './declared-hosts.ts'

/** A request of the worker itself, such as for a token. It may go where author code may. */
export type OwnRequest = {
  method: string
  url: string
  headers: Record<string, string>
  body: string | null
  /** What turns names into addresses takes turns by owner, and each has so many connections. */
  owner: string
  /** The hosts that an integration is held to, where one of them names the address. Null or left out: any host. */
  declared?: Declaring | null
  timeoutMs: number
  maxBytes: number
}
export type OwnAnswer = {
  status: number
  headers: Record<string, string>
  body: string
  /** Left out where no gateway made the request. */
  seen?: OwnSeen
}

/** What a request took. An error by which one ended has it as `seen`, where it was made. */
export type OwnSeen = {
  startedAtMs: number
  /** From the start to the answer's head; null where none came. */
  firstByteMs: number | null
  durationMs: number
  /** Of the answer's body, as it came. */
  responseBytes: number
}
