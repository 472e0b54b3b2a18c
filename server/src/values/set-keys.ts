import type { Database } from '../platform/database/database.ts'
import { listSetKeys } from './value-rows.queries.ts'
import type { ValueTable } from './value-scope.ts'

/** Those of the keys that have a value for an organization: its own or a global one. With null, a global one. */
export async function findSetKeys(
  db: Database,
  table: ValueTable,
  keys: readonly string[],
  organizationId: string | null,
): Promise<ReadonlySet<string>> {
  return new Set(keys.length === 0 ? [] : await listSetKeys(db, table, keys, organizationId))
}
