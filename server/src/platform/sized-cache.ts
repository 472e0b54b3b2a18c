/** Which size a kept value counts as, and how much is kept in all. */
export type CacheLimits<Value> = { maxSize: number; maxCount?: number; sizeOf(value: Value): number }

/**
 * What is costly to make, kept by keys that name one value for good. Made once for simultaneous calls; what fails is not kept. What was used
 * longest ago goes first, but nothing that is still being made: its size is not known, and it is not the less made.
 */
export class SizedCache<Value> {
  readonly #limits: CacheLimits<Value>
  readonly #made = new Map<string, Promise<Value>>()
  /** Of those that are made. */
  readonly #sizes = new Map<string, number>()
  #size = 0

  constructor(limits: CacheLimits<Value>) {
    this.#limits = limits
  }

  /** Of all that is kept. */
  get size(): number {
    return this.#size
  }

  get(key: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.#made.get(key) ?? this.#make(key, make)
    this.#made.delete(key)
    this.#made.set(key, known)
    return known
  }

  #make(key: string, make: () => Promise<Value>): Promise<Value> {
    const made = make()
    made.then(
      (value) => this.#keep(key, this.#limits.sizeOf(value)),
      () => this.#made.delete(key),
    )
    return made
  }

  #keep(key: string, size: number): void {
    this.#sizes.set(key, size)
    this.#size += size
    const { maxSize, maxCount = Number.POSITIVE_INFINITY } = this.#limits
    for (const oldest of this.#made.keys()) {
      if (this.#size <= maxSize && this.#sizes.size <= maxCount) return
      const freed = this.#sizes.get(oldest)
      // The newest stays, however large: who asks for it again soon is not to make it again.
      if (freed === undefined || oldest === key) continue
      this.#size -= freed
      this.#sizes.delete(oldest)
      this.#made.delete(oldest)
    }
  }
}
