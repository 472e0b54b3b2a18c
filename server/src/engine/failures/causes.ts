import { z } from 'zod'
import type { Sql, Transaction } from '../../platform/database/database.ts'
import { type CauseRow, listCauseRows } from './causes.queries.ts'

export { causeOf, listIdsOfCause, recentFailures, withoutNames } from './causes.queries.ts'

/** A cause as it is named on the wire. */
export const causeField = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .describe('Only what failed for this cause.')

export const failureCauseView = z
  .object({
    cause: z.string().describe('Names the cause where what failed for it is tried again.'),
    count: z.int().describe('So many executions failed for it.'),
    code: z.string().nullable(),
    type: z.string().nullable().describe('The class of the error, as its author named it.'),
    message: z.string().describe('Of the newest of them.'),
    guidance: z.string().nullable().describe('What to do about it, where that is known.'),
    integration_name: z.string().nullable(),
    failure_kind: z
      .string()
      .nullable()
      .describe('Where an integration failed and what to do is known: `credentials`, `secret_missing`, `unknown_id`, `network` and so on.'),
    mapping_id: z.string().nullable().describe('The mapping that was named and is not there, or not active.'),
    newest_at: z.iso.datetime(),
    executions: z
      .array(
        z.object({
          execution_id: z.uuid(),
          workflow_name: z.string(),
          org_id: z.uuid().nullable(),
          org_name: z.string().nullable(),
        }),
      )
      .describe('The newest hundred.'),
  })
  .meta({ id: 'FailureCause' })

export type FailureCause = z.input<typeof failureCauseView>

function viewOf({ hit, newest_at, ...row }: CauseRow): FailureCause {
  return { ...row, newest_at: newest_at.toISOString(), executions: hit }
}

/**
 * Why executions failed, the most frequent cause first: twenty causes at most.
 *
 * @param transaction across all organizations
 * @param failures selects `e.*` of the executions that failed, as far as the asker may see them
 */
export async function findCauses(transaction: Transaction, failures: Sql): Promise<FailureCause[]> {
  return (await listCauseRows(transaction, failures)).map(viewOf)
}
