/** Random-looking values that are the same on every machine for the same seed. */
export type Random = {
  /** 0 up to but not 1. */
  next(): number
  /** Whole, both ends included. */
  whole(min: number, max: number): number
  /** @throws Error for an empty list. */
  pick<Item>(items: readonly Item[]): Item
  chance(probability: number): boolean
  uuid(): string
  /** Upper case letters and digits. */
  code(length: number): string
}

const codeLetters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A source for one topic: the same parts give the same values, whatever else was asked for in between. */
export function randomOf(...parts: readonly (string | number)[]): Random {
  let state = hash(parts.join('/'))
  // mulberry32: small, fast, and even enough for names and numbers.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[whole(0, items.length - 1)]
    if (item === undefined) throw new Error('There is nothing to pick from.')
    return item
  }
  const hex = (length: number) => Array.from({ length }, () => whole(0, 15).toString(16)).join('')
  return {
    next,
    whole,
    pick,
    chance: (probability) => next() < probability,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${pick(['8', '9', 'a', 'b'])}${hex(3)}-${hex(12)}`,
    code: (length) => Array.from({ length }, () => pick([...codeLetters])).join(''),
  }
}

/** FNV-1a with a last mix, so that neighbouring seeds start far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  return value ^ (value >>> 13)
}
