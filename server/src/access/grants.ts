import { namePattern } from '@crosswalk/sdk/definition-checks'
import { z } from 'zod'
import type { GrantFields, ReachFields } from '../audit/audit-event.ts'
import { lineOfText, wireId } from '../platform/http/text.ts'
import type { Limits } from './limits.ts'
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
export type Grant = { role: Role; reach: Reach; limits?: Limits }

/** Everything that there is to do. */
export const administratorRole: Role = { name: 'administrator', permissions: new Set(permissions) }

const unique = <T>(items: T[]) => [...new Set(items)]
const ids = z.array(wireId).min(1).max(10_000).transform(unique)
const tags = z
  .array(lineOfText(50).transform((text) => text.normalize('NFC').toLowerCase()))
  .min(1)
  .max(50)
  .transform((given) => unique(given).sort())

const reachFields = z
  .union([
    z.strictObject({ all: z.literal(true) }),
    z.strictObject({ all_but: ids }),
    z.strictObject({ tags }),
    z.strictObject({ organizations: ids }),
  ])
  .describe('All organizations, all but some, those with at least one of these tags, or those that are named.')

const names = z
  .array(z.string().regex(namePattern, 'must be the name of a workflow or integration'))
  .min(1)
  .max(100)
  .transform((given) => unique(given).sort())

/** A grant as a client sends it. */
export const grantFields = z.strictObject({
  role: z.string().min(1).max(50).describe('Of those that `GET /api/roles` lists.'),
  reach: reachFields,
  workflows: names
    .optional()
    .describe('Only for these workflows: running them, their executions, results, schedules and approvals, and nothing else of the role.'),
  integrations: names.optional().describe('Only for these integrations: their mappings, and nothing else of the role.'),
})

/** A grant as it is shown. */
export const grantView = z
  .object({
    role: z.string(),
    reach: z.union([
      z.object({ all: z.literal(true) }),
      z.object({ all_but: z.array(z.string()) }),
      z.object({ tags: z.array(z.string()) }),
      z.object({ organizations: z.array(z.string()) }),
    ]),
    workflows: z.array(z.string()).optional(),
    integrations: z.array(z.string()).optional(),
  })
  .meta({ id: 'Grant' })

/** A reach by its name on the wire, and back. */
export function fieldsOfReach(reach: Reach): ReachFields {
  if ('allBut' in reach) return { all_but: [...reach.allBut] }
  if ('tags' in reach) return { tags: [...reach.tags] }
  return 'all' in reach ? { all: true } : { organizations: [...reach.organizations] }
}

export function reachOf(fields: ReachFields): Reach {
  return 'all_but' in fields ? { allBut: fields.all_but } : fields
}

export function fieldsOfGrant({ role, reach, limits }: Grant): GrantFields {
  return {
    role: role.name,
    reach: fieldsOfReach(reach),
    ...(limits?.workflows ? { workflows: [...limits.workflows] } : {}),
    ...(limits?.integrations ? { integrations: [...limits.integrations] } : {}),
  }
}

/** The limits of a grant by their names on the wire or in its row, where they may be null. */
export function limitsOf(given: { workflows?: string[] | null | undefined; integrations?: string[] | null | undefined }): {
  limits?: Limits
} {
  const { workflows, integrations } = given
  if (!workflows && !integrations) return {}
  return { limits: { ...(workflows ? { workflows } : {}), ...(integrations ? { integrations } : {}) } }
}
