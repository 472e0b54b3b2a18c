import pg from 'pg'
// @ts-expect-error The driver has no types for its own conversion of values.
import pgUtils from 'pg/lib/utils.js'
import type { Sql } from 'sql-template-tag'

// What we know of the driver's inner names is in this file and in scoped-read.ts.

/** The part of the driver's connection that a query writes to. */
export type Wire = {
  bind(given: {
    portal: string
    statement: string
    values: readonly string[]
    binary: boolean
    valueMapper: (value: string) => string
  }): void
  execute(given: { portal: string; rows: number }): void
  describe(given: { type: 'P' | 'S'; name: string }): void
}
type WholeWire = Wire & { _send(message: Buffer): void; stream: { writable: boolean; write(bytes: Buffer): boolean } }
/** What the driver makes of a description of rows. */
type ResultInside = { fields: unknown; _parsers: unknown; _prebuiltEmptyResultObject: unknown }
type RowShape = Readonly<ResultInside>

/** The part of the driver's query that its types leave out. */
type QueryInside = {
  name: string
  values: readonly unknown[]
  _result: ResultInside
  _accumulateRows: boolean
  prepare(wire: Wire): void
  handleRowDescription(message: unknown): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, wire: Wire): void
}
type Callback = (error: Error | null, result: pg.QueryResult) => void
type QueryConstructor = new (text: string, values: undefined, callback: Callback) => pg.Submittable & QueryInside
const DriverQuery = pg.Query as unknown as QueryConstructor
const { prepareValue } = pgUtils as { prepareValue(value: unknown): string | Buffer | null }

/**
 * A connection as the queries on it see it: what one of them sends goes out as one piece. It knows of each statement which rows it gives;
 * PostgreSQL refuses a statement whose rows have become others since it was prepared.
 */
class DescribedConnection {
  /** Undefined for a statement that gives no rows. */
  readonly shapes = new Map<string, RowShape | undefined>()
  readonly #wire: WholeWire
  readonly #gathering: WholeWire
  #gathered: Buffer[] = []
  #isDescribed = false

  constructor(wire: WholeWire) {
    this.#wire = wire
    this.#gathering = Object.create(wire, {
      _send: { value: (message: Buffer) => void this.#gathered.push(message) },
      describe: {
        value: (given: { type: 'P' | 'S'; name: string }) => {
          if (!this.#isDescribed) wire.describe.call(this.#gathering, given)
        },
      },
    }) as WholeWire // the same with two of its methods
  }

  /** @param isDescribed no description of the rows is asked for */
  send(isDescribed: boolean, write: (wire: Wire) => void): void {
    this.#isDescribed = isDescribed
    // What a query that threw had written before is not sent: without its end, PostgreSQL would take the next one for a part of it.
    this.#gathered = []
    write(this.#gathering)
    if (this.#gathered.length > 0 && this.#wire.stream.writable) this.#wire.stream.write(Buffer.concat(this.#gathered))
    this.#gathered = []
  }
}

const connections = new WeakMap<object, DescribedConnection>()

function describedOf(wire: Wire): DescribedConnection {
  const known = connections.get(wire)
  if (known) return known
  const described = new DescribedConnection(wire as WholeWire)
  connections.set(wire, described)
  return described
}

/**
 * One run of a prepared statement. PostgreSQL describes the rows of a statement once for each connection: to describe dozens of columns takes
 * both sides longer than to look for a row by its id.
 */
export class NamedQuery extends DriverQuery {
  #shapes: Map<string, RowShape | undefined> | undefined

  constructor(name: string, { text, values }: Pick<Sql, 'text' | 'values'>, callback: Callback) {
    // With a text alone: of an object the driver makes a copy.
    super(text, undefined, callback)
    this.name = name
    this.values = values
  }

  override prepare(wire: Wire): void {
    const described = describedOf(wire)
    const { shapes } = described
    this.#shapes = shapes
    const shape = shapes.get(this.name)
    if (shape) {
      Object.assign(this._result, shape)
      this._accumulateRows = true
    }
    described.send(shapes.has(this.name), (gathering) => this.writeTo(gathering))
  }

  protected writeTo(wire: Wire): void {
    super.prepare(wire)
  }

  override handleRowDescription(message: unknown): void {
    super.handleRowDescription(message)
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result
    this.#shapes?.set(this.name, { fields, _parsers, _prebuiltEmptyResultObject })
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    super.handleCommandComplete(message, wire)
    // Nothing was described: it gives no rows.
    if (this.#shapes?.has(this.name) === false) this.#shapes.set(this.name, undefined)
  }
}

/**
 * A statement whose values are as they are sent. One that cannot be sent is found here, where nothing is sent yet: the driver would leave the
 * statement unprepared, and take it to be prepared.
 */
export function sendable({ text, values }: Sql): Pick<Sql, 'text' | 'values'> {
  return { text, values: values.map((value) => prepareValue(value)) }
}

/**
 * Runs a statement that is prepared under this name, in whatever transaction the connection is in.
 *
 * @throws at once, where a value cannot be sent
 */
export function runNamed<Row extends object>(client: pg.ClientBase, name: string, statement: Sql): Promise<Row[]> {
  const sent = sendable(statement)
  return new Promise((resolve, reject) => {
    client.query(new NamedQuery(name, sent, (error, result) => (error ? reject(error) : resolve(result.rows as Row[])))) // the caller wrote the statement
  })
}
