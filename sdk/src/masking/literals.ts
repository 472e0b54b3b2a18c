/** The shortest literal that is looked for inside other text. */
export const minLiteralChars = 4
/** A literal is known by its first characters: so many, or of one that is shorter than that, so few. */
const windowChars = 8
const shortWindowChars = minLiteralChars

// Polynomial hashes modulo 2³². Two texts of the same hash and length are taken for the same: that hides too much once in a long while,
// and never too little.
const factor = 0x2c1b3c6d
const scatter = 0x9e3779b1

function hashOf(text: string, end = text.length): number {
  let hash = 0
  for (let index = 0; index < end; index++) hash = (Math.imul(hash, factor) + text.charCodeAt(index) + 1) | 0
  return hash
}

// What every empty set has. Each execution has some, and most never read a secret.
const noNumbers = new Int32Array(1)
const noBits = new Uint8Array(1)
const minSlots = 64

/** A set of pairs of numbers, the second of them not zero: eight bytes each, where a `Map` takes fifty and has a largest size. */
class PairSet {
  #keys = noNumbers
  #values = noNumbers
  #size = 0
  /** A bit for each key, so that most that are not there are known at once. */
  #filter = noBits
  #filterShift = 32 - 3

  get size(): number {
    return this.#size
  }

  add(key: number, value: number): boolean {
    if (this.has(key, value)) return false
    if (this.#keys === noNumbers || this.#size * 2 >= this.#keys.length) this.#grow()
    this.#put(key, value)
    this.#size++
    return true
  }

  has(key: number, value: number): boolean {
    const last = this.#keys.length - 1
    for (let slot = Math.imul(key, scatter) >>> 7; ; slot++) {
      const found = this.#values[slot & last]
      if (found === 0) return false
      if (found === value && this.#keys[slot & last] === key) return true
    }
  }

  mayHave(key: number): boolean {
    const bit = Math.imul(key, scatter) >>> this.#filterShift
    return ((this.#filter[bit >> 3] as number) & (1 << (bit & 7))) !== 0 // the shift keeps it inside
  }

  /** Whether any pair has this key. */
  hasKey(key: number): boolean {
    if (!this.mayHave(key)) return false
    const last = this.#keys.length - 1
    for (let slot = Math.imul(key, scatter) >>> 7; ; slot++) {
      if (this.#values[slot & last] === 0) return false
      if (this.#keys[slot & last] === key) return true
    }
  }

  /** The values that stand with a key, into a list that is reused. */
  valuesOf(key: number, into: number[]): void {
    into.length = 0
    const last = this.#keys.length - 1
    for (let slot = Math.imul(key, scatter) >>> 7; ; slot++) {
      const found = this.#values[slot & last] as number // masked to its length
      if (found === 0) return
      if (this.#keys[slot & last] === key) into.push(found)
    }
  }

  #put(key: number, value: number): void {
    const last = this.#keys.length - 1
    let slot = (Math.imul(key, scatter) >>> 7) & last
    while (this.#values[slot] !== 0) slot = (slot + 1) & last
    this.#keys[slot] = key
    this.#values[slot] = value
    const bit = Math.imul(key, scatter) >>> this.#filterShift
    this.#filter[bit >> 3] = (this.#filter[bit >> 3] as number) | (1 << (bit & 7)) // as above
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values]
    this.#keys = new Int32Array(Math.max(minSlots, keys.length * 2))
    this.#values = new Int32Array(this.#keys.length)
    // Sixteen bits for each pair that it has room for, and 4 MiB at most.
    const bits = Math.min(25, Math.log2(this.#keys.length) + 3)
    this.#filter = new Uint8Array(2 ** (bits - 3))
    this.#filterShift = 32 - bits
    for (const [slot, value] of values.entries()) if (value !== 0) this.#put(keys[slot] as number, value) // they are of one length
  }
}

/** Whether one of the keys is the hash of as many characters as a window has, wherever in the text: the hash moves along with it. */
function hasWindow(windows: PairSet, text: string, window: number): boolean {
  if (text.length < window) return false
  let gone = 1
  for (let power = 1; power < window; power++) gone = Math.imul(gone, factor)
  let hash = hashOf(text, window)
  if (windows.hasKey(hash)) return true
  for (let end = window; end < text.length; end++) {
    hash = (hash - Math.imul(text.charCodeAt(end - window) + 1, gone)) | 0
    hash = (Math.imul(hash, factor) + text.charCodeAt(end) + 1) | 0
    if (windows.hasKey(hash)) return true
  }
  return false
}

function powersUpTo(count: number): Int32Array {
  const powers = new Int32Array(count).fill(1)
  for (let exponent = 1; exponent < count; exponent++) powers[exponent] = Math.imul(powers[exponent - 1] as number, factor) // the one before
  return powers
}

/** Where literals stand in a text: start and end of each place, one after the other, in order and apart. */
export type Places = number[]

/**
 * Many texts that are looked for in one pass, whatever their number and length: of each only its length, its hash and that of its first
 * characters are kept. One that overlaps another is found too.
 */
export class Literals {
  readonly #long = new PairSet()
  readonly #short = new PairSet()
  /** Each literal, as its hash and length. */
  readonly #whole = new PairSet()
  /** Literals of which only the beginning was given: how long they are in all. */
  readonly #heads = new Map<number, (() => number)[]>()
  /** Of the text that is looked at: the hash of each of its beginnings. And the factor to each power. Both grow with the longest text. */
  #hashes: Int32Array = noNumbers
  #powers: Int32Array = noNumbers
  readonly #lengths: number[] = []

  get isEmpty(): boolean {
    return this.#whole.size === 0
  }

  /** One that is too short is left out. */
  add(text: string): void {
    const { length } = text
    if (length < minLiteralChars) return
    if (!this.#whole.add(hashOf(text), length)) return
    if (length < windowChars) this.#short.add(hashOf(text, shortWindowChars), length)
    else this.#long.add(hashOf(text, windowChars), length)
  }

  /** One that is known by its beginning. @param lengthOf its whole length, asked for when the beginning was found */
  addByHead(head: string, lengthOf: () => number): void {
    if (head.length < windowChars) return
    this.add(head)
    const hash = hashOf(head)
    this.#heads.set(hash, [...(this.#heads.get(hash) ?? []), lengthOf])
  }

  /** @param cutAt the text was cut there, so that one that it was cut in has only its first characters before that */
  find(text: string, cutAt?: number): Places {
    const places: Places = []
    if (!this.#mayBegin(text)) return places
    const end = cutAt ?? text.length
    const hashes = this.#hash(text)
    for (let start = 0; start <= text.length - minLiteralChars; start++) {
      let length = 0
      if (start + windowChars <= text.length) length = this.#lengthAt(this.#long, hashes, start, windowChars, text.length, cutAt ?? null)
      if (this.#short.size > 0) length = Math.max(length, this.#lengthAt(this.#short, hashes, start, shortWindowChars, text.length, null))
      if (length === 0) continue
      const until = Math.min(start + length, length === Number.POSITIVE_INFINITY ? end : text.length)
      const last = places.length - 1
      // Two that overlap are one place, so that nothing is left of either.
      if (last > 0 && start < (places[last] as number)) places[last] = Math.max(places[last] as number, until)
      else places.push(start, until)
    }
    return places
  }

  isIn(text: string): boolean {
    if (!this.#mayBegin(text)) return false
    const hashes = this.#hash(text)
    const { length } = text
    const hasShort = this.#short.size > 0
    for (let start = 0; start <= length - minLiteralChars; start++) {
      if (start + windowChars <= length && this.#lengthAt(this.#long, hashes, start, windowChars, length, null) > 0) return true
      if (hasShort && this.#lengthAt(this.#short, hashes, start, shortWindowChars, length, null) > 0) return true
    }
    return false
  }

  /** How much of a text can be told of without what comes behind it: up to where a literal may have begun that continues there. */
  closedLength(text: string): number {
    if (this.isEmpty) return text.length
    const hashes = this.#hash(text)
    const last = Math.max(0, text.length - windowChars + 1)
    for (let start = 0; start < last; start++) {
      const length = this.#lengthAt(this.#long, hashes, start, windowChars, text.length, text.length)
      if (start + length > text.length) return start
    }
    return last
  }

  /** Whether a literal may begin anywhere in a text. In most text none does, and to know that takes a fraction of looking at each place. */
  #mayBegin(text: string): boolean {
    return (
      (this.#long.size > 0 && hasWindow(this.#long, text, windowChars)) ||
      (this.#short.size > 0 && hasWindow(this.#short, text, shortWindowChars))
    )
  }

  #hash(text: string): Int32Array {
    if (this.#hashes.length <= text.length) {
      this.#hashes = new Int32Array(Math.max(1_024, 2 * text.length + 1))
      this.#powers = powersUpTo(this.#hashes.length)
    }
    const hashes = this.#hashes
    let hash = 0
    for (let index = 0; index < text.length; index++) {
      hash = (Math.imul(hash, factor) + text.charCodeAt(index) + 1) | 0
      hashes[index + 1] = hash
    }
    return hashes
  }

  /** How long the longest literal is that stands there; infinite for one that the text was cut in. */
  #lengthAt(windows: PairSet, hashes: Int32Array, start: number, window: number, textLength: number, cutAt: number | null): number {
    const before = hashes[start] as number // it has one more than the text
    const hashTo = (length: number) => ((hashes[start + length] as number) - Math.imul(before, this.#powers[length] as number)) | 0 // both reach as far as the text
    const key = hashTo(window)
    if (!windows.mayHave(key)) return 0
    windows.valuesOf(key, this.#lengths)
    let longest = 0
    for (const length of this.#lengths) {
      if (cutAt !== null && start + window <= cutAt && start + length > cutAt) longest = Number.POSITIVE_INFINITY
      if (start + length > textLength) continue
      const hash = hashTo(length)
      if (!this.#whole.has(hash, length)) continue
      longest = Math.max(longest, length)
      for (const lengthOf of this.#heads.get(hash) ?? []) longest = Math.max(longest, lengthOf())
    }
    return longest
  }
}
