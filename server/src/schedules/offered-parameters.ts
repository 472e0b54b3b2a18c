import type { Acting } from '../audit/audit.ts'
import type { Selection } from '../batches/selection.ts'
import { getDefinition } from '../definitions/definitions.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import type { JsonObject } from '../protocol/json.ts'
import { requireOfferedToMany } from '../workflows/offered-to-many.ts'
import { builtInPlans, declaredPlan } from './declared.ts'
import { findScheduleRow } from './schedules.queries.ts'
import { planOf } from './schedules.ts'

/**
 * Refuses what a schedule is to run with, where a closed field has a value that some of its organizations are not offered. Options change
 * with time: at each due time every organization's execution asks again.
 *
 * @param patch what of it changes; what is missing is as it is, and null as the author declared it
 * @throws validation_failed, data_provider_failed, data_provider_not_found, definition_not_loaded, workflow_not_found
 */
export async function requireOfferedInSchedule(
  dependencies: { db: Database; notifications: Notifications },
  name: string,
  patch: { parameters?: JsonObject | null | undefined; organizations?: Selection | null | undefined },
  asking: { acting: Acting; signal: AbortSignal },
): Promise<void> {
  if (builtInPlans.has(name)) return
  const [workflow, row] = await Promise.all([getDefinition(dependencies.db, 'workflow', name), findScheduleRow(dependencies.db, name)])
  const declared = declaredPlan(workflow)
  const parameters = patch.parameters === undefined ? row?.parameters : patch.parameters
  const selection = patch.organizations === null ? declared?.organizations : (patch.organizations ?? planOf(declared, row)?.organizations)
  await requireOfferedToMany(dependencies, {
    ...asking,
    workflow,
    parameters: parameters ?? {},
    selection: selection ?? 'all',
    scope: 'allOrganizations',
  })
}
