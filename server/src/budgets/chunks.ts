import type { Report, Slot } from './budgets.queries.ts'

type Chunk = {
  left: number
  usableUntil: number
  /** It could not be used any more when it came. */
  isLate: boolean
  slots: readonly Slot[]
  /** Calls that were let through, by when: it is not known yet whether they have reached the vendor. */
  underWay: Map<object, number>
  /** Those that have, and when the last of them had. */
  arrived: number
  arrivedAt: number
}

/**
 * What one worker has taken of a budget, until the database knows what became of it. Times are of the process's own clock, in milliseconds.
 * A chunk is usable for a while from when it was asked for, which is before the database gave it.
 */
export class Chunks {
  #chunks: Chunk[] = []
  #inHand = 0
  #underWay = 0
  #arrived = 0
  readonly #maxLagMs: number

  /** @param maxLagMs a call that was let through has reached the vendor by then */
  constructor(maxLagMs: number) {
    this.#maxLagMs = maxLagMs
  }

  /** What may still be used. */
  get inHand(): number {
    return this.#inHand
  }

  get underWay(): number {
    return this.#underWay
  }

  /** What the database believes to reach the vendor later than it has. */
  get arrived(): number {
    return this.#arrived
  }

  /** When the first of what is not used cannot be used any more. */
  get nextEnd(): number | undefined {
    return this.#chunks.find(({ left }) => left > 0)?.usableUntil
  }

  add(chunk: { count: number; usableUntil: number; slots: readonly Slot[] }, now: number): void {
    const { count: left, usableUntil, slots } = chunk
    this.#chunks.push({ left, usableUntil, isLate: usableUntil <= now, slots, underWay: new Map(), arrived: 0, arrivedAt: 0 })
    this.#inHand += left
  }

  /** Uses one. Returns what says that the call has reached the vendor; undefined where there is none. */
  use(now: number): ((at: number) => void) | undefined {
    const chunk = this.#chunks.find(({ left, usableUntil }) => left > 0 && usableUntil > now)
    if (!chunk) return undefined
    const call = {}
    chunk.left--
    this.#inHand--
    chunk.underWay.set(call, now)
    this.#underWay++
    return (at) => this.#arrive(chunk, call, at)
  }

  /** Ends all. */
  endAll(): void {
    for (const chunk of this.#chunks) chunk.usableUntil = Number.NEGATIVE_INFINITY
  }

  /** Takes what became of them. Each is told once: told twice, it would be given back twice. */
  takeReports(now: number): Report[] {
    for (const chunk of this.#chunks)
      for (const [call, since] of chunk.underWay) {
        if (since + this.#maxLagMs > now) break
        this.#arrive(chunk, call, since + this.#maxLagMs)
      }
    const reports = this.#chunks.flatMap((chunk) => {
      const unused = chunk.usableUntil <= now ? chunk.left : 0
      const { arrived, arrivedAt, slots } = chunk
      chunk.left -= unused
      chunk.arrived = 0
      this.#inHand -= unused
      return slots.flatMap((slot) => [
        ...(arrived > 0 ? [{ ...slot, count: arrived, agoMs: Math.max(0, now - arrivedAt) }] : []),
        ...(unused > 0 ? [{ ...slot, count: unused, isLate: chunk.isLate }] : []),
      ])
    })
    this.#arrived = 0
    this.#chunks = this.#chunks.filter(({ left, underWay }) => left > 0 || underWay.size > 0)
    return reports
  }

  #arrive(chunk: Chunk, call: object, at: number): void {
    if (!chunk.underWay.delete(call)) return
    this.#underWay--
    this.#arrived++
    chunk.arrived++
    chunk.arrivedAt = Math.max(chunk.arrivedAt, at)
  }
}
