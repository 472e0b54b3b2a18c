import { constants, type ServerHttp2Stream } from 'node:http2'
import { type Ending, networkHeaders, packHead, type Told } from '../protocol/network.ts'
import { failureOf } from './told.ts'

/** What the gateway answers on one stream of a runner: a head, bytes, and how they ended. */
export class Reply {
  readonly #stream: ServerHttp2Stream
  #ending: Ending = { ok: true }

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream
    stream.on('wantTrailers', () => stream.sendTrailers({ [networkHeaders.head]: packHead(this.#ending) }))
  }

  /** Bytes follow. */
  begin(head: unknown): void {
    this.#respond({ ok: head }, false)
  }

  /** The whole of an answer. */
  tell(head: unknown): void {
    this.#respond({ ok: head }, true)
  }

  /** The bytes are all there. */
  end(): void {
    if (!this.#stream.destroyed) this.#stream.end()
  }

  /** At whatever point it is. */
  fail(error: unknown): void {
    if (this.#stream.destroyed) return
    if (this.#stream.headersSent) {
      if (this.#stream.writableEnded) return
      this.#ending = { failure: failureOf(error) }
      this.#stream.end()
    } else this.#respond({ failure: failureOf(error) }, true)
  }

  /** What was asked has no sense. */
  refuse(): void {
    this.#stream.close(constants.NGHTTP2_PROTOCOL_ERROR)
  }

  #respond(told: Told<unknown>, endStream: boolean): void {
    if (this.#stream.destroyed || this.#stream.headersSent) return
    this.#stream.respond({ ':status': 200, [networkHeaders.head]: packHead(told) }, { endStream, waitForTrailers: !endStream })
  }
}
