import type { ErrorData, RetryOptions, StepInfo } from '@crosswalk/sdk'
import { readableData, shortened } from '@crosswalk/sdk/readable-data'
import { isRecorded } from '@crosswalk/sdk/step-result'
import type { ChannelOutcome, RunOrder, ToHost, ToRunner } from '../protocol/channel.ts'
import { describeFailure } from './failures.ts'

/** Of a line or of progress. The host cuts to less than that, after it has masked secrets: one that is cut in two is not known again. */
const maxMessageChars = 131_072

type Waiting = {
  name: string
  resolve(value: unknown): void
  reject(error: unknown): void
  perform?: (run: StepInfo) => unknown
  lastValue?: unknown
  lastFailure?: { thrown: unknown }
}

/**
 * One execution as the runner sees it: its channel to the host, and the requests that wait for an answer.
 *
 * Answers are taken one at a time, each in a turn of the event loop of its own: what the author's code asks next is then
 * asked in the same order when the same answers come again after a resumption.
 */
export class Session {
  readonly order: RunOrder
  readonly abort = new AbortController()
  readonly #send: (message: ToHost) => void
  readonly #workspace: string
  readonly #reviveError: (error: ErrorData) => Error
  readonly #waiting = new Map<number, Waiting>()
  readonly #answers: { number: number; outcome: ChannelOutcome }[] = []
  #number = 0
  #hasEnded = false

  constructor(order: RunOrder, send: (message: ToHost) => void, workspace: string, reviveError: (error: ErrorData) => Error) {
    this.order = order
    this.#send = send
    this.#workspace = workspace
    this.#reviveError = reviveError
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Asks the host for something; rejects with an error that has the host's code. */
  ask(request: string, args: unknown): Promise<unknown> {
    return this.#request((number) => ({ type: 'ask', channel: this.order.channel, number, request, args }), request)
  }

  /** Runs a closure as a recorded step: the host decides whether it runs or its recorded result is given back. */
  step(name: string, fingerprint: string, retry: RetryOptions | undefined, perform: (run: StepInfo) => unknown): Promise<unknown> {
    return this.#request((number) => ({ type: 'step', channel: this.order.channel, number, name, fingerprint, retry }), name, perform)
  }

  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, data?: unknown): void {
    if (this.#hasEnded) return
    // Whatever was logged travels as JSON that people can read; the host masks secrets and cuts it to its own length.
    const text = shortened(typeof message === 'string' ? message : textOf(message), maxMessageChars)
    const line = { type: 'log', channel: this.order.channel, level, message: text } as const
    this.#send(data === undefined ? line : { ...line, data: readableData(data) })
  }

  progress(done: number, total?: number, message?: string): void {
    if (this.#hasEnded) return
    const text = message === undefined || message === null ? undefined : shortened(textOf(message), maxMessageChars)
    this.#send({ type: 'progress', channel: this.order.channel, done, total, message: text })
  }

  /** Ends the execution; what its code does afterwards is not heard any more. */
  end(outcome: ChannelOutcome): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#waiting.clear()
    this.abort.abort(new DOMException('The execution has ended.', 'AbortError'))
    this.#send({ type: 'ended', channel: this.order.channel, outcome })
  }

  fail(thrown: unknown): void {
    this.end({ ok: false, error: describeFailure(thrown, this.#workspace) })
  }

  receive(message: Extract<ToRunner, { channel: string }>): void {
    if (message.type === 'answer') {
      this.#answers.push(message)
      if (this.#answers.length === 1) setImmediate(() => this.#takeAnswer())
    } else if (message.type === 'perform') {
      void this.#perform(message.number, message.attempt, message.idempotencyKey)
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

  #request(messageOf: (number: number) => ToHost, name: string, perform?: Waiting['perform']): Promise<unknown> {
    // Code that goes on after its execution has ended waits here for ever, and is collected with the session.
    if (this.#hasEnded) return new Promise(() => {})
    if (this.abort.signal.aborted) return Promise.reject(this.abort.signal.reason)
    const number = this.#number++
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, perform ? { name, resolve, reject, perform } : { name, resolve, reject })
      try {
        this.#send(messageOf(number))
      } catch (error) {
        this.#waiting.delete(number)
        reject(new TypeError(`The arguments of this call cannot be sent: ${(error as Error).message}`))
      }
    })
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

  async #perform(number: number, attempt: number, idempotencyKey: string): Promise<void> {
    const waiting = this.#waiting.get(number)
    if (!waiting?.perform) return
    delete waiting.lastFailure
    const answer = (outcome: ChannelOutcome, isPlain: boolean): void => {
      if (!this.#hasEnded) this.#send({ type: 'performed', channel: this.order.channel, number, attempt, outcome, isPlain })
    }
    try {
      const value = await waiting.perform({ attempt, idempotencyKey, signal: this.abort.signal })
      if (isRecorded(waiting.name, value)) answer({ ok: true, value }, true)
      else {
        waiting.lastValue = value
        answer({ ok: true, value: undefined }, false)
      }
    } catch (thrown) {
      // The author's own error object is given back where the step was performed here, with its class and stack.
      waiting.lastFailure = { thrown }
      answer({ ok: false, error: describeFailure(thrown, this.#workspace) }, true)
    }
  }
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message
  const readable = readableData(message)
  return typeof readable === 'string' ? readable : JSON.stringify(readable)
}
