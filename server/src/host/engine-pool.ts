import pg from 'pg'
import { applicationRole, nameOf, outliveLostConnections } from '../platform/database.ts'
import { inOnePacket } from '../platform/scoped-read.ts'

/** Texts that are prepared. The engine has some dozen; those that it puts together of lists have no end. */
const mostPrepared = 200
const prepared = new Set<string>()

function isWorthPreparing(text: string): boolean {
  if (prepared.has(text)) return true
  if (prepared.size >= mostPrepared) return false
  prepared.add(text)
  return true
}

const begun = { rows: [], rowCount: null, command: 'BEGIN', oid: 0, fields: [] } satisfies pg.QueryResult

/**
 * A connection for the engine, which sends its statements as plain text, each with a round trip, and has PostgreSQL parse and plan
 * them again every time. Here they are prepared once per connection, and a `BEGIN` travels with the statement that follows it.
 */
class EngineClient extends pg.Client {
  #opening: string | undefined

  // The driver's own query has a dozen overloads; the engine uses a text, and a text with values.
  override query(...given: unknown[]): never {
    const [text, values, ...callback] = given
    const ask = super.query.bind(this) as (...passed: unknown[]) => unknown
    if (given.length === 1 && typeof text === 'string' && text.startsWith('BEGIN')) {
      this.#opening = text
      return Promise.resolve(begun) as never
    }
    const passed =
      typeof text === 'string' && Array.isArray(values) && isWorthPreparing(text)
        ? [{ name: nameOf(text), text, values }, ...callback]
        : given
    const opening = this.#opening
    if (opening === undefined) return ask(...passed) as never
    this.#opening = undefined
    return inOnePacket(this, () => {
      // A failed opening fails what follows it, which is awaited.
      ;(ask(opening) as Promise<unknown>).catch(() => {})
      return ask(...passed)
    }) as never
  }
}

/** The engine's pool of connections, under the application role. */
export function openEnginePool(databaseUrl: string, maxConnections: number): pg.Pool {
  const pool = new pg.Pool({
    Client: EngineClient,
    connectionString: databaseUrl,
    max: maxConnections,
    pipeline: true,
    options: `-c role=${applicationRole}`,
    application_name: 'crosswalk engine',
    keepAlive: true,
  } as pg.PoolConfig) // its types leave out the class of its clients
  outliveLostConnections(pool)
  return pool
}
