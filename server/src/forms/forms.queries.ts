import { type Database, readInScope, type Scope, sql } from '../platform/database/database.ts'
import { isWithin } from '../platform/database/scope.ts'

/** Active organizations of a scope, by name. */
export function listOrganizationsOf(db: Database, scope: Scope, limit: number): Promise<{ id: string; name: string }[]> {
  return readInScope(
    db,
    scope,
    sql`select id, name from organizations where is_active and ${isWithin(scope, sql`id`)} order by lower(name), id limit ${limit}`,
  )
}
