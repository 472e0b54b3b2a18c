import type { z } from 'zod'
import { platformError } from '../errors.ts'

/** Where a keyset page ended: the sort values and the id of its last row. Opaque on the wire. */
export function encodeCursor(values: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

function decodeCursor(cursor: string, length: number): (string | number | null)[] {
  let values: unknown
  try {
    values = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    values = undefined
  }
  if (
    Array.isArray(values) &&
    values.length === length &&
    values.every((value) => value === null || (typeof value === 'string' ? isComparable(value) : typeof value === 'number'))
  ) {
    return values
  }
  throw notCursor()
}

/** What the database can compare with its own text. */
const isComparable = (text: string) => !text.includes('\0') && text.isWellFormed()

/**
 * The sort values of a cursor, each held to its form: a made-up cursor never reaches the database.
 *
 * @throws validation_failed
 */
export function parseCursor<Values extends z.ZodTuple>(cursor: string, values: Values): z.output<Values> {
  const parsed = values.safeParse(decodeCursor(cursor, values.def.items.length))
  if (parsed.success) return parsed.data
  throw notCursor()
}

const notCursor = () =>
  platformError('validation_failed', { cursor: ['This is not a cursor of this list. Take the next_cursor of a previous page.'] })

/** One page of `limit` rows, made of up to `limit + 1` that were read, so that the last page is known without another query. */
export function pageOf<Row>(
  rows: Row[],
  limit: number,
  cursorOf: (last: Row) => (string | number | null)[],
): { items: Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null }
}
