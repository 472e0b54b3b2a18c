import type { LaneStream, StreamHandler } from '../../protocol/lane-stream.ts'

/** The body of a request as a runner sends it. It is read as fast as somebody takes it. */
export class SentBody {
  readonly #stream: LaneStream
  readonly #pieces: Buffer[] = []
  #wake: (() => void) | undefined
  #state: 'open' | 'ended' | 'broken' = 'open'

  /** The part of the stream's handler that concerns the body. */
  readonly handler: StreamHandler = {
    onBytes: (piece) => {
      this.#pieces.push(piece)
      this.#stream.pause()
      this.#wake?.()
    },
    onEnd: (text) => this.#end(text === '' ? 'ended' : 'broken'),
    heldBytes: () => this.#pieces.reduce((bytes, piece) => bytes + piece.length, 0),
    onClose: () => this.#end('broken'),
  }

  constructor(stream: LaneStream) {
    this.#stream = stream
  }

  async *pieces(): AsyncGenerator<Buffer> {
    for (;;) {
      const piece = this.#pieces.shift()
      if (piece) yield piece
      else if (this.#state === 'ended') return
      else if (this.#state === 'broken') throw new Error('The runner gave the body of the request up.')
      else {
        const woken = new Promise<void>((resolve) => (this.#wake = resolve))
        this.#stream.resume()
        await woken
      }
    }
  }

  #end(state: 'ended' | 'broken'): void {
    if (this.#state !== 'open') return
    this.#state = state
    this.#wake?.()
  }
}
