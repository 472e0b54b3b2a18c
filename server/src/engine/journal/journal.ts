import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Database, inScope, type Transaction } from '../../platform/database/database.ts'
import { isDatabaseAway } from '../../platform/database/outages.ts'
import { insertLogLines, upsertSteps } from './journal.queries.ts'
import type { LogLine, StepLine } from './journal-lines.ts'

export type { LogLine, StepLine } from './journal-lines.ts'

type Batch = { lines: LogLine[]; steps: Map<string, StepLine> }

const emptyBatch = (): Batch => ({ lines: [], steps: new Map() })
const keyOf = (step: StepLine) => `${step.executionId} ${step.position}`
/** So many lines go in one statement, and about so many characters. */
const maxBatchLines = 5_000
const maxBatchChars = 4 * 1024 * 1024
/** While more than this waits to be written, the code that logs is to wait too. */
const maxWaitingChars = 16 * 1024 * 1024
const charsOf = ({ message, data }: LogLine) => 100 + message.length + (data?.length ?? 0)
const charsOfAll = (lines: readonly LogLine[]) => lines.reduce((sum, line) => sum + charsOf(line), 0)
/** What could not be written is tried again after this time. */
const retryMs = 500
/** How long a line waits for company. A follower must see it within 200 ms. */
const gatherMs = 25

/**
 * The log lines and step rows of all executions of one worker, written in batches: one transaction for many executions.
 * Lines of one execution keep their order; a batch that fails is tried again and nothing behind it is written before. While the
 * database is away lines wait here: those that flush wait with them, so author code that logs much does too. What PostgreSQL refuses
 * of one execution is dropped, and holds up no other's.
 */
export class Journal {
  readonly #db: Database
  readonly #workerId: string
  readonly #logger: Logger
  #waiting = emptyBatch()
  /** What is being written at this moment. */
  #batch = emptyBatch()
  #writing: Promise<boolean> | undefined
  #timer: NodeJS.Timeout | undefined
  /** Of lines that are not written. */
  #chars = 0
  #room: PromiseWithResolvers<void> | undefined

  constructor(db: Database, workerId: string, logger: Logger) {
    this.#db = db
    this.#workerId = workerId
    this.#logger = logger
  }

  addLine(line: LogLine): void {
    this.#waiting.lines.push(line)
    this.#chars += charsOf(line)
    this.#schedule()
  }

  addStep(step: StepLine): void {
    this.#waiting.steps.set(keyOf(step), step)
    this.#schedule()
  }

