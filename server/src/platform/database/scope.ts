import sql, { empty, join, type Sql } from 'sql-template-tag'

/**
 * Whose rows a transaction may see and write; row-level security holds it to that.
 *
 * - One organization: its rows, and for reading what belongs to nobody (`organization_id is null`) and applies to it.
 * - These organizations, or all except these: their rows alone. For what is shown to someone who has a part of the organizations.
 * - `allOrganizations`: everything. For those who have all of them, and for what is done across them: the worker's queue, retention.
 */
export type Scope =
  | { organizationId: string }
  | { organizationIds: ReadonlySet<string> }
  | { exceptOrganizationIds: ReadonlySet<string> }
  | 'allOrganizations'

/** Nothing at all. */
export const noOrganizations: Scope = { organizationIds: new Set() }

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function requireIds(ids: Iterable<string>): void {
  // They stand in statements as they are.
  for (const id of ids) if (!uuidPattern.test(id)) throw new TypeError('A scope needs the id of an organization.')
}

/** True where organizations are listed: such a transaction runs under the role that has the policies for them. */
export function isOfListed(scope: Scope): boolean {
  return scope !== 'allOrganizations' && !('organizationId' in scope)
}

/** The values of `crosswalk.organization_id` and `crosswalk.scope`. */
export function settingsOf(scope: Scope): [organizationId: string, scope: string] {
  if (scope === 'allOrganizations') return ['', 'all']
  if ('organizationId' in scope) {
    requireIds([scope.organizationId])
    return [scope.organizationId, '']
  }
  const [word, ids] = 'organizationIds' in scope ? ['only', scope.organizationIds] : ['except', scope.exceptOrganizationIds]
  requireIds(ids)
  return ['', `${word} {${[...ids].join()}}`]
}

/** True of the organizations of a scope. */
export function includes(scope: Scope, organizationId: string): boolean {
  if (scope === 'allOrganizations') return true
  if ('organizationId' in scope) return scope.organizationId === organizationId
  return 'organizationIds' in scope ? scope.organizationIds.has(organizationId) : !scope.exceptOrganizationIds.has(organizationId)
}

/**
 * The condition that a statement names its organizations by. Row-level security holds without it; indexes are chosen by it.
 *
 * @param column of the organization's id
 */
export function isWithin(scope: Scope, column: Sql): Sql {
  if (scope === 'allOrganizations') return sql`true`
  if ('organizationId' in scope) return sql`${column} = ${scope.organizationId}`
  if ('organizationIds' in scope) return sql`${column} = any(${[...scope.organizationIds]}::uuid[])`
  return sql`${column} <> all(${[...scope.exceptOrganizationIds]}::uuid[])`
}

/** Some of a scope: all in that one, and of what has one of these names what is in theirs. */
export type Among = { scope: Scope; named: readonly { names: readonly string[]; scope: Scope }[] }

/** The same as a further condition of a statement, where there is one. */
export function andAmong(among: Among | undefined, organization: Sql, name: Sql): Sql {
  if (!among) return empty
  const named = among.named.map((one) => sql`(${name} = any(${[...one.names]}::text[]) and ${isWithin(one.scope, organization)})`)
  return sql`and (${join([isWithin(among.scope, organization), ...named], ' or ')})`
}
