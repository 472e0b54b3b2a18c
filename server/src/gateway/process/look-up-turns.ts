import type { Address } from './outside.ts'

export type AskSystem = (host: string, family: 0 | 4 | 6) => Promise<Address[]>

/** Look-ups under way of one organization. Each takes a thread until the system gives up, which may be long after its caller did. */
const maxUnderWay = 4
/** How long a failed look-up is answered from memory: a loop over names that nobody answers for would begin each again. */
const rememberFailureMs = 5_000
const maxFailures = 1_000
const timeoutMs = 10_000

type Waiting = { host: string; family: 0 | 4 | 6; answer: PromiseWithResolvers<Address[]> }
type Owner = { underWay: number; waiting: Waiting[]; shared: Map<string, Promise<Address[]>>; failures: Map<string, Failure> }
type Failure = { error: unknown; untilMs: number }

/** Asks the system where names lead, with a few threads for each organization: names whose server never answers hold up nobody else. */
export class LookUpTurns {
  readonly #ask: AskSystem
  readonly #owners = new Map<string, Owner>()

  constructor(ask: AskSystem) {
    this.#ask = ask
  }

  /** @param owner the organization that asks. @throws what the system says, EAI_AGAIN where it says nothing in time */
  async lookUp(host: string, family: 0 | 4 | 6, owner: string): Promise<Address[]> {
    const { answer, failure } = this.#begin(host, family, owner)
    if (failure) throw failure.error
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(unanswered(host)), timeoutMs)
    try {
      return await Promise.race([answer.promise, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  #begin(host: string, family: 0 | 4 | 6, name: string): { answer: Pick<Waiting['answer'], 'promise'>; failure?: Failure } {
    const owner: Owner = this.#owners.get(name) ?? { underWay: 0, waiting: [], shared: new Map(), failures: new Map() }
    this.#owners.set(name, owner)
    const key = `${family} ${host}`
    const failure = owner.failures.get(key)
    const answer = Promise.withResolvers<Address[]>()
    if (failure && performance.now() < failure.untilMs) return { answer, failure }
    const shared = owner.shared.get(key)
    if (shared) return { answer: { promise: shared } }
    owner.shared.set(key, answer.promise)
    answer.promise.then(
      () => owner.shared.delete(key),
      (error: unknown) => {
        owner.shared.delete(key)
        if (owner.failures.size >= maxFailures) owner.failures.clear()
        owner.failures.set(key, { error, untilMs: performance.now() + rememberFailureMs })
      },
    )
    owner.waiting.push({ host, family, answer })
    this.#next(name, owner)
    return { answer }
  }

  #next(name: string, owner: Owner): void {
    while (owner.underWay < maxUnderWay) {
      const next = owner.waiting.shift()
      if (!next) break
      owner.underWay++
      // It counts until the system has ended it, also where nobody waits for it any more.
      void this.#ask(next.host, next.family)
        .then(next.answer.resolve, next.answer.reject)
        .then(() => {
          owner.underWay--
          this.#next(name, owner)
        })
    }
    if (owner.underWay > 0) return
    setTimeout(() => {
      if (owner.underWay === 0 && this.#owners.get(name) === owner) this.#owners.delete(name)
    }, rememberFailureMs).unref()
  }
}

function unanswered(host: string): Error {
  return Object.assign(new Error(`getaddrinfo EAI_AGAIN ${host}`), {
    code: 'EAI_AGAIN',
    errno: -3001,
    syscall: 'getaddrinfo',
    hostname: host,
  })
}
