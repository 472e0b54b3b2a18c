import type { StepInfo } from '../context.ts'
import { type RetryOptions, retryDelayMs, retryPolicy, tellWaitLimit } from '../retry.ts'
import { isRecorded } from '../step-result.ts'
import { isDoneInPart, keyWithin, type StepCall, type StepScopes } from '../step-scope.ts'
import type { MockLife, Recorded } from './mock-life.ts'

/** One step as it went. */
export type StepRecord = {
  /** As given to `ctx.step`, or `integration.method` for a method of a client. */
  name: string
  /** Arguments of the client's method; empty for `ctx.step`. */
  args: readonly unknown[]
  /** `cut_off`: the code crashed before it was recorded. */
  status: 'running' | 'success' | 'failed' | 'cut_off'
  attempts: number
  /** What it called, over all attempts: methods of clients, steps within it, changes of mappings. */
  calls: { name: string; status: 'running' | 'success' | 'failed'; error?: unknown }[]
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
  scopes: StepScopes
  wait: (ms: number) => Promise<void>
  random: () => number
  /** A call within a step is tried again. */
  warn: (line: string) => void
}

type Asked = { name: string; args: readonly unknown[]; fingerprint: string; retry: RetryOptions | undefined }
type Body<Result> = (step: StepInfo) => Promise<Result> | Result

/** Taken before a test puts its own timers in place of Node's. */
const onNextTurn = setImmediate

/** As in a real execution, code continues with an answer in a later turn of the event loop, never at once. */
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

  /**
   * Runs one step to its end, with all of its attempts, or gives what an earlier life recorded of it. In a step it is a part of that one.
   * Throws what the last attempt threw, or the reason of the abort as soon as there is one.
   */
  async run<Result>(life: MockLife, signal: AbortSignal, asked: Asked, body: Body<Result>): Promise<Result> {
    await life.unlessOver()
    signal.throwIfAborted()
    const { scopes } = this.#options
    const scope = scopes.current
    if (scope) return scopes.call(scope, asked, body)
    const { key, recorded } = life.ask(asked.name, asked.fingerprint)
    if (recorded?.ok === false) return nextTurn().then(() => Promise.reject(recorded.error))
    // Its own copy, as the code got at first; a type cannot say that it is the same again.
    if (recorded?.isPlain) return nextTurn().then(() => structuredClone(recorded.value) as Result)

    const step = life.begin()
    const record: StepRecord = { name: asked.name, args: asked.args, status: 'running', attempts: 0, calls: [] }
    this.records.push(record)
    const attempts = this.#attempts(life, signal, record, { ...asked, key, step }, body)
    try {
      const result = await unlessAborted(signal, attempts)
      await life.unlessOver()
      record.status = 'success'
      record.result = result
      return result
    } catch (error) {
      await life.unlessOver()
      record.status = 'failed'
      record.error = error
      throw error
    }
  }

  /** Those that were under way when the code crashed. */
  cutOff(): void {
    for (const record of this.records) if (record.status === 'running') record.status = 'cut_off'
  }

  async #attempts<Result>(
    life: MockLife,
    signal: AbortSignal,
    record: StepRecord,
    { retry, key, step }: Asked & { key: string; step: number },
    body: Body<Result>,
  ): Promise<Result> {
    const { wait, random, executionId } = this.#options
    const policy = retryPolicy(retry)
    const idempotencyKey = keyWithin(executionId, key)
    for (;;) {
      record.attempts += 1
      const attempt = record.attempts
      let outcome: Recorded
      let hasCalls = false
      try {
        const value = await this.#attempt(signal, record, { idempotencyKey, retries: policy.retries }, body, attempt, (facts) => {
          hasCalls = facts.hasCalls
        })
        outcome = { ok: true, value, isPlain: isRecorded(record.name, value) }
      } catch (error) {
        outcome = { ok: false, error }
      }
      if (!outcome.ok) {
        const { error } = outcome
        record.error = error
        if (!hasCalls) tellWaitLimit(error, policy.maxRetryAfterMs, 'a step waits')
        await nextTurn()
        const isLast = signal.aborted || isDoneInPart(policy, { hasCalls })
        const delayMs = isLast ? undefined : retryDelayMs(error, attempt, policy, random)
        if (delayMs !== undefined) {
          await wait(delayMs)
          signal.throwIfAborted()
          await life.unlessOver()
          continue
        }
      }
      await life.record(step, key, outcome)
      if (!outcome.ok) throw outcome.error
      record.isRecorded = outcome.isPlain
      await nextTurn()
      const value = outcome.value as Result // what the body returned
      // What is recorded is a copy: what the code does to it later does not change what the step returned.
      return outcome.isPlain ? structuredClone(value) : value
    }
  }

  #attempt<Result>(
    signal: AbortSignal,
    record: StepRecord,
    identity: { idempotencyKey: string; retries: 'refused' | 'failed' },
    body: Body<Result>,
    attempt: number,
    onEnd: (facts: { hasCalls: boolean }) => void,
  ): Promise<Result> {
    const { scopes, wait, random, warn } = this.#options
    const before = record.calls.length
    const onCall = ({ index, name, end }: StepCall): void => {
      const status = end === undefined ? 'running' : end.failure ? 'failed' : 'success'
      record.calls[before + index] = { name, status, ...(end?.failure ? { error: end.failure.thrown } : {}) }
    }
    const { idempotencyKey } = identity
    return scopes.attempt({ ...identity, signal, onCall, wait, warn, random }, () => body({ attempt, idempotencyKey, signal }), onEnd)
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
