/** `person`: someone waits for the answer. */
export type Urgency = 'person' | 'background'

type Waiting = { organizationId: string | null; urgency: Urgency }

/** Those who wait for a budget in one worker: people first, in order; then the organizations in turn. */
export class WaitingLine<Waiter extends Waiting> {
  readonly #people = new Set<Waiter>()
  /** The organization whose turn it is stands first. */
  readonly #background = new Map<string | null, Set<Waiter>>()
  #behind = 0

  get people(): number {
    return this.#people.size
  }

  get background(): number {
    return this.#behind
  }

  /** Of all that wait. */
  get organizations(): number {
    return this.#people.size === 0 ? this.#background.size : Math.max(1, this.#background.size)
  }

  add(waiter: Waiter): void {
    if (waiter.urgency === 'person') {
      this.#people.add(waiter)
      return
    }
    const ofOrganization = this.#background.get(waiter.organizationId) ?? new Set()
    this.#background.set(waiter.organizationId, ofOrganization.add(waiter))
    this.#behind++
  }

  /** True if it waited. */
  delete(waiter: Waiter): boolean {
    if (this.#people.delete(waiter)) return true
    const ofOrganization = this.#background.get(waiter.organizationId)
    if (!ofOrganization?.delete(waiter)) return false
    this.#behind--
    if (ofOrganization.size === 0) this.#background.delete(waiter.organizationId)
    return true
  }

  has(waiter: Waiter): boolean {
    return this.#people.has(waiter) || this.#background.get(waiter.organizationId)?.has(waiter) === true
  }

  /** Takes the next one out. */
  shift(): Waiter | undefined {
    for (const waiter of this.#people) {
      this.#people.delete(waiter)
      return waiter
    }
    for (const [organizationId, waiters] of this.#background) {
      for (const waiter of waiters) {
        this.delete(waiter)
        // Its next one waits until the others had their turn.
        if (waiters.size > 0) {
          this.#background.delete(organizationId)
          this.#background.set(organizationId, waiters)
        }
        return waiter
      }
    }
    return undefined
  }

  *[Symbol.iterator](): Generator<Waiter> {
    yield* this.#people
    for (const waiters of this.#background.values()) yield* waiters
  }
}
