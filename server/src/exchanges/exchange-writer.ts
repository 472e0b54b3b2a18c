import type { Logger } from 'pino'
import { type Database, inScope } from '../platform/database/database.ts'
import { isDatabaseAway } from '../platform/database/outages.ts'
import { createWorkLoop } from '../platform/work-loop.ts'
import type { ExchangeLine } from './exchange-line.ts'
import { addTraffic, type FailedExchange, failExchanges, insertExchanges, type Traffic } from './exchanges.queries.ts'

/** How long a line waits for company, in milliseconds. */
const gatherMs = 200
const retryMs = 500
const maxBatch = 1_000
/** While the database is away so many wait; what comes then is only counted in the log. */
const maxWaiting = 20_000
/** So many of them have their bodies. */
const maxWithBodies = 1_000
/** That the call failed is told within a moment of its exchange. */
const maxRecent = 2_000

/** Writes the exchanges of one worker, many at once. */
export class ExchangeWriter {
  readonly #db: Database
  readonly #logger: Logger
  #waiting: ExchangeLine[] = []
  /** Those that went well as far as it is known, by their exchanges. */
  readonly #recent = new Map<string, ExchangeLine>()
  #failed: FailedExchange[] = []
  #lost = 0
  #isClosing = false
  readonly #loop = createWorkLoop(
    () => this.#waiting.length + this.#failed.length > 0,
    () => this.#write(),
    (error) => this.#logger.error({ err: error }, 'exchanges with vendors are not written'),
  )

  constructor(db: Database, logger: Logger) {
    this.#db = db
    this.#logger = logger
  }

  /** @param exchange by which `fail` finds it */
  add(given: ExchangeLine, exchange?: string): void {
    const line = this.#waiting.length < maxWithBodies ? given : { ...given, requestBody: null, responseBody: null }
    if (this.#waiting.length >= maxWaiting) this.#lost++
    else {
      this.#waiting.push(line)
      if (exchange !== undefined && line.isListed && line.failureKind === null) this.#remember(exchange, line)
    }
    this.#loop.wake()
  }

  /** The call of an exchange that was added failed by what was answered. */
  fail(exchange: string, executionId: string, kind: string): void {
    const line = this.#recent.get(exchange)
    if (line?.executionId !== executionId) return
    this.#recent.delete(exchange)
    // Where it waits, and where it is being written.
    line.failureKind = kind
    this.#failed.push({ executionId, id: line.id, kind })
    this.#loop.wake()
  }

  #remember(exchange: string, line: ExchangeLine): void {
    this.#recent.set(exchange, line)
    if (this.#recent.size <= maxRecent) return
    const [oldest] = this.#recent.keys()
    if (oldest !== undefined) this.#recent.delete(oldest)
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#loop.settled()
  }

  async #write(): Promise<void> {
    if (!this.#isClosing) await new Promise((resolve) => setTimeout(resolve, gatherMs))
    const lines = this.#waiting.splice(0, maxBatch)
    const failed = this.#failed.splice(0)
    try {
      await inScope(this.#db, 'allOrganizations', async (transaction) => {
        await Promise.all([
          insertExchanges(
            transaction,
            lines.filter(({ isListed }) => isListed),
          ),
          addTraffic(transaction, trafficOf(lines)),
        ])
        if (failed.length > 0) await failExchanges(transaction, failed)
      })
      if (this.#lost > 0) this.#logger.warn({ lost: this.#lost }, 'exchanges with vendors were not kept while the database was away')
      this.#lost = 0
    } catch (error) {
      if (!isDatabaseAway(error)) throw error
      if (this.#isClosing) return
      this.#waiting.unshift(...lines)
      this.#failed.unshift(...failed)
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}

function trafficOf(lines: readonly ExchangeLine[]): Traffic[] {
  const sums = new Map<string, Traffic>()
  for (const { purpose, integration, vendorHost: host, status, failureKind, waitedMs, durationMs } of lines) {
    // Those for tokens have figures of their own: how renewals end.
    if (purpose === 'token') continue
    const outcome = status === null ? (failureKind ?? 'unavailable') : String(status)
    const key = JSON.stringify([integration, host, outcome])
    const sum = sums.get(key) ?? { integration: integration ?? '', host, outcome, calls: 0, waitedMs: 0, durationMs: 0 }
    sum.calls++
    sum.waitedMs += waitedMs
    sum.durationMs += durationMs
    sums.set(key, sum)
  }
  return [...sums.values()]
}
