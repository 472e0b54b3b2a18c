import { z } from 'zod'
import { definePrincipalRoute } from '../access/auth.ts'
import { seenBy, withoutLimits } from '../access/principal.ts'
import { narrowedScope } from '../access/reach.ts'
import type { Database } from '../platform/database/database.ts'
import type { Route } from '../platform/http/http.ts'
import { wireId, wireWholeNumberOr } from '../platform/http/text.ts'
import { findStatistics, type Outcomes, type WorkflowOutcomes } from './statistics.queries.ts'

/** Beyond so many executions the answer would take seconds; it says from when on it counts. */
const maxCounted = 200_000

const outcomes = {
  succeeded: z.int(),
  failed: z.int().describe('Those that took too long, too.'),
  cancelled: z.int(),
  under_way: z.int().describe('Those that wait, run or are being cancelled.'),
}
const figures = {
  runs: z.int(),
  ...outcomes,
  success_rate: z.number().nullable().describe('Of those that succeeded or failed, from 0 to 1; null where there is none.'),
  median_ms: z.number().nullable().describe('Milliseconds from the start to the end, of those that succeeded or failed.'),
  p95_ms: z.number().nullable().describe('95 of 100 took no longer.'),
}

const statisticsView = z
  .object({
    since: z.iso.datetime().describe('The beginning of the first hour.'),
    counted_since: z.iso.datetime().describe('Later than `since` where there were too many executions to count them all.'),
    is_complete: z.boolean().describe('False where only the executions since `counted_since` are counted.'),
    hours: z
      .array(z.object({ at: z.iso.datetime(), ...outcomes }))
      .describe('One for each hour, oldest first; the last is the current one.'),
    total: z.object(figures),
    workflows: z.array(z.object({ workflow_name: z.string(), ...figures })).describe('The most often run first.'),
  })
  .meta({ id: 'ExecutionStatistics' })

const outcomesOf = ({ succeeded, failed, cancelled, under_way }: Outcomes): Outcomes => ({ succeeded, failed, cancelled, under_way })

function figuresOf(counted: WorkflowOutcomes) {
  const { runs, succeeded, failed, median_ms, p95_ms } = counted
  const ended = succeeded + failed
  return { runs, ...outcomesOf(counted), success_rate: ended === 0 ? null : succeeded / ended, median_ms, p95_ms }
}

const none: WorkflowOutcomes = { name: null, runs: 0, succeeded: 0, failed: 0, cancelled: 0, under_way: 0, median_ms: null, p95_ms: null }

/** `GET /api/executions/statistics`: how workflows went, by hour and by workflow. */
export function statisticsRoutes({ db, maxCounted: max = maxCounted }: { db: Database; maxCounted?: number }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/executions/statistics',
      operationId: 'getExecutionStatistics',
      tag: 'Executions',
      summary: 'Count the workflows that ran, by hour and outcome, with success rate and duration by workflow',
      description: `Counts the newest ${maxCounted.toLocaleString('en')} at most. Where there were more, \`is_complete\` is false and \`counted_since\` says from when on it counts.`,
      permission: 'canViewExecutions',
      audit: { none: 'reads only' },
      query: z.object({
        hours: wireWholeNumberOr(24, 1, 168).describe('So many hours, the current one among them.'),
        org_id: wireId.optional().describe('Only those of this organization.'),
      }),
      responses: { 200: statisticsView },
      errors: [],
      async handler({ query, principal }) {
        const row = await findStatistics(db, narrowedScope(withoutLimits(principal), query.org_id), {
          among: seenBy(principal, 'workflow', 'canViewExecutions').among,
          hours: query.hours,
          max,
        })
        const isComplete = row.counted < max
        const workflows = row.workflows.flatMap((counted) =>
          counted.name === null ? [] : [{ workflow_name: counted.name, ...figuresOf(counted) }],
        )
        return {
          status: 200,
          body: {
            since: row.since.toISOString(),
            counted_since: (isComplete ? row.since : (row.oldest ?? row.since)).toISOString(),
            is_complete: isComplete,
            hours: row.hours.map((hour) => ({ at: new Date(hour.at).toISOString(), ...outcomesOf(hour) })),
            total: figuresOf(row.workflows.find(({ name }) => name === null) ?? none),
            workflows,
          },
        }
      },
    }),
  ]
}
