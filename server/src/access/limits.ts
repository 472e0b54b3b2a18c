import type { Permission } from './permissions.ts'

/** What a grant is held to. Without either it is for everything that its role gives. */
export type Limits = { workflows?: readonly string[]; integrations?: readonly string[] }

/** What a request is about, so that limited grants can be looked at: one workflow or one integration. */
export type Subject = { workflow: string } | { integration: string }

/** One kind of limit with its names. */
export type Only = { of: 'workflow' | 'integration'; names: ReadonlySet<string> }

/**
 * What a limited grant can give: the permissions that are about one workflow, or one integration, wherever they are asked for. Of all
 * other permissions a limited grant gives none, so that what nobody thought of is closed.
 */
const limitable: Record<Only['of'], readonly Permission[]> = {
  workflow: [
    'canViewCatalogue',
    'canRunWorkflows',
    'canSeeResults',
    'canViewExecutions',
    'canManageSchedules',
    'canApprove',
    'canSubmitForms',
  ],
  integration: ['canViewCatalogue', 'canViewMappings', 'canManageMappings'],
}

/** The parts that limits make of some permissions: one of none, where there are no limits. */
export function partsOf(permissions: readonly Permission[], limits: Limits | undefined): { permissions: Permission[]; only?: Only }[] {
  if (!limits) return [{ permissions: [...permissions] }]
  const parts: [Only['of'], readonly string[] | undefined][] = [
    ['workflow', limits.workflows],
    ['integration', limits.integrations],
  ]
  return parts.flatMap(([of, names]) => {
    if (!names) return []
    return [{ permissions: permissions.filter((one) => limitable[of].includes(one)), only: { of, names: new Set(names) } }]
  })
}

/** True where a limit lets a subject through. */
export function isFor({ of, names }: Only, subject: Subject): boolean {
  if ('workflow' in subject) return of === 'workflow' && names.has(subject.workflow)
  return of === 'integration' && names.has(subject.integration)
}

/** The limit that both make; undefined where they are of different kinds and let nothing through together. */
export function bothLimits(one: Only | undefined, other: Only | undefined): { only?: Only } | undefined {
  if (!one || !other) return one || other ? { only: (one ?? other) as Only } : {} // one of them is there
  if (one.of !== other.of) return undefined
  return { only: { of: one.of, names: new Set([...one.names].filter((name) => other.names.has(name))) } }
}
