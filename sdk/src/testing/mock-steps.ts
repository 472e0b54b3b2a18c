import type { StepInfo } from '../context.ts'
import { type RetryOptions, retryDelayMs, retryPolicy } from '../retry.ts'
import { isRecorded } from '../step-result.ts'

/** One step as it went. */
export type StepRecord = {
  /** As given to `ctx.step`, or `integration.method` for a method of a client. */
  name: string
  /** Arguments of the client's method; empty for `ctx.step`. */
  args: readonly unknown[]
  status: 'running' | 'success' | 'failed'
  attempts: number
  /** Set on success. */
  result?: unknown
  /** Set on success: false where the result is not plain data, so that after a crash the step would run again to give it. */
  isRecorded?: boolean
  /** What the last failed attempt threw. */
  error?: unknown
}

/** What steps need from outside. */
export type MockStepsOptions = {
  executionId: string
  signal: AbortSignal
  wait: (ms: number) => Promise<void>
  random: () => number
}

/** Taken before a test puts its own timers in place of Node's. */
const onNextTurn = setImmediate

/** As in a real execution, code goes on with an answer in a later turn of the event loop, never at once. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => onNextTurn(resolve))
}

/** Runs steps in memory with the retry rules of the platform, and keeps what happened. */
export class MockSteps {
  /** In the order they began. */
  readonly records: StepRecord[] = []
  readonly #options: MockStepsOptions

  constructor(options: MockStepsOptions) {
    this.#options = options
  }

  /** Runs one step to its end, with all of its attempts. Throws what the last attempt threw, or the reason of the abort as soon as there is one. */
  async run<Result>(
    name: string,
    args: readonly unknown[],
    body: (step: StepInfo) => Promise<Result> | Result,
    retry: RetryOptions | undefined,
  ): Promise<Result> {
    const { executionId, signal } = this.#options
    signal.throwIfAborted()
    const record: StepRecord = { name, args, status: 'running', attempts: 0 }
    this.records.push(record)
    const idempotencyKey = `${executionId}:${this.records.length}`
    const attempts = this.#attempts(record, (attempt) => body({ attempt, idempotencyKey, signal }), retry)
    try {
      const result = await unlessAborted(signal, attempts)
      record.status = 'success'
      record.result = result
      return result
    } catch (error) {
      record.status = 'failed'
      record.error = error
      throw error
    }
  }

  async #attempts<Result>(
    record: StepRecord,
    perform: (attempt: number) => Promise<Result> | Result,
    retry: RetryOptions | undefined,
  ): Promise<Result> {
    const { signal, wait, random } = this.#options
    const policy = retryPolicy(retry)
    for (;;) {
      record.attempts += 1
      try {
        const result = await perform(record.attempts)
        record.isRecorded = isRecorded(record.name, result)
        await nextTurn()
        // What is recorded is a copy: what the code does to it later does not change what the step returned.
        return record.isRecorded ? structuredClone(result) : result
      } catch (error) {
        record.error = error
        await nextTurn()
        const delayMs = signal.aborted ? undefined : retryDelayMs(error, record.attempts, policy, random)
        if (delayMs === undefined) throw error
        await wait(delayMs)
        signal.throwIfAborted()
      }
    }
  }
}

function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
