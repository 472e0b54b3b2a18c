import { requireMayTagWithin } from '../access/granting.ts'
import type { Principal } from '../access/principal.ts'
import { organizationNotFound } from '../access/reach.ts'
import { type Acting, changesBetween, findLastChange, recordAudit } from '../audit/audit.ts'
import type { OrganizationFields } from '../audit/audit-event.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { type DomainError, defineErrors } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { etagOf, type Precondition, requireUnchanged } from '../platform/preconditions.ts'
import { canonicalJson } from '../protocol/json.ts'
import type { Organization, OrganizationDraft, OrganizationPatch } from './organization.ts'
import { holdFields, requireValues } from './organization-fields.ts'
import {
  findOrganizationRow,
  holdOrganizationRow,
  insertOrganization,
  lockOrganizationRow,
  type OrganizationRow,
  tellTagsChanged,
  updateOrganizationRow,
} from './organizations.queries.ts'

export type { Organization, OrganizationDraft, OrganizationPatch } from './organization.ts'
export { hasFieldValue } from './organization-fields.queries.ts'
export { findOrganizationNames, findTaggedOrganizations, selectOrganizationsNamed } from './organizations.queries.ts'

export const organizationError = defineErrors({
  ...organizationNotFound,
  organization_inactive: { status: 409, message: 'The organization is deactivated. Activate it to run anything for it.' },
})

