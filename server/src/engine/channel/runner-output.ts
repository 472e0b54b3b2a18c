import type { Readable } from 'node:stream'
import { shortened } from '@crosswalk/sdk/readable-data'

/** So much of the end of what a runner wrote is kept, and so much of that is told. Far apart: a secret that is cut is not known again. In bytes. */
const maxTailBytes = 256 * 1024
const toldChars = 2_000
/** So many executions' secrets are known. Of a runner that had more only the reason that V8 gives is told. */
const maxMasks = 500
const fatal = /FATAL ERROR: [\w ,:-]{1,200}/

/** Knows the secrets of an execution. */
export type OutputMask = { text(text: string): string }
/** How much of what a runner writes while it loads is told in all. */
const maxLoadingChars = 8_000

/**
 * What a runner writes to its own output and errors. It is author code's: of any size, and full of secrets once an execution has begun.
 * All of it is taken, so that nobody waits for it, and none of it grows: before the first execution it is told, bounded; afterwards only
 * the last words of a runner that ended are, with the secrets of its executions masked.
 */
export class RunnerOutput {
  readonly #tell: (text: string) => void
  readonly #masks: OutputMask[] = []
  #isMaskLost = false
  #tail: Buffer[] = []
  #tailBytes = 0
  #leftWhileLoading = maxLoadingChars
  #isLoading = true

  constructor(streams: { stdout: Readable | null; stderr: Readable | null }, tell: (text: string) => void) {
    this.#tell = tell
    streams.stdout?.on('data', (piece: Buffer) => this.#take(piece, false))
    streams.stderr?.on('data', (piece: Buffer) => this.#take(piece, true))
    streams.stdout?.on('error', () => {})
    streams.stderr?.on('error', () => {})
  }

  /** An execution begins, whose secrets are masked from now on. */
  addMask(mask: OutputMask): void {
    this.#isLoading = false
    if (this.#masks.length < maxMasks) this.#masks.push(mask)
    else this.#isMaskLost = true
  }

  /** What it wrote to its errors last, as Node and V8 say why they end. Not masked: to be looked at, and not to be told. */
  get errorTail(): string {
    return Buffer.concat(this.#tail).toString()
  }

  /** The last words, fit for a log. */
  lastWords(): string {
    let text = this.errorTail
    if (this.#isMaskLost) return fatal.exec(text)?.[0] ?? ''
    for (const mask of this.#masks) text = mask.text(text)
    return text.slice(-toldChars)
  }

  #take(piece: Buffer, isError: boolean): void {
    if (this.#isLoading && this.#leftWhileLoading > 0) {
      const text = shortened(piece.subarray(0, maxLoadingChars).toString().trimEnd(), Math.min(toldChars, this.#leftWhileLoading))
      this.#leftWhileLoading -= text.length
      this.#tell(text)
    }
    if (!isError) return
    this.#tail.push(piece)
    this.#tailBytes += piece.length
    while (this.#tail.length > 1 && this.#tailBytes - (this.#tail[0]?.length ?? 0) >= maxTailBytes)
      this.#tailBytes -= this.#tail.shift()?.length ?? 0
  }
}
