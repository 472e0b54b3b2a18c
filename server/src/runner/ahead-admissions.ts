import type { Admission } from '@crosswalk/sdk'

type Given = { ticket: string; exchange: string }

/** How long one that was given ahead is used here; the gateway takes it for a little longer. */
const usableMs = 500
/** How many calls were made is looked at over this time. */
const lookMs = 250
/** With fewer calls in that time, to ask for each costs little beside the call itself. */
const minCalls = 4
const maxCount = 32
/** More are asked for by code that calls so often that these last no longer than the others. */
const maxManyCount = 64
/** Of the calls in `lookMs`, one part is asked for then. */
const manyPart = 4
/** After none were given: there is no room for the moment. */
const emptyMs = 20
/** After one that was not good any more: the vendor is to be spared for now. */
const restMs = 1_000

/**
 * What one client was let through for before it is asked: for code that makes one small call after another, which would wait for the
 * platform as long as for the vendor. As many as it calls within a moment, and none where it calls now and then.
 */
export class AheadAdmissions {
  readonly #ask: (count: number) => Promise<Given[]>
  #ready: { given: Given; until: number }[] = []
  #isAsking = false
  #calls = 0
  #callsBefore = 0
  #windowEnd = 0
  #restsUntil = 0
  /** What was asked for before is not wanted any more. */
  #round = 0

  /** @param ask gives as many as need not wait */
  constructor(ask: (count: number) => Promise<Given[]>) {
    this.#ask = ask
  }

  /** One for a call that is made now, if there is one. Has more ready for the calls after it. */
  take(now: number): Admission | undefined {
    this.#count(now)
    let next = this.#ready.shift()
    while (next && next.until <= now) next = this.#ready.shift()
    this.#fill(now)
    return next && { ...next.given, waitedMs: 0 }
  }

  /** Those that are there are of no use: their token was refused, or the vendor wants to be left alone. */
  drop(now: number): void {
    this.#round++
    this.#ready = []
    this.#restsUntil = now + restMs
  }

  #count(now: number): void {
    if (now >= this.#windowEnd) {
      this.#callsBefore = now < this.#windowEnd + lookMs ? this.#calls : 0
      this.#calls = 0
      this.#windowEnd = now + lookMs
    }
    this.#calls++
  }

  #fill(now: number): void {
    const calls = Math.max(this.#calls, this.#callsBefore)
    if (this.#isAsking || calls < minCalls || now < this.#restsUntil) return
    const wanted = Math.max(Math.min(maxCount, calls), Math.min(maxManyCount, Math.floor(calls / manyPart)))
    if (this.#ready.length > wanted / 2) return
    const round = this.#round
    this.#isAsking = true
    this.#ask(wanted - this.#ready.length)
      .then(
        (given) => {
          if (round !== this.#round) return
          // From when they were asked for, which is before they were given.
          const until = now + usableMs
          for (const one of given) this.#ready.push({ given: one, until })
          if (given.length === 0) this.#restsUntil = now + emptyMs
        },
        () => {
          this.#restsUntil = now + restMs
        },
      )
      .finally(() => {
        this.#isAsking = false
      })
  }
}
