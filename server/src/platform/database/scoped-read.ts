import type pg from 'pg'
import type { Sql } from 'sql-template-tag'
import { NamedQuery, type Wire } from './driver-query.ts'

// Two settings and a statement travel as one message sequence with one end,
// which PostgreSQL takes as one transaction. With `begin`, `set local` and `commit` around it the same read takes twice as long.

/** The values of `crosswalk.organization_id`, `crosswalk.scope` and `plan_cache_mode`, and the role where it is not the connection's. */
export type ScopeSettings = readonly string[]

const openingText =
  "select set_config('crosswalk.organization_id', $1, true), set_config('crosswalk.scope', $2, true), set_config('plan_cache_mode', $3, true)"
const opening = { name: 'crosswalk scope', text: openingText, values: ['', '', 'auto'] }
const openingAs = {
  name: 'crosswalk scope of a role',
  text: `${openingText}, set_config('role', $4, true)`,
  values: [...opening.values, 'none'],
}

/** Makes a new connection ready for scoped reads; what is asked of it next waits for that. */
export function prepareScopedReads(client: pg.ClientBase): void {
  // A connection that breaks here fails what is asked of it next, too.
  for (const each of [opening, openingAs]) client.query({ ...each, values: [...each.values] }).catch(() => {})
}

class ScopedRead extends NamedQuery {
  readonly #settings: ScopeSettings
  #isOpened = false

  constructor(settings: ScopeSettings, ...given: ConstructorParameters<typeof NamedQuery>) {
    super(...given)
    this.#settings = settings
  }

  protected override writeTo(wire: Wire): void {
    const { name: statement } = this.#settings.length === opening.values.length ? opening : openingAs
    wire.bind({ portal: '', statement, values: this.#settings, binary: false, valueMapper: (value) => value })
    wire.execute({ portal: '', rows: 0 })
    super.writeTo(wire)
  }

  // The first row and the first end are those of the settings.
  override handleDataRow(message: unknown): void {
    if (this.#isOpened) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    if (this.#isOpened) super.handleCommandComplete(message, wire)
    else this.#isOpened = true
  }
}

/** Runs one named statement in a transaction of its own with these settings, which end with it. The connection was prepared for it. */
export function readScoped<Row extends object>(
  client: pg.ClientBase,
  settings: ScopeSettings,
  name: string,
  statement: Sql,
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    client.query(new ScopedRead(settings, name, statement, (error, result) => (error ? reject(error) : resolve(result.rows as Row[])))) // the caller wrote the statement
  })
}

/** Sends what `begin` writes at once in one packet, instead of one for each statement. */
export function inOnePacket<T>(client: pg.ClientBase, begin: () => T): T {
  const { stream } = (client as unknown as { connection: { stream: { cork(): void; uncork(): void } } }).connection
  stream.cork()
  try {
    return begin()
  } finally {
    stream.uncork()
  }
}
