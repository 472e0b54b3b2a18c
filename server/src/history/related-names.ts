import { type Principal, scopeOf } from '../access/principal.ts'
import { type FindOrganizationNames, organizationNamesOf } from '../audit/organization-names.ts'
import type { Execution } from '../engine/state/execution.ts'

/** What is shown with executions and belongs to others. */
export type Surroundings = {
  /** Their batches that the asker may see and that are still kept. */
  seenBatches: ReadonlySet<string>
  organizationNames: ReadonlyMap<string, string>
}

export type FindSurroundings = (principal: Principal, executions: readonly Execution[]) => Promise<Surroundings>

type Finders = {
  /** Those of these batches that a principal may see and that are still kept. */
  findSeenBatches(principal: Principal, ids: readonly string[]): Promise<ReadonlySet<string>>
  findOrganizationNames: FindOrganizationNames
}

/** What is shown with executions. Asks nothing of what none of them has. */
export function surroundingsFinder({ findSeenBatches, findOrganizationNames }: Finders): FindSurroundings {
  return async (principal, executions) => {
    const batches = new Set(executions.flatMap(({ batchId }) => (batchId === null ? [] : [batchId])))
    const [seenBatches, organizationNames] = await Promise.all([
      batches.size === 0 ? batches : findSeenBatches(principal, [...batches]),
      // An organization's name is told to whoever may see anything of it.
      organizationNamesOf(findOrganizationNames, scopeOf(principal, 'authenticated'), executions),
    ])
    return { seenBatches, organizationNames }
  }
}
