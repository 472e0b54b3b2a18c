// What we use of autocannon, which brings no types.
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  export type Request = { method?: string; path?: string; headers?: Record<string, string>; body?: string }
  export type Client = { setRequests(requests: Request[]): void }
  export type Options = {
    url: string
    connections: number
    /** Seconds. */
    duration: number
    headers?: Record<string, string>
    requests?: Request[]
    setupClient?: (client: Client) => void
    /** Seconds until a request counts as lost. */
    timeout?: number
    /** Milliseconds. */
    sampleInt?: number
  }
  /** Emits `response` with the client, the status, the bytes and the milliseconds of each answer. */
  export type Instance = EventEmitter & PromiseLike<{ errors: number; timeouts: number; non2xx: number }> & { stop(): void }
  export default function autocannon(options: Options): Instance
}
