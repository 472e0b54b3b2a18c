import { processChain, readProcFile, residentBytes } from './memory-watch.ts'

/** Of a tick in `/proc`: a hundredth of a second on every Linux that Node runs on. */
const tickMs = 10
/** However little of a processor it gets: one that says nothing for so many times the limit is ended. */
const maxPatience = 2
/** With so much of its heap in memory, what takes the time is the search for free memory. */
const fullShare = 0.9

type Use = { cpuMs: number; isWaitingItsTurn: boolean }

/** What a process has used of the processors, and whether it would use more. Undefined where nobody tells, as beside Linux. */
function useOf(pid: number): Use | undefined {
  if (process.platform !== 'linux') return undefined
  const stat = readProcFile(`/proc/${pid}/stat`)
  // The name before it may have anything in it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields?.[11]) + Number(fields?.[12])
  return Number.isFinite(ticks) ? { cpuMs: ticks * tickMs, isWaitingItsTurn: fields?.[0] === 'R' || fields?.[0] === 'D' } : undefined
}

/**
 * How long a process that is asked says nothing, in time in which it could have: on a busy machine it waits for its turn as well, and that
 * is not held against it. It is counted in looks and not by the clock: while this process itself is paused, nothing can be heard.
 */
export class Silence {
  readonly #pid: number
  readonly #limitMs: number
  #cpuMs: number | undefined
  #ownMs = 0
  #wholeMs = 0

  constructor(pid: number, limitMs: number) {
    this.#pid = pid
    this.#limitMs = limitMs
  }

  /** @returns whether that is too long */
  look(isHeard: boolean, sinceMs: number): boolean {
    const use = useOf(processChain(this.#pid).at(-1) ?? this.#pid)
    const before = this.#cpuMs
    this.#cpuMs = use?.cpuMs
    if (isHeard) {
      this.#ownMs = 0
      this.#wholeMs = 0
      return false
    }
    this.#wholeMs += sinceMs
    const isStarved = use !== undefined && before !== undefined && use.isWaitingItsTurn
    this.#ownMs += isStarved ? Math.min(sinceMs, Math.max(0, use.cpuMs - before)) : sinceMs
    return this.#ownMs >= this.#limitMs || this.#wholeMs >= this.#limitMs * maxPatience
  }

  /** Whether its heap is as good as full, so that it is not a loop that keeps it from answering. */
  isOfMemory(maxHeapMb: number): boolean {
    const bytes = residentBytes(processChain(this.#pid).at(-1) ?? this.#pid)
    return bytes !== undefined && bytes >= maxHeapMb * fullShare * 1024 * 1024
  }
}
