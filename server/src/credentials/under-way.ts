import type { BudgetKey, Pass } from '../budgets/budgets.ts'

/** A request that was let through, for what is told of its exchange later. */
export type Admitted = {
  executionId: string
  /** How many the execution has made so far, with this one. */
  number: number
  organizationId: string | null
  integration: string | null
  method: string
  /** Without its query. */
  url: string
  attempt: number
  stepKey: string | undefined
  waitedMs: number
  budget: BudgetKey
  /** Takes the secrets of the execution out of text. */
  withoutSecrets<T>(value: T): T
}

type Exchanging = { admitted: Admitted; pass: Pass; sinceMs: number }

/** A request follows its admission at once. One that did not come by then is given up, before its ticket expires. */
export const maxUnsentMs = 20_000
/** Of one execution. What it asks for beyond is none that it sends. */
const maxOfExecution = 5_000
/** An exchange that is not told by then never will be. */
const maxExchangeMs = 20 * 60_000
/** An admission of that age is of a request that the gateway which was lost had. */
const maxOnItsWayMs = 2_000

/**
 * Requests that were let through and are not over. Each holds a place in its budget. One that is given up gives it back as soon as the
 * gateway has said that its ticket was not used, and never will be.
 */
export class UnderWay {
  readonly #voidTickets: (exchanges: string[]) => void
  readonly #all = new Map<string, Exchanging>()
  /** Those whose requests may not have been made, oldest first. */
  readonly #fresh = new Map<string, Exchanging>()
  readonly #ofExecutions = new Map<string, Set<string>>()
  readonly #watched = new WeakSet<AbortSignal>()
  #timer: NodeJS.Timeout | undefined

  /** @param voidTickets asks the gateway, which tells those that were not used by `unsent` */
  constructor(voidTickets: (exchanges: string[]) => void) {
    this.#voidTickets = voidTickets
  }

  /** @param signal aborted when the execution is stopped or over */
  add(exchange: string, admitted: Admitted, pass: Pass, signal: AbortSignal): void {
    const exchanging = { admitted, pass, sinceMs: performance.now() }
    this.#forgetOld()
    this.#all.set(exchange, exchanging)
    this.#fresh.set(exchange, exchanging)
    this.#bound(exchange, admitted.executionId)
    if (!this.#watched.has(signal)) {
      this.#watched.add(signal)
      signal.addEventListener('abort', () => this.#giveUpAll((each) => each.admitted.executionId === admitted.executionId), { once: true })
    }
    this.#look()
  }

  /** It is over. */
  take(exchange: string): Exchanging | undefined {
    const exchanging = this.#all.get(exchange)
    this.#all.delete(exchange)
    this.#fresh.delete(exchange)
    const executionId = exchanging?.admitted.executionId ?? ''
    const others = this.#ofExecutions.get(executionId)
    others?.delete(exchange)
    if (others?.size === 0) this.#ofExecutions.delete(executionId)
    return exchanging
  }

  /** Nobody wants it any more. A request that is made already goes on. */
  giveUp(exchanges: string[]): void {
    for (const exchange of exchanges) this.#fresh.delete(exchange)
    const known = exchanges.filter((exchange) => this.#all.has(exchange))
    if (known.length > 0) this.#voidTickets(known)
  }

  /** Their tickets were not used. */
  unsent(exchanges: readonly string[]): void {
    for (const exchange of exchanges) this.take(exchange)?.pass.release()
  }

  /** What it had under way it will not tell. */
  gatewayLost(): void {
    const before = performance.now() - maxOnItsWayMs
    for (const [exchange, exchanging] of this.#all) {
      // Its request comes to the next gateway, or never: that is asked later.
      if (exchanging.sinceMs > before) this.#fresh.set(exchange, exchanging)
      else {
        this.take(exchange)
        exchanging.pass.release()
      }
    }
    this.#look()
  }

  /** Code that asks for places and sends nothing must not fill the worker's memory. */
  #bound(exchange: string, executionId: string): void {
    const others = this.#ofExecutions.get(executionId) ?? new Set()
    this.#ofExecutions.set(executionId, others)
    const [oldest] = others
    if (oldest !== undefined && others.size >= maxOfExecution) this.take(oldest)?.pass.release()
    others.add(exchange)
    this.#ofExecutions.set(executionId, others)
  }

  #giveUpAll(isMeant: (exchanging: Exchanging) => boolean): void {
    this.giveUp([...this.#fresh].filter(([, exchanging]) => isMeant(exchanging)).map(([exchange]) => exchange))
  }

  #look(): void {
    const [oldest] = this.#fresh.values()
    if (this.#timer || !oldest) return
    const restMs = oldest.sinceMs + maxUnsentMs - performance.now()
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        const before = performance.now() - maxUnsentMs
        this.#giveUpAll(({ sinceMs }) => sinceMs <= before)
        this.#look()
      },
      Math.max(1, Math.ceil(restMs)),
    )
    this.#timer.unref()
  }

  #forgetOld(): void {
    for (const [exchange, { sinceMs, pass }] of this.#all) {
      if (performance.now() - sinceMs < maxExchangeMs) break
      this.take(exchange)
      pass.release()
    }
  }
}
