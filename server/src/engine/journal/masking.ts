/** Values shorter than this are masked only where they stand alone: in longer text they would hide everything. */
const shortestInText = 4
export const masked = '[secret]'

/** The secret values that one execution has read, and their absence from whatever it leaves behind. */
export class Mask {
  readonly #whole = new Set<string>()
  #pattern: RegExp | undefined
  #forms: string[] = []

  /** Remembers a value, and the forms it is usually sent in: base64 and as part of a URL. */
  add(value: string): void {
    if (value === '' || this.#whole.has(value)) return
    this.#whole.add(value)
    const bytes = Buffer.from(value)
    const forms = [value, bytes.toString('base64'), bytes.toString('base64url'), encodeURIComponent(value), value.trim()]
    this.#forms = [...new Set([...this.#forms, ...forms.filter((form) => form.length >= shortestInText)])]
    // The longest first, so that a value that contains another is masked whole.
    const alternatives = this.#forms
      .toSorted((left, right) => right.length - left.length)
      .map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    this.#pattern = alternatives.length > 0 ? new RegExp(alternatives.join('|'), 'g') : undefined
  }

  get isEmpty(): boolean {
    return this.#whole.size === 0
  }

  text(text: string): string {
    if (this.#whole.has(text)) return masked
    return this.#pattern ? text.replace(this.#pattern, masked) : text
  }

  /** A copy of plain data in which no secret value is left, neither in values nor in keys. */
  data<T>(value: T): T {
    if (this.isEmpty) return value
    return this.#copy(value) as T
  }

  /** True if the data holds a secret value. */
  isIn(value: unknown): boolean {
    if (this.isEmpty) return false
    if (typeof value === 'string') return this.text(value) !== value
    if (typeof value === 'number' || typeof value === 'bigint') return this.#whole.has(String(value))
    if (value instanceof Map) return [...value].some(([key, item]) => this.isIn(key) || this.isIn(item))
    if (value instanceof Set) return [...value].some((item) => this.isIn(item))
    if (value !== null && typeof value === 'object') return Object.entries(value).some(([key, item]) => this.isIn(key) || this.isIn(item))
    return false
  }

  #copy(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value === 'number' || typeof value === 'bigint') return this.#whole.has(String(value)) ? masked : value
    if (Array.isArray(value)) return value.map((item) => this.#copy(item))
    if (value !== null && typeof value === 'object' && !(value instanceof Date)) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#copy(item)]))
    }
    return value
  }
}
