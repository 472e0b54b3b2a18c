/** How many calls were let through lately. What is older counts less and less. Times are in milliseconds. */
export class RecentCalls {
  #count = 0
  #at = 0

  /** @returns how many there are with these. @param withinMs about the time that counts */
  add(calls: number, now: number, withinMs: number): number {
    this.#count = this.count(now, withinMs) + calls
    this.#at = now
    return this.#count
  }

  count(now: number, withinMs: number): number {
    return this.#count * Math.exp((this.#at - now) / Math.max(1, withinMs))
  }
}
