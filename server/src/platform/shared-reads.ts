type Reading<Value> = { ended: Promise<unknown>; next?: Promise<Value> }

/**
 * One read for all who want the same at the same time. Nobody gets one that began before they asked, since it may miss what they were told
 * of: who asks while one is under way shares the next.
 */
export class SharedReads<Value> {
  readonly #readings = new Map<string, Reading<Value>>()

  /** @param read is the same read for everybody who asks with this key */
  get(key: string, read: () => Promise<Value>): Promise<Value> {
    const under = this.#readings.get(key)
    if (!under) return this.#begin(key, read)
    under.next ??= under.ended.then(() => this.#begin(key, read))
    return under.next
  }

  #begin(key: string, read: () => Promise<Value>): Promise<Value> {
    const value = read()
    const reading: Reading<Value> = { ended: value.catch(() => {}) }
    this.#readings.set(key, reading)
    void reading.ended.then(() => {
      if (!reading.next) this.#readings.delete(key)
    })
    return value
  }
}
