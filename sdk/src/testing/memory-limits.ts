import type { LimitSpec } from '../http-client/port.ts'
import { orAborted } from './or-aborted.ts'

/** Of a wait that ends where it was to end, as far as numbers go. */
const roundingMs = 0.001

/** The limits of one client in a test: kept by itself alone, and by the waits that the test sees. */
export class MemoryLimits {
  readonly #limits: readonly LimitSpec[]
  /** When each request began. A wait that a test does not wait for counts as waited. */
  readonly #startedAtMs: number[] = []
  #skippedMs = 0
  #underWay = 0
  readonly #waiting: (() => void)[] = []

  constructor(limits: readonly LimitSpec[]) {
    this.#limits = limits
  }

  /**
   * Waits until a request may begin. Call `release` when it has ended.
   *
   * @throws the signal's reason
   */
  async take(wait: (ms: number) => Promise<void>, signal: AbortSignal): Promise<{ waitedMs: number; release(): void }> {
    const parallel = Math.min(...this.#limits.map((limit) => ('parallel' in limit ? limit.parallel : Number.POSITIVE_INFINITY)))
    while (this.#underWay >= parallel) await this.#turn(signal)
    this.#underWay++
    let isReleased = false
    const release = () => {
      if (isReleased) return
      isReleased = true
      this.#underWay--
      this.#waiting.shift()?.()
    }
    let waitedMs = 0
    try {
      for (let delayMs = this.#delay(); delayMs > 0; delayMs = this.#delay()) {
        const begunAt = performance.now()
        await orAborted(wait(delayMs), signal)
        waitedMs += delayMs
        this.#skippedMs += Math.max(0, delayMs - (performance.now() - begunAt))
      }
    } catch (error) {
      release()
      throw error
    }
    this.#startedAtMs.push(this.#now())
    return { waitedMs, release }
  }

  /** Waits until a request has ended. One that is given up leaves its turn to the next. */
  async #turn(signal: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<void>()
    this.#waiting.push(turn.resolve)
    try {
      await orAborted(turn.promise, signal)
    } catch (error) {
      const place = this.#waiting.indexOf(turn.resolve)
      if (place === -1) this.#waiting.shift()?.()
      else this.#waiting.splice(place, 1)
      throw error
    }
  }

  #now(): number {
    return performance.now() + this.#skippedMs
  }

  #delay(): number {
    const now = this.#now()
    return Math.max(
      0,
      ...this.#limits.map((limit) => {
        if (!('requests' in limit)) return 0
        // A test has the vendor for itself: nothing is left for others.
        const before = this.#startedAtMs.at(-limit.requests)
        return before === undefined ? 0 : Math.ceil(before + limit.perMs - now - roundingMs)
      }),
    )
  }
}
