import { maxTextBytes } from '../../protocol/lane-frames.ts'
import type { LaneStream } from '../../protocol/lane-stream.ts'
import type { AnswerHead, NetworkFailure, Told } from '../../protocol/network.ts'
import { failureOf } from '../messages/told.ts'

/** What the gateway answers on one stream of a runner: a head, bytes, and how they ended. */
export class Reply {
  readonly #stream: LaneStream

  constructor(stream: LaneStream) {
    this.#stream = stream
  }

  /** Bytes follow. */
  begin(head: unknown): void {
    this.#tell({ ok: head })
  }

  /** As `begin`, for the answer to a request. */
  beginAnswer(head: AnswerHead): void {
    this.begin(head)
  }

  /** @returns false where the runner is behind: the stream then says `onDrain` */
  write(chunk: Buffer): boolean {
    return this.#stream.send(chunk)
  }

  /** The whole of an answer. */
  tell(head: unknown): void {
    this.begin(head)
    this.end()
  }

  /** The bytes are all there. */
  end(): void {
    this.#stream.end()
  }

  /** At whatever point it is. */
  fail(error: unknown): void {
    if (this.#stream.hasHead) this.#stream.end(JSON.stringify(failureOf(error)))
    else {
      this.#tell({ failure: failureOf(error) })
      this.end()
    }
  }

  /** Ends it for a reason of the gateway's own, whatever is under way. */
  breakOff(error: unknown): void {
    this.#stream.dropUnsent()
    this.fail(error)
    this.#stream.cancel()
  }

  /** What was asked has no sense. */
  refuse(): void {
    this.#stream.cancel()
  }

  #tell(told: Told<unknown>): void {
    const text = JSON.stringify(told)
    this.#stream.sendHead(Buffer.byteLength(text) > maxTextBytes ? JSON.stringify({ failure: tooLarge }) : text)
  }
}

/** By the code that undici has for it. */
const tooLarge: NetworkFailure = {
  name: 'HeadersOverflowError',
  message: 'The head of the answer, or what a name leads to, is larger than 256 KiB.',
  code: 'UND_ERR_HEADERS_OVERFLOW',
}
