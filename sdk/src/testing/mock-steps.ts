import type { StepInfo } from '../context.ts'
import { type RetryOptions, retryDelayMs, retryPolicy } from '../retry.ts'

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

/** Runs steps in memory with the retry rules of the platform, and keeps what happened. */
export class MockSteps {
  /** In the order they began. */
  readonly records: StepRecord[] = []
  readonly #options: MockStepsOptions

  constructor(options: MockStepsOptions) {
    this.#options = options
  }

  /** Runs one step to its end, with all of its attempts. Throws what the last attempt threw. */
  async run<Result>(
    name: string,
    args: readonly unknown[],
    body: (step: StepInfo) => Promise<Result> | Result,
    retry: RetryOptions | undefined,
  ): Promise<Result> {
    const { executionId, signal, wait, random } = this.#options
    signal.throwIfAborted()
    const policy = retryPolicy(retry)
    const record: StepRecord = { name, args, status: 'running', attempts: 0 }
    const idempotencyKey = `${executionId}:${this.records.length + 1}`
    this.records.push(record)
    for (;;) {
      record.attempts += 1
      try {
        const result = await body({ attempt: record.attempts, idempotencyKey, signal })
        record.status = 'success'
        record.result = result
        return result
      } catch (error) {
        record.error = error
        const delayMs = signal.aborted ? undefined : retryDelayMs(error, record.attempts, policy, random)
        if (delayMs === undefined) {
          record.status = 'failed'
          throw error
        }
        await wait(delayMs)
        signal.throwIfAborted()
      }
    }
  }
}
