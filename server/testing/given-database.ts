import { type Database, type DatabaseOptions, openDatabase } from '../src/platform/database/database.ts'
import { createTestDatabase } from './test-database.ts'

export type GivenDatabase = Database & AsyncDisposable

/** A database of the test's own, as the application opens it. Closed and dropped when disposed of. */
export async function givenDatabase(options: DatabaseOptions = {}): Promise<GivenDatabase> {
  const made = await createTestDatabase()
  const db = openDatabase(made.url, options)
  return {
    ...db,
    async [Symbol.asyncDispose]() {
      await db.close()
      await made[Symbol.asyncDispose]()
    },
  }
}
