import { constants, type ServerHttp2Stream } from 'node:http2'
import { type AnswerHead, type Ending, networkHeaders, packHead, type Told } from '../protocol/network.ts'
import { failureOf } from './told.ts'

/** Bytes of all streams of a runner that wait for it. */
export type Queue = { bytes: number }

/** Of one stream: with less, gateway and runner wait for each other at each piece. */
const maxStreamQueueBytes = 256 * 1024
/** Of all streams of a runner. Above that, a stream has one piece. */
const maxQueueBytes = 8 * 1024 * 1024

type Held = { head: Omit<AnswerHead, 'bytes'>; chunks: Buffer[] }

/** What the gateway answers on one stream of a runner: a head, bytes, and how they ended. */
export class Reply {
  readonly #stream: ServerHttp2Stream
  readonly #queue: Queue
  #ending: Ending = { ok: true }
  /** An answer that has only begun. Most are small and end in the same turn: they go out whole, and wake the runner once. */
  #held: Held | undefined

  constructor(stream: ServerHttp2Stream, queue: Queue) {
    this.#stream = stream
    this.#queue = queue
    stream.on('wantTrailers', () => stream.sendTrailers({ [networkHeaders.head]: packHead(this.#ending) }))
  }

  /** Bytes follow. */
  begin(head: unknown): void {
    this.#respond({ ok: head, isWhole: false }, 'trailer')
  }

  /** As `begin`, for the answer to a request. */
  beginAnswer(head: Held['head']): void {
    this.#held = { head, chunks: [] }
    process.nextTick(() => this.#release())
  }

  /** @returns false where the runner is behind: the stream then says `drain` */
  write(chunk: Buffer): boolean {
    if (this.#stream.destroyed) return true
    if (this.#held) return this.#held.chunks.push(chunk) > 0
    const { length } = chunk
    this.#queue.bytes += length
    const isTaken = this.#stream.write(chunk, () => {
      this.#queue.bytes -= length
    })
    return isTaken || (this.#stream.writableLength < maxStreamQueueBytes && this.#queue.bytes < maxQueueBytes)
  }

  /** The whole of an answer. */
  tell(head: unknown): void {
    this.#respond({ ok: head, isWhole: true }, 'nothing')
  }

  /** The bytes are all there. */
  end(): void {
    if (this.#stream.destroyed) return
    if (!this.#held) return void this.#stream.end()
    const { head, chunks } = this.#held
    this.#held = undefined
    const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
    this.#respond({ ok: { ...head, bytes: body.length }, isWhole: true }, body.length === 0 ? 'nothing' : 'bytes')
    if (body.length > 0) this.#stream.end(body)
  }

  /** At whatever point it is. */
  fail(error: unknown): void {
    this.#release()
    if (this.#stream.destroyed) return
    if (this.#stream.headersSent) {
      if (this.#stream.writableEnded) return
      this.#ending = { failure: failureOf(error) }
      this.#stream.end()
    } else this.#respond({ failure: failureOf(error) }, 'nothing')
  }

  /** What was asked has no sense. */
  refuse(): void {
    this.#stream.close(constants.NGHTTP2_PROTOCOL_ERROR)
  }

  #release(): void {
    if (!this.#held) return
    const { head, chunks } = this.#held
    this.#held = undefined
    this.begin({ ...head, bytes: null } satisfies AnswerHead)
    for (const chunk of chunks) this.write(chunk)
  }

  #respond(told: Told<unknown>, then: 'nothing' | 'bytes' | 'trailer'): void {
    if (this.#stream.destroyed || this.#stream.headersSent) return
    const headers = { ':status': 200, [networkHeaders.head]: packHead(told) }
    this.#stream.respond(headers, { endStream: then === 'nothing', waitForTrailers: then === 'trailer' })
  }
}
