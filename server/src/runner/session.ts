import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { ErrorData, LogLevel, RetryOptions, StepInfo } from '@crosswalk/sdk'
import { toPlainJson } from '@crosswalk/sdk/plain-json'
import { readableData, shortened } from '@crosswalk/sdk/readable-data'
import { maxTimerMs } from '@crosswalk/sdk/retry'
import { StepScopes } from '@crosswalk/sdk/step-scope'
import type { ChannelOutcome, RunOrder, SessionMessage, SessionOrder } from '../protocol/channel.ts'
import type { JsonObject } from '../protocol/json.ts'
import { maxTextChars } from '../protocol/message-sizes.ts'
import { describeFailure } from './failures.ts'
import { type LastPerformed, performStep, type Step, sentRetry } from './step-performance.ts'
import { VendorWaits } from './vendor-waits.ts'

/** Of what a client was called with; the host keeps less, so that no secret is cut in the middle. */
const maxArgumentChars = 16_384

type Waiting = LastPerformed & {
  name: string
  resolve(value: unknown): void
  reject(error: unknown): void
  step?: Step
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/**
 * One execution as the runner sees it: its channel to the host, and the requests that wait for an answer.
 *
 * Answers are taken one at a time, each in a turn of the event loop of its own: what the author's code asks next is then
 * asked in the same order when the same answers come again after a resumption.
 */
export class Session {
  readonly order: RunOrder
  readonly abort = new AbortController()
  /** Called when the execution is about to end, while it is still heard. */
  readonly beforeEnd: (() => void)[] = []
  readonly scopes = new StepScopes()
  readonly vendorWaits: VendorWaits
  readonly #send: (message: SessionMessage) => void
  readonly #workspace: string
  readonly #reviveError: (error: ErrorData) => Error
  readonly #waiting = new Map<number, Waiting>()
  readonly #answers: { number: number; outcome: ChannelOutcome }[] = []
  #number = 0
  #hasEnded = false
  #busy = 0

  constructor(order: RunOrder, send: (message: SessionMessage) => void, workspace: string, reviveError: (error: ErrorData) => Error) {
    this.order = order
    this.#send = send
    this.#workspace = workspace
    this.#reviveError = reviveError
    this.vendorWaits = new VendorWaits({
      kind: order.kind,
      signal: this.abort.signal,
      onWait: (ms) => {
        if (!this.#hasEnded) this.#send({ type: 'waiting', ms })
      },
      warn: (line) => this.#logLine('warn', line, undefined, true),
    })
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Asks the host for something; rejects with an error that has the host's code. */
  ask(request: string, args: unknown): Promise<unknown> {
    const isInStep = this.scopes.current !== undefined
    return this.#request((number) => ({ type: 'ask', number, request, args, isInStep }), request)
  }

  /**
   * Runs a closure as a recorded step: the host decides whether it runs or its recorded result is given back. In a step it is a part of
   * that one, and runs whenever that runs. `args` are for people to see.
   */
  step(
    name: string,
    fingerprint: string,
    retry: RetryOptions | undefined,
    perform: (run: StepInfo) => unknown,
    args: readonly unknown[] = [],
  ): Promise<unknown> {
    const scope = this.#hasEnded ? undefined : this.scopes.current
    if (scope) return this.scopes.call(scope, { name, fingerprint, retry }, perform)
    const step = { retry, perform, inContext: AsyncLocalStorage.snapshot() }
    const shown = args.length === 0 ? {} : { args: readableData(args, maxArgumentChars) }
    return this.#request((number) => ({ type: 'step', number, name, fingerprint, ...sentRetry(retry), ...shown }), name, step)
  }

  /** Asks the host for a change that is recorded; in a step, one that is a part of it. */
  change(request: string, args: unknown, fingerprint: string): Promise<unknown> {
    const scope = this.#hasEnded ? undefined : this.scopes.current
    const ask = () => this.ask(request, args)
    return scope ? this.scopes.call(scope, { name: request, fingerprint }, ask) : ask()
  }

  /** A durable wait; in a step, one that is a part of it. */
  async sleep(ms: number): Promise<void> {
    if (this.scopes.current) await this.#wait(ms)
    else await this.ask('sleep', { ms })
  }

  /** The code begins, with these parameters. Where they are no JSON, or too much of it, they are not told. */
  started(parameters: unknown): void {
    const made = toPlainJson(parameters)
    if (this.#hasEnded || 'problem' in made) return
    try {
      this.#send({ type: 'started', parameters: made.json as JsonObject }) // of an object schema
    } catch {
      // Too long.
    }
  }

  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, data?: unknown): void {
    this.#logLine(level, message, data, this.scopes.current !== undefined)
  }

  /** @param isInStep also for a line of ours, which is not logged again when the code catches up */
  #logLine(level: LogLevel, message: string, data: unknown, isInStep: boolean): void {
    if (this.#hasEnded) return
    // Whatever was logged travels as JSON that people can read; the host masks secrets and cuts it to its own length.
    const text = shortened(typeof message === 'string' ? message : textOf(message), maxTextChars)
    const line = { type: 'log', level: levels.includes(level) ? level : 'info', message: text, isInStep } as const
    this.#send(data === undefined ? line : { ...line, data: readableData(data) })
  }

  progress(done: number, total?: number, message?: string): void {
    if (this.#hasEnded) return
    const text = message === undefined || message === null ? undefined : shortened(textOf(message), maxTextChars)
    this.#send({ type: 'progress', done, total, message: text })
  }

  /** Ends the execution; what its code does afterwards is not heard any more. */
  end(outcome: ChannelOutcome): void {
    if (this.#hasEnded) return
    try {
      for (const run of this.beforeEnd) run()
    } catch {
      // What cannot be told does not keep the end from being told.
    }
    this.#hasEnded = true
    this.#waiting.clear()
    this.abort.abort(new DOMException('The execution has ended.', 'AbortError'))
    try {
      this.#send({ type: 'ended', outcome })
    } catch (unsent) {
      this.#send({ type: 'ended', outcome: { ok: false, error: describeFailure(resultTooLarge(unsent), this.#workspace) } })
    }
  }

  fail(thrown: unknown): void {
    this.end({ ok: false, error: describeFailure(thrown, this.#workspace) })
  }

  receive(message: Exclude<SessionOrder, { type: 'run' }>): void {
    if (message.type === 'answer') {
      this.#answers.push(message)
      if (this.#answers.length === 1) setImmediate(() => this.#takeAnswer())
    } else if (message.type === 'probe') {
      this.#answerProbe()
    } else if (message.type === 'drop') {
      this.#hasEnded = true
      this.#waiting.clear()
    } else if (message.type === 'perform') {
      this.#perform(message)
    } else if (message.type === 'abort') {
      const reason =
        message.reason === 'timeout'
          ? new DOMException('The execution ran out of time.', 'TimeoutError')
          : new DOMException('The execution was cancelled.', 'AbortError')
      this.abort.abort(reason)
      // Whatever the code waits for will not come any more: it gets the chance to clean up.
      for (const waiting of this.#waiting.values()) waiting.reject(reason)
      this.#waiting.clear()
    }
  }

  #request(messageOf: (number: number) => SessionMessage, name: string, step?: Step): Promise<unknown> {
    // Code that continues after its execution has ended waits here for ever, and is collected with the session.
    if (this.#hasEnded) return new Promise(() => {})
    if (this.abort.signal.aborted) return Promise.reject(this.abort.signal.reason)
    const number = this.#number++
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, step ? { name, resolve, reject, step } : { name, resolve, reject })
      try {
        this.#send(messageOf(number))
      } catch (error) {
        this.#waiting.delete(number)
        reject(new TypeError(`The arguments of this call cannot be sent: ${(error as Error).message}`))
      }
    })
  }

  /** Author code at work that asks for nothing: what it does is not seen by the host, and is not cut short. */
  async during<Result>(work: () => Promise<Result> | Result): Promise<Result> {
    this.#busy++
    try {
      return await work()
    } finally {
      this.#busy--
    }
  }

  /** What the code does with its last answer it does in the turn of that. */
  #answerProbe(): void {
    if (this.#answers.length > 0) setImmediate(() => this.#answerProbe())
    else if (!this.#hasEnded) this.#send({ type: 'probed', isIdle: this.#busy === 0 })
  }

  #takeAnswer(): void {
    const answer = this.#answers.shift()
    if (!answer) return
    if (this.#answers.length > 0) setImmediate(() => this.#takeAnswer())
    const waiting = this.#waiting.get(answer.number)
    if (!waiting) return
    this.#waiting.delete(answer.number)
    if (answer.outcome.ok) {
      // A value that could not be recorded was not sent either: it is still here.
      waiting.resolve('lastValue' in waiting ? waiting.lastValue : answer.outcome.value)
    } else {
      waiting.reject(waiting.lastFailure ? waiting.lastFailure.thrown : this.#reviveError(answer.outcome.error))
    }
  }

  #perform(order: Extract<SessionOrder, { type: 'perform' }>): void {
    const waiting = this.#waiting.get(order.number)
    if (!waiting?.step) return
    const surroundings = {
      scopes: this.scopes,
      signal: this.abort.signal,
      workspace: this.#workspace,
      tell: (message: SessionMessage) => {
        if (!this.#hasEnded) this.#send(message)
      },
      wait: (ms: number) => this.#wait(ms),
      warn: (line: string) => this.log('warn', line),
    }
    void performStep(surroundings, order, { name: waiting.name, step: waiting.step, last: waiting })
  }

  /** Waits here, and no longer than the execution continues. */
  async #wait(ms: number): Promise<void> {
    const { signal } = this.abort
    for (let rest = ms; rest > 0; rest -= maxTimerMs)
      await delay(Math.min(rest, maxTimerMs), undefined, { signal }).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error
      })
    signal.throwIfAborted()
  }
}

/** What the host would refuse is not sent to it. */
function resultTooLarge(cause: unknown): Error {
  return Object.assign(new Error(`The result cannot be sent: ${(cause as Error).message}. Return a summary, and log or store the rest.`), {
    name: 'ResultTooLarge',
    code: 'result_too_large',
  })
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message
  const readable = readableData(message)
  return typeof readable === 'string' ? readable : JSON.stringify(readable)
}
