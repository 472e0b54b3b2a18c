import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import { isDatabaseAway } from '../platform/outages.ts'
import { insertLogLines, upsertSteps } from './host.queries.ts'
import type { LogLine, StepLine } from './journal-lines.ts'

export type { LogLine, StepLine } from './journal-lines.ts'

type Batch = { lines: LogLine[]; steps: Map<string, StepLine> }

const emptyBatch = (): Batch => ({ lines: [], steps: new Map() })
const keyOf = (step: StepLine) => `${step.executionId} ${step.position}`
/** So many lines go in one statement. */
const largestBatch = 5_000
/** What could not be written is tried again after so long. */
const retryMs = 500
/** How long a line waits for company. A follower must see it within 200 ms. */
const gatherMs = 25

/**
 * The log lines and step rows of all executions of one worker, written in batches: one statement for many executions.
 * Lines of one execution keep their order; a batch that fails is tried again and nothing behind it is written before. While the
 * database is away lines wait here: whoever flushes waits with them, so author code that logs much does too.
 */
export class Journal {
  readonly #db: Database
  readonly #workerId: string
  readonly #logger: Logger
  #waiting = emptyBatch()
  #writing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(db: Database, workerId: string, logger: Logger) {
    this.#db = db
    this.#workerId = workerId
    this.#logger = logger
  }

  addLine(line: LogLine): void {
    this.#waiting.lines.push(line)
    this.#schedule()
  }

  addStep(step: StepLine): void {
    this.#waiting.steps.set(keyOf(step), step)
    this.#schedule()
  }

  /** Resolves when everything that was added before is in the database. */
  async flush(): Promise<void> {
    while (this.#writing || this.#waiting.lines.length > 0 || this.#waiting.steps.size > 0) await this.#write()
  }

  /**
   * Takes what waits for one execution out of the batches, to be written in the transaction that ends it.
   * Resolves after what is being written at this moment, so that the order holds.
   */
  async take(executionId: string): Promise<(transaction: Transaction) => Promise<void>> {
    while (this.#writing) await this.#writing
    const lines = this.#waiting.lines.filter((line) => line.executionId === executionId)
    const steps = [...this.#waiting.steps.values()].filter((step) => step.executionId === executionId)
    if (lines.length > 0) this.#waiting.lines = this.#waiting.lines.filter((line) => line.executionId !== executionId)
    for (const step of steps) this.#waiting.steps.delete(keyOf(step))
    return (transaction) => this.#insert(transaction, lines, steps)
  }

  async #insert(transaction: Transaction, lines: LogLine[], steps: StepLine[]): Promise<void> {
    const statements: Promise<void>[] = []
    for (let start = 0; start < lines.length; start += largestBatch)
      statements.push(insertLogLines(transaction, this.#workerId, lines.slice(start, start + largestBatch)))
    if (steps.length > 0) statements.push(upsertSteps(transaction, this.#workerId, steps))
    await Promise.all(statements)
  }

  #schedule(): void {
    if (this.#timer || this.#writing) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#write().catch(() => {})
    }, gatherMs)
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeOnce().finally(() => {
      this.#writing = undefined
      if (this.#waiting.lines.length > 0 || this.#waiting.steps.size > 0) this.#schedule()
    })
    return this.#writing
  }

  async #writeOnce(): Promise<void> {
    const lines = this.#waiting.lines.slice(0, largestBatch)
    const steps = this.#waiting.steps
    this.#waiting = { lines: this.#waiting.lines.slice(largestBatch), steps: new Map() }
    try {
      await inScope(this.#db, 'allOrganizations', (transaction) => this.#insert(transaction, lines, [...steps.values()]), 'kept')
    } catch (error) {
      this.#waiting = { lines: [...lines, ...this.#waiting.lines], steps: new Map([...steps, ...this.#waiting.steps]) }
      const isAway = isDatabaseAway(error)
      if (!isAway) this.#logger.warn({ err: error, lines: lines.length }, 'log lines could not be written and are kept')
      await delay(retryMs)
      if (!isAway) throw error
    }
  }
}
