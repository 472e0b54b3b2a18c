import { maxVendorWaitMs } from '../platform/vendor-waits.ts'
import type { Execution } from './state/executions.ts'

/** Longest time that a timer holds. */
const longestTimerMs = 2 ** 31 - 1

/** When an execution's time is over. What it waits because a vendor asked for it does not count, up to a bound; in a workflow it counts. */
export class Deadline {
  readonly #onOver: () => void
  #atMs: number
  #restOfWaitsMs: number
  #isOver = false
  #timer: NodeJS.Timeout | undefined

  constructor({ kind, startedAt, timeoutMs }: Pick<Execution, 'kind' | 'startedAt' | 'timeoutMs'>, onOver: () => void) {
    this.#onOver = onOver
    this.#atMs = (startedAt?.getTime() ?? Date.now()) + timeoutMs
    this.#restOfWaitsMs = kind === 'workflow' ? 0 : maxVendorWaitMs[kind]
    this.#set()
  }

  putOff(ms: number): void {
    // It comes from the process of author code.
    const granted = Number.isFinite(ms) ? Math.min(Math.max(ms, 0), this.#restOfWaitsMs) : 0
    this.#restOfWaitsMs -= granted
    this.#atMs += granted
    this.#set()
  }

  clear(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }

  #set(): void {
    clearTimeout(this.#timer)
    if (this.#isOver) return
    const restMs = Math.max(0, this.#atMs - Date.now())
    this.#timer = setTimeout(() => (restMs > longestTimerMs ? this.#set() : this.#onOver()), Math.min(restMs, longestTimerMs))
  }
}
