import type { Refused } from '../messages/messages.ts'
import type { Pass } from '../messages/passes.ts'
import type { EgressRefusal } from '../messages/refusals.ts'

/** In a minute, of one organization. What is above it is told in one report when the minute ends. */
const maxReports = 20
const maxHosts = 10_000

type Kind = { report: Omit<Refused, 'times'>; times: number }
/** `more`: what was refused and not told yet, by execution and host. */
type Minute = { timer: NodeJS.Timeout; told: Set<string>; more: Map<string, Kind>; hosts: Set<string>; times: number; runners: Set<string> }

/**
 * Refusals for the audit: each execution's first to a host at once, and what follows in one report a minute. Each organization has its own
 * count, so none fills the audit, or silences another.
 */
export class RefusalReports {
  readonly #tell: (refused: Refused) => void
  readonly #minuteMs: number
  readonly #minutes = new Map<string, Minute>()

  constructor(tell: (refused: Refused) => void, minuteMs = 60_000) {
    this.#tell = tell
    this.#minuteMs = minuteMs
  }

  add(runner: string, refusal: EgressRefusal, pass: Pass | undefined): void {
    const report = {
      runner,
      executionId: pass?.executionId ?? null,
      organizationId: pass?.organizationId ?? null,
      name: pass?.name ?? null,
      host: String(refusal.details.host),
      port: Number(refusal.details.port),
      message: refusal.message,
      details: refusal.details,
    }
    const owner = report.organizationId ?? runner
    const minute = this.#minuteOf(owner)
    const key = JSON.stringify([report.executionId, report.host, report.port])
    if (minute.told.size < maxReports && !minute.told.has(key)) {
      minute.told.add(key)
      this.#tell({ ...report, times: 1 })
      return
    }
    minute.times++
    minute.runners.add(runner)
    if (minute.hosts.size < maxHosts) minute.hosts.add(report.host)
    const kind = minute.more.get(key) ?? { report, times: 0 }
    kind.times++
    // Two are enough to know that they are several.
    if (minute.more.size < 2) minute.more.set(key, kind)
  }

  /** A runner has ended: what it was refused is told now. */
  end(runner: string): void {
    for (const [owner, { runners }] of this.#minutes) if (runners.has(runner)) this.#endMinute(owner)
  }

  #minuteOf(owner: string): Minute {
    const known = this.#minutes.get(owner)
    if (known) return known
    const timer = setTimeout(() => {
      this.#endMinute(owner)
      this.#minutes.delete(owner)
    }, this.#minuteMs)
    timer.unref()
    const minute = {
      timer,
      told: new Set<string>(),
      more: new Map<string, Kind>(),
      hosts: new Set<string>(),
      times: 0,
      runners: new Set<string>(),
    }
    this.#minutes.set(owner, minute)
    return minute
  }

  /** Tells what was not told. What was told counts on until the minute is over. */
  #endMinute(owner: string): void {
    const minute = this.#minutes.get(owner)
    const [first] = minute?.more.values() ?? []
    if (!minute || !first) return
    this.#tell(minute.more.size === 1 ? { ...first.report, times: first.times } : summaryOf(minute, first.report))
    minute.more.clear()
    minute.hosts.clear()
    minute.runners.clear()
    minute.times = 0
  }
}

function summaryOf({ hosts, times }: Minute, { runner, organizationId }: Kind['report']): Refused {
  const count = hosts.size < maxHosts ? `${hosts.size}` : `at least ${maxHosts}`
  const places = hosts.size === 1 ? 'the host' : `${count} hosts, such as`
  const message = `${times} more refusals of ${places} ${[...hosts].slice(0, 10).join(', ')}.`
  return {
    ...{ runner, organizationId, executionId: null, name: 'Several executions', port: 0, times, message },
    host: hosts.size === 1 ? String([...hosts][0]) : `${count} hosts`,
    details: { reason: 'more_refusals' },
  }
}
