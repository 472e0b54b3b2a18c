import { gives, type Permission } from './permissions.ts'
import type { Principal } from './principal.ts'

/** The roles by which somebody has a permission for some organization or other, and some workflow: more than they have for one. */
export function rolesAnywhere(principal: Principal, permission: Permission): string[] {
  const roles = principal.granted.flatMap(({ permissions, role }) => (role !== undefined && gives(permissions, permission) ? [role] : []))
  return [...new Set(roles)]
}
