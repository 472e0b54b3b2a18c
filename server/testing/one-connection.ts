import { openDatabase } from '../src/platform/database/database.ts'

/** A database with one connection: what one statement leaves behind, the next one meets. */
export async function openOne(url: string) {
  const db = openDatabase(url, { maxConnections: 1 })
  return { db, [Symbol.asyncDispose]: () => db.close() }
}
