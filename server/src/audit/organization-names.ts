import type { Scope, Sql } from '../platform/database/database.ts'

/** The names of organizations by their ids; of one that is not there or out of scope, none. Given by the slice that has them, which comes later. */
export type FindOrganizationNames = (scope: Scope, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>

/** Selects the ids of the organizations whose names match a pattern. Given by the same slice. */
export type SelectOrganizationsNamed = (text: string) => Sql

/** The names of all organizations that these things are of. Asks nothing where none is of an organization. */
export async function organizationNamesOf(
  find: FindOrganizationNames,
  scope: Scope,
  items: readonly { organizationId: string | null }[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(items.flatMap(({ organizationId }) => (organizationId === null ? [] : [organizationId])))
  return ids.size === 0 ? new Map() : find(scope, [...ids])
}