export function organizationOf(row: OrganizationRow): Organization {
  return {
    id: row.id,
    name: row.name,
    domains: row.domains,
    tenantId: row.tenant_id,
    tags: row.tags,
    fields: row.fields,
    isActive: row.is_active,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** Of what people edit. */
export function etagOfOrganization({ id, name, domains, tenantId, tags, fields, isActive }: Organization): string {
  return etagOf({ id, name, domains, tenantId, tags, fields, isActive })
}

/**
 * Deactivated ones too.
 *
 * @throws organization_not_found
 */
export async function getOrganization(db: Database, id: string): Promise<Organization> {
  const row = await findOrganizationRow(db, id)
  if (!row) throw organizationError('organization_not_found', { org_id: id })
  return organizationOf(row)
}

/**
 * What everything that runs for an organization asks first.
 *
 * @throws organization_not_found, organization_inactive
 */
export async function getActiveOrganization(db: Database, id: string): Promise<Organization> {
  const organization = await getOrganization(db, id)
  if (organization.isActive) return organization
  throw inactiveOrganization(organization)
}

/**
 * The same as part of what else a transaction does: until that is over, nobody deactivates it.
 *
 * @throws organization_not_found, organization_inactive
 */
export async function holdActiveOrganization(transaction: Transaction, id: string): Promise<void> {
  const row = await holdOrganizationRow(transaction, id)
  if (!row) throw organizationError('organization_not_found', { org_id: id })
  if (!row.is_active) throw inactiveOrganization(row)
}

/** @param toWhat what it cannot be used for before it is activated */
export function inactiveOrganization({ id, name }: { id: string; name: string }, toWhat = 'run anything for it'): DomainError {
  return organizationError('organization_inactive', { org_id: id }, `The organization '${name}' is deactivated. Activate it to ${toWhat}.`)
}

/** The fields that are audited, by their names on the wire. */
function auditedFields(row: OrganizationRow): OrganizationFields {
  const { name, domains, tenant_id, tags, fields, is_active } = row
  return { name, domains, tenant_id, tags, fields, is_active }
}

async function record(
  transaction: Transaction,
  acting: Acting,
  action: 'organization.created' | 'organization.updated' | 'organization.deactivated',
  before: OrganizationRow | undefined,
  after: OrganizationRow,
): Promise<void> {
  await recordAudit(transaction, acting, {
    action,
    organizationId: after.id,
    target: { type: 'organization', id: after.id, name: after.name },
    changes: changesBetween(before ? auditedFields(before) : {}, auditedFields(after)),
  })
}

/**
 * Adds an organization. Names need not be unique: two customers may be called the same.
 *
 * @param principal whose request it is: who gives it tags gives it to those who have them
 * @throws forbidden
 * @throws validation_failed - a value does not fit its custom field, or a required one has none.
 */
export async function createOrganization(
  db: Database,
  acting: Acting,
  draft: OrganizationDraft,
  principal?: Principal,
): Promise<Organization> {
  const id = newId()
  return inScope(db, { organizationId: id }, async (transaction) => {
    if (principal) await requireMayTagWithin(transaction, principal, id, draft.tags ?? [])
    // What the platform adds has none; a person gives those that are required.
    const fields = principal || draft.fields ? requireValues(await holdFields(transaction), {}, draft.fields ?? {}) : {}
    return createOrganizationWithin(transaction, acting, id, { ...draft, fields })
  })
}

/**
 * The same as part of what else a transaction does.
 *
 * @param transaction of this organization, or across all
 */
export async function createOrganizationWithin(
  transaction: Transaction,
  acting: Acting,
  id: string,
  draft: OrganizationDraft,
): Promise<Organization> {
  const row = await insertOrganization(transaction, id, draft)
  if (row.tags.length > 0) await tellTagsChanged(transaction)
  await record(transaction, acting, 'organization.created', undefined, row)
  return organizationOf(row)
}

/**
 * Changes the fields that the patch has. A patch that changes nothing leaves neither a later `updatedAt` nor an audit row.
 *
 * @param principal as above
 * @throws organization_not_found, forbidden, validation_failed
 * @throws changed_meanwhile - it is not what is expected.
 */
export async function updateOrganization(
  db: Database,
  acting: Acting,
  id: string,
  patch: OrganizationPatch,
  expected?: Precondition,
  principal?: Principal,
): Promise<Organization> {
  return inScope(db, { organizationId: id }, (transaction) => updateOrganizationWithin(transaction, acting, id, patch, expected, principal))
}

/** The same as part of what else a transaction does. */
export async function updateOrganizationWithin(
  transaction: Transaction,
  acting: Acting,
  id: string,
  patch: OrganizationPatch,
  expected?: Precondition,
  principal?: Principal,
): Promise<Organization> {
  // Fields first, as who deletes one does: the other way round each could wait for the other.
  const fields = patch.fields ? await holdFields(transaction) : []
  const before = await lockOrganizationRow(transaction, id)
  if (!before) throw organizationError('organization_not_found', { org_id: id })
  await requireUnchanged(expected, etagOfOrganization(organizationOf(before)), () =>
    findLastChange(transaction, id, { type: 'organization', id }),
  )
  const wanted = {
    name: patch.name ?? before.name,
    domains: patch.domains ?? before.domains,
    tenantId: patch.tenantId === undefined ? before.tenant_id : patch.tenantId,
    tags: patch.tags ?? before.tags,
    fields: patch.fields ? requireValues(fields, before.fields, patch.fields) : before.fields,
    isActive: patch.isActive ?? before.is_active,
  }
  const had: typeof wanted = {
    name: before.name,
    domains: before.domains,
    tenantId: before.tenant_id,
    tags: before.tags,
    fields: before.fields,
    isActive: before.is_active,
  }
  if (canonicalJson(wanted) === canonicalJson(had)) return organizationOf(before)
  const newTags = wanted.tags.filter((tag) => !before.tags.includes(tag))
  if (principal) await requireMayTagWithin(transaction, principal, id, newTags)
  const after = await updateOrganizationRow(transaction, id, wanted)
  if (wanted.tags.join('\n') !== before.tags.join('\n')) await tellTagsChanged(transaction)
  const isDeactivated = before.is_active && !after.is_active
  await record(transaction, acting, isDeactivated ? 'organization.deactivated' : 'organization.updated', before, after)
  return organizationOf(after)
}

/**
 * Deactivates: rows are kept, and nothing runs any more. Safe to repeat.
 *
 * @throws organization_not_found, changed_meanwhile
 */
export async function deactivateOrganization(db: Database, acting: Acting, id: string, expected?: Precondition): Promise<void> {
  await updateOrganization(db, acting, id, { isActive: false }, expected)
}
