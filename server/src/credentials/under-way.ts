import type { VendorErrorKind } from '@crosswalk/sdk'
import type { BudgetKey, Pass } from '../budgets/budgets.ts'

/** A request that was let through, for what is told of its exchange later. */
export type Admitted = {
  executionId: string
  /** How many the execution has made so far, with this one. */
  number: number
  organizationId: string | null
  integration: string | null
  origin: string
  waitedMs: number
  budget: BudgetKey
  /** The call failed by what was answered, as the runner says. */
  failedAs?: VendorErrorKind
  /** Takes the secrets of the execution out of text. */
  withoutSecrets<T>(value: T): T
}

type OfExecution = { exchanges: Set<string>; count: number }
type Exchanging = { of: OfExecution; admitted: Admitted; pass: Pass; sinceMs: number; isAhead: boolean }

/** A request follows its admission at once. One that did not come by then is given up, before its ticket expires. */
export const maxUnsentMs = 20_000
/** An exchange that is not told by then never will be. */
const maxExchangeMs = 20 * 60_000
/** Of one execution. What it asks for beyond is none that it sends. */
const maxOfExecution = 5_000
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
  /** By the signals of their executions. */
  readonly #executions = new WeakMap<AbortSignal, OfExecution>()
  #timer: NodeJS.Timeout | undefined

  /** @param voidTickets asks the gateway, which tells those that were not used by `unsent` */
  constructor(voidTickets: (exchanges: string[]) => void) {
    this.#voidTickets = voidTickets
  }

  /**
   * @param signal aborted when the execution is stopped or over
   * @param isAhead there is no request for it yet
   */
  add(exchange: string, given: Omit<Admitted, 'number'>, pass: Pass, signal: AbortSignal, isAhead = false): void {
    const of = this.#ofExecution(signal)
    const exchanging = { of, admitted: { ...given, number: ++of.count }, pass, sinceMs: performance.now(), isAhead }
    this.#forgetOld()
    const [oldest] = of.exchanges
    if (oldest !== undefined && of.exchanges.size >= maxOfExecution) {
      this.giveUp([oldest])
      this.unsent([oldest])
    }
    of.exchanges.add(exchange)
    this.#all.set(exchange, exchanging)
    this.#fresh.set(exchange, exchanging)
    this.#look()
  }

  /** Of a request that is made for an execution, and holds no place. */
  numberOf(signal: AbortSignal): number {
    return ++this.#ofExecution(signal).count
  }

  #ofExecution(signal: AbortSignal): OfExecution {
    const known = this.#executions.get(signal)
    if (known) return known
    const made: OfExecution = { exchanges: new Set(), count: 0 }
    this.#executions.set(signal, made)
    signal.addEventListener('abort', () => this.giveUp([...made.exchanges]), { once: true })
    return made
  }

  /** It is over. */
  take(exchange: string): Exchanging | undefined {
    const exchanging = this.#all.get(exchange)
    this.#all.delete(exchange)
    this.#fresh.delete(exchange)
    exchanging?.of.exchanges.delete(exchange)
    return exchanging
  }

  /** @returns false where it is over already, or is no exchange of that execution */
  noteFailure(exchange: string, executionId: string, kind: VendorErrorKind): boolean {
    const admitted = this.#all.get(exchange)?.admitted
    if (admitted?.executionId !== executionId) return false
    admitted.failedAs = kind
    return true
  }

  /** Nobody wants it any more. A request that is made already continues. */
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

  /** Those that were let through ahead with a credential that is to wait, and that no request has come for. */
  giveUpAhead({ integration, credential, host }: BudgetKey): void {
    this.#giveUpAll(
      ({ isAhead, admitted: { budget } }) =>
        isAhead && budget.credential === credential && budget.host === host && budget.integration === integration,
    )
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
