import { builtin } from '../builtins.ts'
import { isRecord } from '../definition-checks.ts'
import type { JsonObject } from '../json.ts'
import type { Call } from './call.ts'
import { idText, memberAt, type Page } from './next-page.ts'
import { VendorError } from './vendor-error.ts'

/** A list with more of them in a row has no end. */
const maxEmptyPages = 100

type Rules = {
  /** Where items have their id; false looks at none. */
  id: string | false | undefined
  /** Whether each page says itself if another follows. */
  isEndToldByPage: boolean
}

/** What is known of a list while its pages come: whether it is whole in the end. */
export class PageChecks {
  readonly #rules: Rules
  readonly #ids = new Set<string>()
  readonly #digests = new Set<string>()
  readonly #marks = new Set<string>()
  #declared: number | undefined
  #received = 0
  #pages = 0
  #emptyInARow = 0

  constructor(rules: Rules) {
    this.#rules = rules
  }

  get received(): number {
    return this.#received
  }

  get pages(): number {
    return this.#pages
  }

  /** @throws VendorError incomplete for what a list that is read to its end cannot have */
  take(items: readonly unknown[], total: number | undefined, call: Call): void {
    this.#pages++
    if (total !== undefined) {
      if (this.#declared !== undefined && total < this.#declared)
        throw this.#incomplete(call, `said first that there are ${this.#declared} items and then ${total}`, {
          reason: 'total_shrank',
          declared_later: total,
        })
      this.#declared = total
    }
    if (items.length === 0) {
      if (++this.#emptyInARow > maxEmptyPages)
        throw this.#incomplete(call, `gave ${maxEmptyPages} empty pages in a row`, { reason: 'empty_pages' })
      return
    }
    this.#emptyInARow = 0
    const ids = items.map((item) => this.#idOf(item))
    // Where each item has an id, these say which page it is, and the rest need not be written out again.
    const page = ids.includes(undefined) ? items : ids
    const digest = builtin('node:crypto').createHash('sha256').update(JSON.stringify(page)).digest('base64')
    if (this.#digests.has(digest))
      throw this.#incomplete(call, `gave the same page again as page ${this.#pages}`, { reason: 'page_repeated' })
    this.#digests.add(digest)
    for (const id of ids) {
      if (id !== undefined && this.#ids.has(id))
        throw this.#incomplete(call, `gave the item with the id '${id.slice(0, 100)}' twice, so that another may be missing`, {
          reason: 'id_twice',
          id: id.slice(0, 200),
        })
      if (id !== undefined) this.#ids.add(id)
    }
    this.#received += items.length
  }

  /** Whether there is no need to ask on. */
  isAll({ items }: Page): boolean {
    if (this.#rules.isEndToldByPage) return false
    // More than there are said to be: the number is wrong, and only an empty page tells the end.
    return items.length === 0 || this.#received === this.#declared
  }

  /** @throws VendorError incomplete where the list has been at that place before */
  goOn(mark: string, call: Call): void {
    if (this.#marks.has(mark)) throw this.#incomplete(call, 'leads back to a page that was read', { reason: 'cursor_stands_still' })
    this.#marks.add(mark)
  }

  /** @throws VendorError incomplete where fewer came than there are */
  end(call: Call): void {
    if (this.#declared !== undefined && this.#received < this.#declared)
      throw this.#incomplete(call, `said that there are ${this.#declared} items and gave ${this.#received}`, {
        reason: 'fewer_than_declared',
      })
  }

  #idOf(item: unknown): string | undefined {
    const { id } = this.#rules
    return id === false || !isRecord(item) ? undefined : idText(memberAt(item, id ?? 'id'))
  }

  #incomplete(call: Call, what: string, details: JsonObject): VendorError {
    const facts = { method: call.method, url: call.url, received: this.#received, pages: this.#pages }
    return new VendorError(
      'incomplete',
      `${call.method} ${call.url} gave a list that is not whole: it ${what}. Try again; nothing is taken as gone.`,
      {
        ...facts,
        declared: this.#declared ?? null,
        ...details,
      },
    )
  }
}
