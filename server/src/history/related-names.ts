import { type Principal, scopeOf } from '../access/principal.ts'
import { organizationNamesOf } from '../audit/organization-names.ts'
import { findSeenBatches } from '../batches/batches.ts'
import type { Execution } from '../engine/state/execution.ts'
import { findOrganizationNames } from '../organizations/organizations.ts'
import type { Database } from '../platform/database/database.ts'

/** What is shown with executions and belongs to others. */
export type RelatedNames = {
  /** Their batches that the asker may see and that are still kept. */
  seenBatches: ReadonlySet<string>
  organizationNames: ReadonlyMap<string, string>
}

/** What is shown with executions. Asks nothing of what none of them has. */
export async function findRelatedNames(db: Database, principal: Principal, executions: readonly Execution[]): Promise<RelatedNames> {
  const batches = new Set(executions.flatMap(({ batchId }) => (batchId === null ? [] : [batchId])))
  // An organization's name is told to those who may see anything of it.
  const scope = scopeOf(principal, 'authenticated')
  const [seenBatches, organizationNames] = await Promise.all([
    batches.size === 0 ? batches : findSeenBatches(db, principal, [...batches]),
    organizationNamesOf((within, ids) => findOrganizationNames(db, within, ids), scope, executions),
  ])
  return { seenBatches, organizationNames }
}
