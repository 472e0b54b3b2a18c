import { z } from 'zod'
import { selectionField } from '../batches/selection.ts'
import type { WorkflowDefinition } from '../definitions/definitions.ts'
import type { Plan } from './schedule.ts'

/** The test of every active mapping. Its name cannot be given to a schedule of a workflow. */
export const testAllMappings = 'test_all_mappings'

/** The daily discovery of every integration that has its credentials. It makes no batch: each vendor is asked at a moment of its own. */
export const discoverAll = 'discover_all'

/** What the platform runs on its own, unless it is paused or set otherwise. */
export const builtInPlans: ReadonlyMap<string, Plan> = new Map<string, Plan>([
  // What was missed is caught up with, so that a machine that is off at night still sees what is gone or renamed.
  [discoverAll, { cron: '0 1 * * *', timeZone: 'UTC', organizations: 'all', missed: 'catch_up' }],
  [testAllMappings, { cron: '0 5 * * 1', timeZone: 'UTC', organizations: 'all', missed: 'skip' }],
])
export const builtInNames: readonly string[] = [...builtInPlans.keys()]

// What was published comes from author code, and perhaps from an older version of the SDK.
const published = z.object({
  cron: z.string(),
  timeZone: z.string().default('UTC'),
  organizations: selectionField.default('all'),
  missed: z.enum(['skip', 'catch_up']).default('skip'),
})

/** When a workflow runs as its author declared it; undefined where the author declared nothing. */
export function declaredPlan(definition: Pick<WorkflowDefinition, 'schedule'> | undefined): Plan | undefined {
  return published.safeParse(definition?.schedule).data
}
