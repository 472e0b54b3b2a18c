import { inspect } from 'node:util'

/** A secret's value. However it is printed, it prints as `[secret]`: only `reveal` gives it away. */
export class SecretText {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  /** The value itself, for the one place that hands it on. */
  reveal(): string {
    return this.#text
  }
  toString(): string {
    return '[secret]'
  }
  toJSON(): string {
    return '[secret]'
  }
  [inspect.custom](): string {
    return '[secret]'
  }
}
