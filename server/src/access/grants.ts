import { type Permission, permissions } from './permissions.ts'

/** The organizations that a grant is for. With `allBut` and `tags` a new organization needs no edit. */
export type Reach =
  | { all: true }
  | { allBut: readonly string[] }
  /** Those with at least one of these tags, at the time of the request. */
  | { tags: readonly string[] }
  | { organizations: readonly string[] }

/** A name for permissions that are granted together. */
export type Role = { name: string; permissions: ReadonlySet<Permission> }

/** A role for a reach. Grants add up, and what one of them gives for its reach says nothing about another's. */
export type Grant = { role: Role; reach: Reach }

/** Everything that there is to do. */
export const administratorRole: Role = { name: 'administrator', permissions: new Set(permissions) }
