import { Literals, minLiteralChars } from './literals.ts'
import { addSecretForms } from './secret-forms.ts'

export const masked = '[secret]'

/** Data that is nested deeper is not looked at, and not kept either. */
const maxDepth = 500
/** What a short secret looks like is often there by chance: an id that has its four digits in it. */
const minSureChars = 8
/** How text says that it was cut, at its end. */
const cutNote = /… \(\d+ (?:more )?characters(?: in all)?\)$|…$/

/** The secret values that one execution has read, and their absence from whatever it leaves behind. */
export class Mask {
  readonly #literals = new Literals()
  /** Values that are too short to be looked for in other text: they would hide everything. They are masked where they stand alone. */
  readonly #short = new Set<string>()
  readonly #known = new Set<string>()

  /** Remembers a value, and the forms it is usually sent in. */
  add(value: string): void {
    if (value === '' || this.#known.has(value)) return
    this.#known.add(value)
    for (const text of [value, value.trim()]) if (text !== '' && text.length < minLiteralChars) this.#short.add(text)
    addSecretForms(this.#literals, value)
  }

  get isEmpty(): boolean {
    return this.#known.size === 0
  }

  /** @returns the text with each secret replaced, also one that the text was cut in */
  text(text: string): string {
    if (this.#short.has(text)) return masked
    const places = this.#placesIn(text)
    if (places.length === 0) return text
    let rest = ''
    let from = 0
    for (let index = 0; index < places.length; index += 2) {
      rest += text.slice(from, places[index]) + masked
      from = places[index + 1] as number // they come in pairs
    }
    return rest + text.slice(from)
  }

  /** A copy of plain data in which no secret value is left, neither in values nor in keys. */
  data<T>(value: T): T {
    if (this.isEmpty) return value
    return this.#copy(value, new Set()) as T // of the same shape
  }

  /** True if the data may hold a secret value. */
  isIn(value: unknown): boolean {
    return this.#hasText(value, (text) => this.#isSecret(text))
  }

  /**
   * False if data that `JSON.stringify` wrote as this text holds no secret value. True says that it may: then the data itself has to be
   * looked at, which takes many times as long.
   */
  mayBeInJson(json: string): boolean {
    if (this.isEmpty) return false
    // Escapes hide characters, and what says that it was cut may have been cut in a secret.
    if (json.includes('\\') || json.includes('…')) return true
    for (const short of this.#short) if (json.includes(short)) return true
    return this.#literals.isIn(json)
  }

  /** True if the data holds a secret value beyond doubt: as the whole of a value, or long enough to be there by no chance. */
  isSurelyIn(value: unknown): boolean {
    return this.#hasText(value, (text) => {
      const places = this.#placesIn(String(text))
      return (
        places.some((end, index) => index % 2 === 1 && end - (places[index - 1] as number) >= minSureChars) ||
        this.text(String(text)) === masked
      )
    })
  }

  #hasText(value: unknown, isWanted: (text: string | number | bigint) => boolean): boolean {
    if (this.isEmpty) return false
    const seen = new Set<object>()
    const waiting: unknown[] = [value]
    while (waiting.length > 0) {
      const next = waiting.pop()
      if (typeof next === 'string' || typeof next === 'number' || typeof next === 'bigint') {
        if (isWanted(next)) return true
      } else if (next !== null && typeof next === 'object' && !seen.has(next)) {
        seen.add(next)
        if (ArrayBuffer.isView(next) || next instanceof ArrayBuffer) waiting.push(textOfBytes(next))
        else if (next instanceof Map) for (const entry of next) waiting.push(...entry)
        else if (next instanceof Set) for (const item of next) waiting.push(item)
        else if (next instanceof Error) waiting.push(next.name, next.message, next.stack, next.cause)
        for (const [key, item] of ArrayBuffer.isView(next) ? [] : Object.entries(next)) waiting.push(key, item)
      }
    }
    return false
  }

  /** A function that takes text in pieces and gives it back masked; what may continue in the next piece is held back until it comes. */
  stream(): { write(piece: string): string; end(): string } {
    let held = ''
    const take = (isEnd: boolean) => {
      const end = isEnd ? held.length : this.#literals.closedLength(held)
      const ready = held.slice(0, end)
      held = held.slice(end)
      return this.text(ready)
    }
    return {
      write: (piece) => {
        held += piece
        return take(false)
      },
      end: () => take(true),
    }
  }

  #placesIn(text: string): number[] {
    return this.#literals.find(text, cutAtOf(text))
  }

  #isSecret(value: string | number | bigint): boolean {
    if (typeof value === 'string') return this.#short.has(value) || this.#placesIn(value).length > 0
    // A number is masked whole or not at all.
    return this.text(String(value)) === masked
  }

  #copy(value: unknown, above: Set<object>): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value === 'number' || typeof value === 'bigint') return this.#isSecret(value) ? masked : value
    if (value === null || typeof value !== 'object' || value instanceof Date) return value
    if (above.has(value)) return '[circular]'
    if (above.size >= maxDepth) return '[too deep]'
    above.add(value)
    const copy = Array.isArray(value)
      ? value.map((item) => this.#copy(item, above))
      : Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#copy(item, above)]))
    above.delete(value)
    return copy
  }
}

/** Where a text was cut, if it says so. */
function cutAtOf(text: string): number | undefined {
  if (!text.endsWith('…') && !text.endsWith(')')) return undefined
  const note = cutNote.exec(text.slice(-60))?.[0]
  return note === undefined ? undefined : text.length - note.length
}

function textOfBytes(bytes: ArrayBufferView | ArrayBuffer): string {
  const buffer = ArrayBuffer.isView(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.from(bytes)
  return buffer.toString('utf8')
}
