/** Memory that several share: bytes that are taken are not for others until they are given back. */
export class Room {
  #leftBytes: number
  readonly #within: Room | undefined

  /** @param within takes its bytes from that one too */
  constructor(maxBytes: number, within?: Room) {
    this.#leftBytes = maxBytes
    this.#within = within
  }

  /** @returns false where so much is not left, here or further out: nothing was taken */
  take(bytes: number): boolean {
    if (bytes > this.#leftBytes || this.#within?.take(bytes) === false) return false
    this.#leftBytes -= bytes
    return true
  }

  give(bytes: number): void {
    this.#leftBytes += bytes
    this.#within?.give(bytes)
  }
}
