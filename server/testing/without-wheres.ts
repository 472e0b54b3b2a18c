import { type Database, openDatabase } from '../src/platform/database/database.ts'

// What a statement names listed organizations by, as `isWithin` writes it, and every other list of ids.
const listed = /[\w.]+ (?:= any|<> all)\(\$(\d+)::uuid\[\]\)/g

/**
 * The database as the application opens it, with the conditions on lists of ids taken out of every statement on its way to PostgreSQL:
 * what is still held to a scope is held by row-level security.
 */
export function openWithoutWheres(url: string): Database & { readonly taken: number } {
  const db = openDatabase(url, { name: 'crosswalk test without wheres' })
  let taken = 0
  db.pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown
    client.query = ((given: unknown, ...rest: unknown[]) => {
      if (typeof given === 'object' && given !== null && 'text' in given && typeof given.text === 'string')
        given.text = given.text.replace(listed, (_condition, place: string) => {
          taken++
          return `($${place}::uuid[] is not null)`
        })
      return query(given, ...rest)
    }) as typeof client.query
  })
  return Object.defineProperty(db as Database & { taken: number }, 'taken', { get: () => taken })
}
