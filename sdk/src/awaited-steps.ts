import { isRecord } from './definition-checks.ts'
import { CrosswalkError } from './errors.ts'

/** Under this a context holds its {@link OpenSteps}. Not in its type: authors have no use for it. */
export const openStepsKey: unique symbol = Symbol.for('crosswalk.open_steps')

type OpenStep = { readonly name: string; readonly isEffect: boolean; isAwaited: boolean }

/** What author code asked for, and whether it waits for it: what is still open when the code returns is lost. */
export class OpenSteps {
  readonly #open = new Set<OpenStep>()
  #depth = 0
  /** What was open before the outermost code began. */
  #around: ReadonlySet<OpenStep> = new Set()

  /** The same promise, but one that notices whether anybody waits for it. `isEffect` is false where nothing is lost without its answer, as of a sleep. */
  watch<Result>(name: string, promise: Promise<Result>, isEffect = true): Promise<Result> {
    const step: OpenStep = { name, isEffect, isAwaited: false }
    this.#open.add(step)
    const watched = new WatchedPromise<Result>((resolve, reject) => {
      promise.then(
        (result) => {
          this.#open.delete(step)
          resolve(result)
        },
        (error: unknown) => {
          this.#open.delete(step)
          reject(error)
        },
      )
    })
    watched.onAwaited = () => {
      step.isAwaited = true
    }
    return watched
  }

  /** Author code that calls another workflow's function is within it until that returns: only the outermost is looked at. */
  enter(): void {
    if (this.#depth === 0) this.#around = new Set(this.#open)
    this.#depth += 1
  }

  /** @returns what the outermost code opened and left open when it returns, once. The step that it runs in is not its own. */
  leave(): OpenStep[] {
    this.#depth -= 1
    if (this.#depth > 0) return []
    const left = [...this.#open].filter((step) => !this.#around.has(step))
    for (const step of left) this.#open.delete(step)
    return left
  }
}

class WatchedPromise<Result> extends Promise<Result> {
  onAwaited: (() => void) | undefined

  // What is made from it is an ordinary promise.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise; the code that awaits it calls this
  override then<Fulfilled = Result, Rejected = never>(
    onFulfilled?: ((value: Result) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    this.onAwaited?.()
    return super.then(onFulfilled, onRejected)
  }
}

type Logs = { log(level: 'warn', message: string): Promise<void> }

/**
 * Runs author code, and looks at what it left behind when it returned. A step that it waits for elsewhere, such as one that lost a
 * race, is only told in the log.
 *
 * @throws step_not_awaited - nothing waits for a step that is not done: its result and its failure would be lost.
 */
export async function withStepsAwaited<Result>(owner: string, ctx: Logs, run: () => Promise<Result> | Result): Promise<Result> {
  const steps = openStepsOf(ctx)
  steps?.enter()
  let open: OpenStep[] = []
  let result: Result
  try {
    result = await run()
  } finally {
    open = steps?.leave() ?? []
  }
  const forgotten = open.find(({ isAwaited }) => !isAwaited)
  if (forgotten) {
    throw new CrosswalkError(
      'step_not_awaited',
      `The ${owner} returned while '${forgotten.name}' was not done, and nothing waits for it. Write await before it; what it does may be done or not.`,
      { step: forgotten.name },
    )
  }
  const left = open.find(({ isEffect }) => isEffect)
  if (left) {
    await ctx.log(
      'warn',
      `The ${owner} returned while '${left.name}' was not done, and does not wait for it any more. Where that is not meant: forEach waits for nothing, for … of and Promise.all do.`,
    )
  }
  return result
}

function openStepsOf(ctx: unknown): OpenSteps | undefined {
  // Of another copy of this package it is not an instance of our class, and answers as one.
  return isRecord(ctx) && openStepsKey in ctx ? (ctx[openStepsKey] as OpenSteps) : undefined
}
