import type { Refused } from './messages.ts'
import type { Pass } from './passes.ts'
import type { EgressRefusal } from './refusals.ts'

const everyMs = 60_000
/** In a minute, of all runners. What is above it is counted into the next report of its kind. */
const maxReports = 100
const maxKinds = 10_000

/** Refusals for the audit: each execution's first to a host at once, and then at most one a minute with how often it was. */
export class RefusalReports {
  readonly #tell: (refused: Refused) => void
  readonly #kinds = new Map<string, { untilMs: number; times: number }>()
  #minute = 0
  #told = 0

  constructor(tell: (refused: Refused) => void) {
    this.#tell = tell
  }

  add(runner: string, refusal: EgressRefusal, pass: Pass | undefined): void {
    const host = String(refusal.details.host)
    const port = Number(refusal.details.port)
    const key = JSON.stringify([runner, pass?.executionId ?? null, host, port])
    const now = performance.now()
    if (this.#kinds.size >= maxKinds) this.#kinds.clear()
    const kind = this.#kinds.get(key) ?? { untilMs: 0, times: 0 }
    kind.times++
    this.#kinds.set(key, kind)
    const minute = Math.floor(now / everyMs)
    if (minute !== this.#minute) [this.#minute, this.#told] = [minute, 0]
    if (now < kind.untilMs || this.#told >= maxReports) return
    this.#told++
    const { times } = kind
    Object.assign(kind, { untilMs: now + everyMs, times: 0 })
    this.#tell({
      runner,
      executionId: pass?.executionId ?? null,
      organizationId: pass?.organizationId ?? null,
      name: pass?.name ?? null,
      host,
      port,
      times,
      message: refusal.message,
      details: refusal.details,
    })
  }
}
