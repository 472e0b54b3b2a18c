import { type ErrorData, toErrorData } from '@crosswalk/sdk'
import { notJsonProblem, toPlainJson } from '@crosswalk/sdk/plain-json'
import { ZodError } from 'zod'
import { FencedOff } from '../../platform/database/database.ts'
import { isDatabaseAway, isValueRefused } from '../../platform/database/outages.ts'
import { DomainError } from '../../platform/errors.ts'
import type { ChannelOutcome } from '../../protocol/channel.ts'
import { Turns } from '../channel/turns.ts'
import type { HostRequest, RequestContext, WaitingAsk } from '../state/requests.ts'
import { errorDataOf } from '../steps/step-errors.ts'
import { TakenOver } from './durable-run.ts'

/** While the database is away the code waits; its own time continues. */
const databaseRetryMs = 500
/** So many requests of one execution are under way at once, so that none of them keeps the others' from the database. */
const maxAtOnce = 16
/** So many more may wait for something else, such as the budget of a vendor. */
const maxWaiting = 1_000

/** A request that the execution may make, with arguments that are JSON. */
export type Asked = { request: HostRequest; args: unknown }

/** What the code of one execution may ask of the platform. */
export class CodeRequests {
  readonly #requests: ReadonlyMap<string, HostRequest>
  readonly #context: RequestContext
  readonly #turns = new Turns(maxAtOnce)
  readonly #waits = new Turns(maxWaiting)

  constructor(requests: ReadonlyMap<string, HostRequest>, context: RequestContext) {
    this.#requests = requests
    this.#context = context
  }

  find(name: string, args: unknown): Asked | { error: ErrorData } {
    const request = this.#requests.get(name)
    const { kind } = this.#context.execution
    if (!request || (request.kinds && !request.kinds.includes(kind))) {
      const refused = new Error(`An execution of the kind ${kind} cannot ask for ${name}.`)
      return { error: toErrorData(Object.assign(refused, { code: 'forbidden', name: 'PermissionDeniedError' })) }
    }
    const made = toPlainJson(args)
    if ('problem' in made) return { error: invalid(`The arguments of ${name} ${notJsonProblem(made.problem)}.`) }
    return { request, args: made.json }
  }

  /**
   * Errors with a code reach the author's code; others are ours, and say no more than that.
   *
   * @param delay waits; for ever, once the execution is stopped or over
   * @param ask of a request that may wait without a place
   */
  handle(asked: Asked, delay: (ms: number) => Promise<void>, ask?: WaitingAsk): Promise<ChannelOutcome> {
    const { request, args } = asked
    const turns = request.waits ? this.#waits : this.#turns
    const answer = () =>
      ask && request.handleWaiting ? request.handleWaiting(this.#context, args, ask) : request.handle(this.#context, args)
    return turns.take(async () => {
      for (;;) {
        try {
          return { ok: true, value: await answer() }
        } catch (error) {
          // It waited for what nobody wants any more. The code knows that it is to stop, and no answer is heard.
          const { signal } = this.#context
          const isStopped = signal.aborted && error === signal.reason
          if (!isStopped && !isDatabaseAway(error)) return { ok: false, error: this.#errorOf(error, asked) }
          await delay(databaseRetryMs)
        }
      }
    })
  }

  #errorOf(error: unknown, { request: { name } }: Asked): ErrorData {
    if (error instanceof FencedOff) throw new TakenOver(this.#context.execution.id)
    if (error instanceof DomainError) return errorDataOf(error)
    if (error instanceof ZodError) return invalid(`The arguments of ${name} are not valid: ${problemsOf(error)}.`)
    // Without the words of PostgreSQL, which hold the value.
    if (isValueRefused(error))
      return invalid(`The arguments of ${name} are not valid: they hold characters, a number or a length that cannot be stored.`)
    throw error
  }
}

const maxProblems = 5

/** What does not fit, and where, as a person reads it. */
function problemsOf({ issues }: ZodError): string {
  const problems = issues.map(({ path, message }) => `${path.map(String).join('.') || 'they'}: ${message.replace(/[\s.]+$/, '')}`)
  const more = problems.length - maxProblems
  return [...problems.slice(0, maxProblems), ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

/** The error of a request whose arguments do not fit. */
export function invalid(message: string): ErrorData {
  return { type: 'ValidationError', code: 'validation_failed', message, details: {}, stack: null, cause: null }
}
