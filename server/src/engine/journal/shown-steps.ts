import type { ErrorData } from '@crosswalk/sdk'
import type { Mask } from '@crosswalk/sdk/masking'
import type { CallInStep, ChannelOutcome } from '../../protocol/channel.ts'
import { storable } from '../../protocol/storable.ts'
import { storableError } from '../state/outcomes.ts'
import type { JournaledAttempt, StepLine } from './journal-lines.ts'

/** Of the attempts of a step the newest are kept, and of the calls of an attempt the first. */
const maxAttempts = 50
const maxCalls = 100
const maxNameLength = 200
/** An attempt says why it failed; the step has the whole error of its last one. */
const maxReasonLength = 1_000

/** What a sleep is called among the steps. */
const sleepStep = 'sleep'

type ShownError = { type: string; message: string; details: ErrorData['details'] }

/** A step as it was shown when its worker was lost. */
export type EarlierStep = Pick<StepLine, 'position' | 'name' | 'status' | 'attempts'> & { idempotencyKey: string }

/** How a step and each of its attempts are shown while it is done. */
export class ShownStep {
  readonly #mask: Mask
  readonly #publish: (line: StepLine) => void
  readonly #line: StepLine
  #attempts: JournaledAttempt[]
  #begunAt = 0

  /** @param publish shows the step as it is from now on */
  constructor(
    mask: Mask,
    publish: (line: StepLine) => void,
    identity: Pick<StepLine, 'executionId' | 'claim' | 'position' | 'name' | 'idempotencyKey' | 'arguments'>,
    earlier: readonly JournaledAttempt[],
  ) {
    this.#mask = mask
    this.#publish = publish
    const name = storable(mask.text(identity.name).slice(0, maxNameLength))
    this.#line = { ...identity, name, status: 'running', attempt: 0, startedAt: new Date(), durationMs: null, error: null, attempts: [] }
    // The worker that did it was lost on the way. A sleep is cut off by nothing: it continues where it was.
    const isCutOff = identity.name !== sleepStep
    this.#attempts = earlier.map((attempt) => (attempt.status === 'running' && isCutOff ? { ...attempt, status: 'cut_off' } : attempt))
  }

  begin(): void {
    const last = this.#attempts.at(-1)
    if (last?.status === 'running') {
      this.#continue(last)
      return
    }
    const attempt = (last?.attempt ?? 0) + 1
    const startedAt = new Date()
    this.#begunAt = performance.now()
    this.#attempts = [
      ...this.#attempts.slice(1 - maxAttempts),
      { attempt, status: 'running', started_at: startedAt.toISOString(), duration_ms: null, error: null, calls: [], more_calls: 0 },
    ]
    this.#show({ status: 'running', attempt, startedAt, durationMs: null, error: null })
  }

  /** What continued while nobody worked on it is still its first attempt. */
  #continue({ attempt, started_at }: JournaledAttempt): void {
    const startedAt = new Date(started_at)
    this.#begunAt = performance.now() - (Date.now() - startedAt.getTime())
    this.#show({ status: 'running', attempt, startedAt, durationMs: null, error: null })
  }

  end(outcome: ChannelOutcome): void {
    const status = outcome.ok ? 'success' : 'failed'
    const error = outcome.ok ? null : this.#errorOf(outcome.error)
    const durationMs = performance.now() - this.#begunAt
    this.#change({ status, duration_ms: durationMs, error: error && shortened(error) })
    this.#show({ status, durationMs, error: error && JSON.stringify(error) })
  }

  /** The runner that did it was lost; another does it again. */
  cutOff(): void {
    this.#change({ status: 'cut_off', duration_ms: performance.now() - this.#begunAt })
    this.begin()
  }

  call({ index, name, startedAtMs, end }: CallInStep): void {
    const attempt = this.#attempts.at(-1)
    if (!attempt) return
    if (index >= maxCalls) {
      if (end === null) this.#change({ more_calls: attempt.more_calls + 1 })
    } else {
      const calls = [...attempt.calls]
      calls[Math.min(index, calls.length)] = {
        name: storable(this.#mask.text(String(name)).slice(0, maxNameLength)),
        status: end === null ? 'running' : end.error === null ? 'success' : 'failed',
        started_at: new Date(startedAtMs).toISOString(),
        duration_ms: end?.durationMs ?? null,
        error: end?.error ? shortened(this.#errorOf(end.error)) : null,
      }
      this.#change({ calls })
    }
    this.#show({})
  }

  #change(change: Partial<JournaledAttempt>): void {
    const last = this.#attempts.at(-1)
    if (last) this.#attempts = [...this.#attempts.slice(0, -1), { ...last, ...change }]
  }

  #show(change: Partial<StepLine>): void {
    Object.assign(this.#line, change)
    this.#publish({ ...this.#line, attempts: this.#attempts })
  }

  #errorOf({ type, message, details, code }: ErrorData): ShownError {
    const shown = { type, message, details: { ...details, ...(code === null ? {} : { code }) } }
    return storableError(this.#mask.data(shown))
  }
}

function shortened({ type, message, details: { code } }: ShownError): ShownError {
  const text = message.length > maxReasonLength ? `${message.slice(0, maxReasonLength)}…`.toWellFormed() : message
  return { type, message: text, details: code === undefined ? {} : { code } }
}
