import { AsyncLocalStorage } from 'node:async_hooks'
import { builtin } from './builtins.ts'
import type { StepInfo } from './context.ts'
import { type RetryOptions, type RetryPolicy, retryDelayMs, retryLine, retryPolicy, tellWaitLimit } from './retry.ts'

/** What a step did on its way, for people: told when it begins, and with `end` when it has ended. */
export type StepCall = {
  /** Counts the calls of one attempt. */
  readonly index: number
  /** `integration.method`, the name of a step within the step, or `setIntegrationMapping`. */
  readonly name: string
  readonly startedAtMs: number
  readonly end?: { durationMs: number; failure?: { thrown: unknown } }
}

/** What an attempt of a step needs from outside. */
export type StepScopeOptions = {
  idempotencyKey: string
  /** Of the step: what `failed` tries again is safe to run twice, and is tried again whole. */
  retries: RetryPolicy['retries']
  signal: AbortSignal
  onCall(call: StepCall): void
  /** A call within the step is tried again after this wait. */
  wait(ms: number): Promise<void>
  warn(line: string): void
  random(): number
}

type Attempt = StepScopeOptions & { calls: number; isOver: boolean }

/** Where code is: in the function of a step, or in a call that is made there. */
export type StepScope = {
  readonly attempt: Attempt
  readonly idempotencyKey: string
  readonly retries: RetryPolicy['retries']
  /** Whether it made calls. */
  hasCalls: boolean
  /** How many calls alike it made. */
  readonly made: Map<string, number>
}

type Call = { name: string; fingerprint: string; retry?: RetryOptions | undefined }

/**
 * Knows in which step code runs, over awaits, and also where several run at once. A step is one act: what is called in it (a client's
 * methods, another step, a change of a mapping) is a part of it, not a step of its own.
 */
export class StepScopes {
  readonly #storage = new AsyncLocalStorage<StepScope>()

  /** The step or call that the running code is in. Undefined outside, and in what a step left running after its end. */
  get current(): StepScope | undefined {
    const scope = this.#storage.getStore()
    return scope && !scope.attempt.isOver ? scope : undefined
  }

  /** The key of the call or step that the running code is in; outside of any another one each time, so that none is ever used twice. */
  idempotencyKey(part?: string): string {
    const key = this.current?.idempotencyKey ?? builtin('node:crypto').randomBytes(16).toString('hex')
    return part === undefined ? key : keyWithin(key, `part\0${part}`)
  }

  /** Runs one attempt of a step. `hasCalls` is told also where it fails. */
  async attempt<Result>(
    options: StepScopeOptions,
    body: () => Promise<Result> | Result,
    onEnd: (facts: { hasCalls: boolean }) => void,
  ): Promise<Result> {
    const scope = scopeOf({ ...options, calls: 0, isOver: false }, options.idempotencyKey, options.retries)
    try {
      return await this.#storage.run(scope, body)
    } finally {
      scope.attempt.isOver = true
      onEnd({ hasCalls: scope.hasCalls })
    }
  }

  /**
   * Makes a call as a part of the step. It is tried again by its own rules, unless the step is safe to run twice and so is tried again whole.
   * Its key is the same whenever the step makes it again with the same arguments.
   */
  async call<Result>(scope: StepScope, call: Call, perform: (info: StepInfo) => Promise<Result> | Result): Promise<Result> {
    scope.hasCalls = true
    const policy = retryPolicy(call.retry)
    const alike = `${call.name}\0${call.fingerprint}`
    const occurrence = scope.made.get(alike) ?? 0
    scope.made.set(alike, occurrence + 1)
    const idempotencyKey = keyWithin(scope.idempotencyKey, `${alike}\0${occurrence}`)
    const isTriedAlone = scope.retries === 'refused'
    const { signal, wait, warn, random } = scope.attempt
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted()
      const inner = scopeOf(scope.attempt, idempotencyKey, isTriedAlone ? policy.retries : 'failed')
      try {
        return await this.#shown(scope.attempt, call.name, () =>
          this.#storage.run(inner, async () => perform({ attempt, idempotencyKey, signal })),
        )
      } catch (error) {
        if (!isTriedAlone || signal.aborted || scope.attempt.isOver) throw error
        const delayMs = isDoneInPart(policy, inner) ? undefined : retryDelayMs(error, attempt, policy, random)
        if (delayMs === undefined) {
          tellWaitLimit(error, policy.maxRetryAfterMs, 'a step waits')
          throw error
        }
        warn(retryLine(call.name, attempt, policy.maxAttempts, delayMs, error instanceof Error ? error.message : String(error)))
        await wait(delayMs)
      }
    }
  }

  async #shown<Result>(attempt: Attempt, name: string, perform: () => Promise<Result>): Promise<Result> {
    const call = { index: attempt.calls++, name, startedAtMs: Date.now() }
    const begunAt = performance.now()
    const tell = (told: StepCall): void => {
      if (!attempt.isOver) attempt.onCall(told)
    }
    tell(call)
    try {
      const result = await perform()
      tell({ ...call, end: { durationMs: performance.now() - begunAt } })
      return result
    } catch (thrown) {
      tell({ ...call, end: { durationMs: performance.now() - begunAt, failure: { thrown } } })
      throw thrown
    }
  }
}

/**
 * Whether a failed attempt may have been done in part, so that only an author can say that it is safe to run again: it made calls, and
 * each of them was tried again by itself.
 */
export function isDoneInPart({ retries }: Pick<RetryPolicy, 'retries'>, { hasCalls }: { hasCalls: boolean }): boolean {
  return hasCalls && retries === 'refused'
}

function scopeOf(attempt: Attempt, idempotencyKey: string, retries: RetryPolicy['retries']): StepScope {
  return { attempt, idempotencyKey, retries, hasCalls: false, made: new Map() }
}

/** The key of something within what has that key. 32 hexadecimal digits, as every key. */
export function keyWithin(key: string, what: string): string {
  return builtin('node:crypto').createHash('sha256').update(`${key}\0${what}`).digest('hex').slice(0, 32)
}