  /** Resolves when there is room for more. Undefined while there is. */
  get room(): Promise<void> | undefined {
    if (this.#chars <= maxWaitingChars) return undefined
    this.#room ??= Promise.withResolvers()
    return this.#room.promise
  }

  #left(lines: readonly LogLine[]): void {
    this.#chars -= charsOfAll(lines)
    if (this.#chars > maxWaitingChars / 2) return
    this.#room?.resolve()
    this.#room = undefined
  }

  /** Resolves when everything that was added before is in the database, however much is added meanwhile. */
  async flush(): Promise<void> {
    const last = this.#waiting.lines.at(-1)
    // Each write takes the oldest lines and all steps: after the one that is under way, one more has the steps.
    let rest = (this.#writing ? 1 : 0) + (last !== undefined || this.#waiting.steps.size > 0 ? 1 : 0)
    while (rest > 0 || (last !== undefined && this.#waiting.lines.includes(last))) if (await this.#write()) rest--
  }

  /**
   * Takes what waits for one execution out of the batches, to be written in the transaction that ends it. Nothing more may be added for it.
   * Resolves after what is being written at this moment, so that the order holds.
   */
  async take(executionId: string): Promise<(transaction: Transaction) => Promise<void>> {
    let taken = this.#remove(executionId)
    while (this.#isWritten(executionId)) {
      await this.#writing
      // What could not be written just now is older.
      const { lines, steps } = this.#remove(executionId)
      taken = { lines: [...lines, ...taken.lines], steps: new Map([...steps, ...taken.steps]) }
    }
    return (transaction) => this.#insert(transaction, taken.lines, [...taken.steps.values()])
  }

  /** True while something of it is on its way. */
  #isWritten(executionId: string): boolean {
    const isOfIt = (row: { executionId: string }) => row.executionId === executionId
    return this.#batch.lines.some(isOfIt) || [...this.#batch.steps.values()].some(isOfIt)
  }

  #remove(executionId: string): Batch {
    const isOfIt = (row: { executionId: string }) => row.executionId === executionId
    const lines = this.#waiting.lines.filter(isOfIt)
    if (lines.length > 0) this.#waiting.lines = this.#waiting.lines.filter((line) => !isOfIt(line))
    this.#left(lines)
    const steps = new Map([...this.#waiting.steps].filter(([, step]) => isOfIt(step)))
    for (const key of steps.keys()) this.#waiting.steps.delete(key)
    return { lines, steps }
  }

  async #insert(transaction: Transaction, lines: LogLine[], steps: StepLine[]): Promise<void> {
    const statements: Promise<void>[] = []
    for (let start = 0; start < lines.length; ) {
      const end = start + batchLength(lines, start)
      statements.push(insertLogLines(transaction, this.#workerId, lines.slice(start, end)))
      start = end
    }
    if (steps.length > 0) statements.push(upsertSteps(transaction, this.#workerId, steps))
    await Promise.all(statements)
  }

  #schedule(): void {
    if (this.#timer || this.#writing) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#write()
    }, gatherMs)
  }

  /** False where the database is away. */
  #write(): Promise<boolean> {
    this.#writing ??= this.#writeOnce().finally(() => {
      this.#writing = undefined
      if (this.#waiting.lines.length > 0 || this.#waiting.steps.size > 0) this.#schedule()
    })
    return this.#writing
  }

  async #writeOnce(): Promise<boolean> {
    const length = batchLength(this.#waiting.lines, 0)
    const lines = this.#waiting.lines.slice(0, length)
    const steps = this.#waiting.steps
    this.#waiting = { lines: this.#waiting.lines.slice(length), steps: new Map() }
    this.#batch = { lines, steps }
    try {
      await this.#transact(lines, [...steps.values()]).catch((error: unknown) => {
        if (isDatabaseAway(error)) throw error
        this.#logger.warn({ err: error, lines: lines.length }, 'log lines could not be written together, and are written apart')
        return this.#writeApart(lines, [...steps.values()])
      })
      this.#left(lines)
      return true
    } catch {
      this.#waiting = { lines: [...lines, ...this.#waiting.lines], steps: new Map([...steps, ...this.#waiting.steps]) }
      await delay(retryMs)
      return false
    } finally {
      this.#batch = emptyBatch()
    }
  }

  #transact(lines: LogLine[], steps: StepLine[]): Promise<void> {
    return inScope(this.#db, 'allOrganizations', (transaction) => this.#insert(transaction, lines, steps), 'kept')
  }

  /** Whatever is written twice is the same. */
  async #writeApart(lines: LogLine[], steps: StepLine[]): Promise<void> {
    for (const executionId of new Set([...lines, ...steps].map((row) => row.executionId))) {
      const isOfIt = (row: { executionId: string }) => row.executionId === executionId
      await this.#transact(lines.filter(isOfIt), steps.filter(isOfIt)).catch((error: unknown) => {
        if (isDatabaseAway(error)) throw error
        this.#logger.error({ err: error, executionId }, 'lines and steps of an execution were refused by the database, and are lost')
      })
    }
  }
}

/** How many lines, from this one on, go in one statement. */
function batchLength(lines: readonly LogLine[], start: number): number {
  let chars = 0
  for (let index = start; index < lines.length; index++) {
    chars += charsOf(lines[index] as LogLine)
    if (index - start === maxBatchLines || (chars > maxBatchChars && index > start)) return index - start
  }
  return lines.length - start
}
