import { maxTimerMs } from '@crosswalk/sdk/retry'
import { kinds } from '../../protocol/kinds.ts'
import type { Execution } from '../state/execution.ts'
import type { TimeLimit } from '../state/outcomes.ts'

/**
 * Calls back once a limit of an execution's time is over, at once where it is already. What it waits because a vendor asked for it does
 * not count as running time, up to a bound; in a workflow it counts.
 */
export class TimeLimits {
  readonly #onOver: (limit: TimeLimit) => void
  readonly #deadlineAtMs: number
  #timeoutAtMs: number
  #restOfWaitsMs: number
  #isOver = false
  #timer: NodeJS.Timeout | undefined

  /** @param claimedAt since when this worker has it; what it ran before is in the execution */
  constructor(
    { kind, timeoutMs, deadlineMs, ranMs, startedAt }: Pick<Execution, 'kind' | 'timeoutMs' | 'deadlineMs' | 'ranMs' | 'startedAt'>,
    claimedAt: Date,
    onOver: (limit: TimeLimit) => void,
  ) {
    this.#onOver = onOver
    // By a clock that nobody sets: only what is left is told from the time of day.
    const now = performance.now()
    this.#timeoutAtMs = now + timeoutMs - ranMs - Math.max(0, Date.now() - claimedAt.getTime())
    this.#deadlineAtMs =
      deadlineMs === null ? Number.POSITIVE_INFINITY : now + (startedAt?.getTime() ?? Date.now()) + deadlineMs - Date.now()
    this.#restOfWaitsMs = kind === 'workflow' ? 0 : kinds[kind].maxVendorWaitMs
    this.#look()
  }

  /** How long is left. */
  get restMs(): number {
    return Math.max(0, Math.min(this.#timeoutAtMs, this.#deadlineAtMs) - performance.now())
  }

  putOff(ms: number): void {
    // It comes from the process of author code.
    const granted = Number.isFinite(ms) ? Math.min(Math.max(ms, 0), this.#restOfWaitsMs) : 0
    this.#restOfWaitsMs -= granted
    this.#timeoutAtMs += granted
    this.#look()
  }

  clear(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }

  #look(): void {
    clearTimeout(this.#timer)
    if (this.#isOver) return
    const restMs = Math.min(this.#timeoutAtMs, this.#deadlineAtMs) - performance.now()
    if (restMs > 0) this.#timer = setTimeout(() => this.#look(), Math.min(restMs, maxTimerMs))
    else this.#onOver(this.#deadlineAtMs < this.#timeoutAtMs ? 'deadline' : 'timeout')
  }
}
