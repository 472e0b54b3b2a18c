import type pg from 'pg'
import type { Sql } from 'sql-template-tag'
import { NamedQuery, sendable, type Wire } from './driver-query.ts'

// Some settings and a statement travel as one message sequence with one end,
// which PostgreSQL takes as one transaction. With `begin`, `set local` and `commit` around it the same read takes twice as long.

/**
 * What a read is set up with: the statement for it, and its values. They are an organization's id or the words of a scope, `plan_cache_mode`,
 * `application_name`, and for listed organizations the role.
 */
export type ScopeSettings = { opening: keyof typeof openings; values: readonly string[] }

const opened = (...settings: string[]) => `select ${settings.map((name, index) => `set_config('${name}', $${index + 1}, true)`).join(', ')}`
const others = ['plan_cache_mode', 'application_name']

/** One each, since a setting more costs PostgreSQL as much as looking for a row. What is not set is empty in every session. */
const openings = {
  organization: { name: 'crosswalk organization', text: opened('crosswalk.organization_id', ...others), values: ['', 'auto', 'crosswalk'] },
  all: { name: 'crosswalk scope', text: opened('crosswalk.scope', ...others), values: ['', 'auto', 'crosswalk'] },
  listed: {
    name: 'crosswalk scope of a role',
    text: opened('crosswalk.scope', ...others, 'role'),
    values: ['', 'auto', 'crosswalk', 'none'],
  },
}

/** Makes a new connection ready for scoped reads. */
export async function prepareScopedReads(client: pg.ClientBase): Promise<void> {
  await Promise.all(Object.values(openings).map((each) => client.query({ ...each, values: [...each.values] })))
}

class ScopedRead extends NamedQuery {
  readonly #settings: ScopeSettings
  #isOpened = false

  constructor(settings: ScopeSettings, ...given: ConstructorParameters<typeof NamedQuery>) {
    super(...given)
    this.#settings = settings
  }

  protected override writeTo(wire: Wire): void {
    const { opening, values } = this.#settings
    wire.bind({ portal: '', statement: openings[opening].name, values, binary: false, valueMapper: (value) => value })
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
  const sent = sendable(statement)
  return new Promise((resolve, reject) => {
    client.query(new ScopedRead(settings, name, sent, (error, result) => (error ? reject(error) : resolve(result.rows as Row[])))) // the caller wrote the statement
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
