import { type Acting, changesBetween, recordAudit } from '../audit/audit.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { defineErrors } from '../platform/errors.ts'
import { requireNoMoreThan } from './granting.ts'
import { tellAccessChanged } from './grants.queries.ts'
import { gives, type Permission, permissions } from './permissions.ts'
import type { Principal } from './principal.ts'
import { requireAllOrganizations } from './reach.ts'
import { countGrantees, deleteRoleRow, insertRoleRow, listRoleRows, lockRoleRow, type RoleRow, updateRoleRow } from './roles.queries.ts'
import { builtInRole, builtInRoles, permissionsOfRow } from './roles.ts'

export const roleError = defineErrors({
  role_not_found: { status: 404, message: 'There is no such role.' },
  role_exists: { status: 409, message: 'There is a role of that name. Choose another, or change that role.' },
  role_built_in: {
    status: 409,
    message: 'This role comes along and cannot be changed. Make one of your own with the permissions that you want.',
  },
  role_in_use: { status: 409, message: 'Somebody has this role. Take it from them first.' },
})

/** A role as people see it. */
export type ShownRole = { name: string; description: string; permissions: Permission[]; isBuiltIn: boolean }

const inOrder = (given: ReadonlySet<Permission>) => permissions.filter((permission) => given.has(permission))

function roleOf({ name, description, permissions: names }: RoleRow): ShownRole {
  return { name, description, permissions: inOrder(permissionsOfRow(names)), isBuiltIn: false }
}

/** Those that come along first, then one's own by name. */
export async function listRoles(db: Database): Promise<ShownRole[]> {
  const own = (await listRoleRows(db)).map(roleOf)
  return [...builtInRoles.map((role) => ({ ...role, permissions: inOrder(role.permissions), isBuiltIn: true })), ...own]
}

/** The names of the roles that give a permission. */
export async function rolesWith(db: Database, permission: Permission): Promise<string[]> {
  return (await listRoles(db)).filter((role) => gives(new Set(role.permissions), permission)).map(({ name }) => name)
}

/** Somebody may have the role, for any organizations: it takes all of them to say what it gives. @throws forbidden */
function requireMayGive(maker: Principal, name: string, given: readonly string[]): void {
  requireAllOrganizations(maker, 'A role may be given for any organization, so changing roles needs canManageRoles for all organizations.')
  requireNoMoreThan(maker, [{ role: { name, permissions: permissionsOfRow(given) }, reach: { all: true } }])
}

const fieldsOf = ({ description, permissions }: RoleRow) => ({ description, permissions })

/** @throws role_exists, forbidden */
export function createRole(db: Database, acting: Acting, maker: Principal, draft: RoleRow): Promise<ShownRole> {
  return inScope(db, 'allOrganizations', (transaction) => createRoleWithin(transaction, acting, maker, draft))
}

/** The same as part of what else a transaction does. */
export async function createRoleWithin(transaction: Transaction, acting: Acting, maker: Principal, draft: RoleRow): Promise<ShownRole> {
  requireMayGive(maker, draft.name, draft.permissions)
  if (builtInRole(draft.name) || !(await insertRoleRow(transaction, draft))) throw roleError('role_exists', { role: draft.name })
  await record(transaction, acting, 'role.created', draft.name, changesBetween({}, fieldsOf(draft)))
  return roleOf(draft)
}

async function record(
  transaction: Transaction,
  acting: Acting,
  action: 'role.created' | 'role.updated' | 'role.deleted',
  name: string,
  changes: ReturnType<typeof changesBetween<ReturnType<typeof fieldsOf>>>,
): Promise<void> {
  await recordAudit(transaction, acting, { action, organizationId: null, target: { type: 'role', id: name, name }, changes })
}

async function lockOwnRole(transaction: Transaction, name: string): Promise<RoleRow> {
  if (builtInRole(name)) throw roleError('role_built_in', { role: name })
  const row = await lockRoleRow(transaction, name)
  if (!row) throw roleError('role_not_found', { role: name })
  return row
}

type RolePatch = { description?: string | undefined; permissions?: string[] | undefined }

/** Changes a role for everyone who has it, at once. @throws role_not_found, role_built_in, forbidden */
export function updateRole(db: Database, acting: Acting, maker: Principal, name: string, patch: RolePatch): Promise<ShownRole> {
  return inScope(db, 'allOrganizations', (transaction) => updateRoleWithin(transaction, acting, maker, name, patch))
}

/** The same as part of what else a transaction does. */
export async function updateRoleWithin(
  transaction: Transaction,
  acting: Acting,
  maker: Principal,
  name: string,
  patch: RolePatch,
): Promise<ShownRole> {
  const before = await lockOwnRole(transaction, name)
  const after = { ...before, description: patch.description ?? before.description, permissions: patch.permissions ?? before.permissions }
  // Who has less than the role gives neither adds to it nor takes from it.
  requireMayGive(maker, name, [...before.permissions, ...after.permissions])
  const changes = changesBetween(fieldsOf(before), fieldsOf(after))
  if (Object.keys(changes).length === 0) return roleOf(before)
  await updateRoleRow(transaction, after)
  await record(transaction, acting, 'role.updated', name, changes)
  await tellAccessChanged(transaction)
  return roleOf(after)
}

/** @throws role_not_found, role_built_in, role_in_use, forbidden */
export function deleteRole(db: Database, acting: Acting, maker: Principal, name: string): Promise<void> {
  return inScope(db, 'allOrganizations', (transaction) => deleteRoleWithin(transaction, acting, maker, name))
}

/** The same as part of what else a transaction does. */
export async function deleteRoleWithin(transaction: Transaction, acting: Acting, maker: Principal, name: string): Promise<void> {
  const before = await lockOwnRole(transaction, name)
  requireMayGive(maker, name, before.permissions)
  const count = await countGrantees(transaction, name)
  if (count > 0) throw roleError('role_in_use', { role: name, count })
  await deleteRoleRow(transaction, name)
  await record(transaction, acting, 'role.deleted', name, {
    description: { before: before.description, after: null },
    permissions: { before: before.permissions, after: null },
  })
  await tellAccessChanged(transaction)
}
