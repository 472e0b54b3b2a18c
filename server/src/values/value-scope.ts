import { z } from 'zod'
import { type Principal, scopeOf } from '../access/principal.ts'
import { reachableOwner } from '../access/reach.ts'
import { type Scope, type Sql, sql } from '../platform/database/database.ts'
import { pageQuery } from '../platform/http/http.ts'
import { parseCursor } from '../platform/http/paging.ts'
import { wireId } from '../platform/http/text.ts'

/** Whose a secret or config value is: an organization's, by its id, or with null everybody's ("global"). */
export type ValueOwner = string | null

/** Names a secret or config value within its scope. */
export const valueKey = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,126}$/, 'must begin with a letter and have at most 127 letters, digits, underscores, dots and hyphens')

const scopeName = z.enum(['global', 'organization'])

/** The fields of a body that say whose a value is. Their schema takes `checkScope` too. */
export const scopeFields = {
  scope: scopeName,
  org_id: wireId.nullish().describe('The organization, where the scope is "organization".'),
}

type ScopeGiven = { scope: z.output<typeof scopeName>; org_id?: string | null | undefined }

export function checkScope(given: ScopeGiven, context: z.RefinementCtx): void {
  const hasOrganization = typeof given.org_id === 'string'
  const message =
    given.scope === 'global' && hasOrganization ? 'must not be given for the scope "global"' : 'is needed for the scope "organization"'
  if (hasOrganization !== (given.scope === 'organization')) context.addIssue({ code: 'custom', path: ['org_id'], message })
}

/** The query of a request for one value. */
export const scopeQuery = z
  .strictObject({ scope: scopeName, org_id: wireId.optional().describe('The organization, where the scope is "organization".') })
  .superRefine(checkScope)

export function scopeView(owner: ValueOwner): { scope: 'global' | 'organization'; org_id: string | null } {
  return { scope: owner === null ? 'global' : 'organization', org_id: owner }
}

/** The scope of a transaction that works on the values of an owner. */
export function writingScope(owner: ValueOwner): Scope {
  return owner === null ? 'allOrganizations' : { organizationId: owner }
}

/** True of the rows of just this owner. */
export function isOwnedBy(owner: ValueOwner): Sql {
  return owner === null ? sql`organization_id is null` : sql`organization_id = ${owner}`
}

/**
 * Whose value a request means, if its principal may manage it.
 *
 * @throws forbidden - a global one, and the grants are for named organizations.
 * @throws organization_not_found - the grants do not cover the organization.
 */
export function ownerFor(principal: Principal, given: ScopeGiven): ValueOwner {
  return reachableOwner(principal, given.org_id, `Global values need the permission ${principal.permission} for all organizations.`)
}

/** The query of a list of values. Without a scope it lists everything within reach. */
export const valuesQuery = pageQuery
  .extend({ scope: scopeName.optional(), org_id: wireId.optional().describe('Only what belongs to this organization.') })
  .superRefine((given, context) => {
    if (given.scope === 'global' && given.org_id !== undefined) checkScope({ scope: 'global', org_id: given.org_id }, context)
  })

/** Where values are kept: a row for each key and owner. */
export type ValueTable = 'secrets' | 'config'

/** One page of a list of values, in the order of their keys, the global one before those of organizations. */
export type ValuesPage = {
  scope: Scope
  /** Only what belongs to this owner, or to any organization. */
  owner?: ValueOwner
  isOfOrganizations: boolean
  /** The row that the page comes after. */
  after: { key: string; organizationId: string | null } | undefined
  limit: number
}

/** @throws forbidden, organization_not_found - as `ownerFor`; validation_failed - the cursor. */
export function valuesPage(principal: Principal, query: z.output<typeof valuesQuery>): ValuesPage {
  const scope = scopeOf(principal)
  const [key, organizationId = null] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([valueKey, wireId.nullable()]))
  const page = {
    scope,
    isOfOrganizations: query.scope === 'organization',
    after: key === undefined ? undefined : { key, organizationId },
    limit: query.limit,
  }
  if (query.org_id !== undefined) return { ...page, owner: ownerFor(principal, { scope: 'organization', org_id: query.org_id }) }
  if (query.scope === 'global') return { ...page, owner: ownerFor(principal, { scope: 'global' }) }
  return page
}

export function valueCursor(row: { key: string; organization_id: string | null }): [string, string | null] {
  return [row.key, row.organization_id]
}
