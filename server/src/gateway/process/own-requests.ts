import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { Agent } from 'undici'
import type { OwnAnswer, OwnRequest, OwnSeen } from '../messages/own-request.ts'
import { placeOfOrigin, refuseWithoutPass } from '../messages/refusals.ts'
import { asProxied, outsideConnector } from './connections.ts'
import type { Caller, Rules } from './outside.ts'
import { type Descriptors, RunnerSockets } from './sockets.ts'

/** What one of them takes, from its making on. */
export class OwnMeter {
  readonly #startedAtMs = Date.now()
  readonly #start = performance.now()
  #firstByteMs: number | null = null
  #responseBytes = 0

  answered(): void {
    this.#firstByteMs = Math.round(performance.now() - this.#start)
  }

  /** @returns how many bytes came so far */
  received(bytes: number): number {
    this.#responseBytes += bytes
    return this.#responseBytes
  }

  /** Once it is over. */
  seen(): OwnSeen {
    return {
      startedAtMs: this.#startedAtMs,
      firstByteMs: this.#firstByteMs,
      durationMs: Math.round(performance.now() - this.#start),
      responseBytes: this.#responseBytes,
    }
  }
}

/** Makes the requests of the worker. No redirect is followed. */
export class OwnRequests {
  readonly #rules: Rules
  readonly #descriptors: Descriptors
  /** By owner, of those with requests under way: a vendor that never answers one holds up no other. */
  readonly #owners = new Map<string, { underWay: number; sockets: RunnerSockets }>()

  constructor(rules: Rules, descriptors: Descriptors) {
    this.#rules = rules
    this.#descriptors = descriptors
  }

  /** @throws EgressRefusal, or what the system says */
  async make(request: OwnRequest, meter: OwnMeter): Promise<OwnAnswer> {
    const known = this.#owners.get(request.owner) ?? { underWay: 0, sockets: new RunnerSockets(this.#descriptors) }
    this.#owners.set(request.owner, known)
    known.underWay++
    try {
      return await this.#make(request, known.sockets, meter)
    } finally {
      if (--known.underWay === 0) this.#owners.delete(request.owner)
    }
  }

  async #make(
    { method, url, headers, body, owner, declared = null, timeoutMs, maxBytes }: OwnRequest,
    sockets: RunnerSockets,
    meter: OwnMeter,
  ): Promise<OwnAnswer> {
    const { origin, pathname, search, protocol } = new URL(url)
    if (protocol !== 'https:' && protocol !== 'http:') throw refuseWithoutPass(origin, 0)
    const caller: Caller = { hasPass: true, owner, declared, namesOf: () => [] }
    const connect = outsideConnector({ rules: this.#rules, sockets, caller, hasCredentials: true })
    // They are few, and none is to find the connection of another.
    const agent = new Agent({ connect, pipelining: 0 })
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      const sent = asProxied(this.#rules, origin, { path: `${pathname}${search}`, headers: Object.entries(headers).flat() })
      const answer = await agent.request({ origin, ...sent, method: method as 'POST', body, signal })
      meter.answered()
      const chunks: Buffer[] = []
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        if (meter.received(chunk.length) > maxBytes) throw tooLong(origin, maxBytes)
        chunks.push(chunk)
      }
      const flat = Object.entries(answer.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]))
      const unpacked = unpack(Buffer.concat(chunks), answer.headers['content-encoding'], origin, maxBytes)
      // Without a byte order mark, as JSON is to have none.
      return { status: answer.statusCode, headers: Object.fromEntries(flat), body: new TextDecoder().decode(unpacked) }
    } finally {
      agent.destroy().catch(() => {})
    }
  }
}

const ways: Record<string, (packed: Buffer, options: { maxOutputLength: number }) => Buffer> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
}

/** Nobody asked for it packed, and some send it so. */
function unpack(bytes: Buffer, encoding: string | string[] | undefined, origin: string, maxBytes: number): Buffer {
  const way = ways[String(encoding ?? '').toLowerCase()]
  if (!way || bytes.length === 0) return bytes
  try {
    return way(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLong(origin, maxBytes)
    throw error
  }
}

function tooLong(origin: string, maxBytes: number): Error {
  const message = `The answer of ${placeOfOrigin(origin).host} is longer than ${maxBytes} bytes.`
  return Object.assign(new Error(message), { name: 'ResponseTooLong', code: 'response_too_long' })
}
