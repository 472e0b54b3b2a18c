import { z } from 'zod'
import type { Principal } from '../access/principal.ts'
import { canReach, reachesAll } from '../access/reach.ts'
import type { Execution } from '../engine/state/execution.ts'
import type { Database } from '../platform/database/database.ts'
import { countAhead, findHold, listRunning } from './queued.queries.ts'

export const queuedView = z
  .object({
    reason: z
      .enum(['batch_paused', 'concurrency_per_organization', 'concurrency_total', 'no_worker', 'take_over', 'queue'])
      .describe(
        'What it waits for: its batch is paused; as many executions of the workflow run as its `concurrency` allows, of the organization or of all; no worker runs; its worker was lost and another takes it over; a free place of a worker.',
      ),
    message: z.string(),
    limit: z.int().nullable().describe('Of `concurrency`.'),
    behind: z
      .array(z.object({ execution_id: z.uuid(), org_id: z.uuid().nullable(), started_at: z.iso.datetime().nullable() }))
      .describe('Running ones that it waits for: the oldest five of those that you may see.'),
    ahead: z.int().describe('How many wait before it: at most 1000 are counted.'),
  })
  .meta({ id: 'Queued' })

export type Queued = z.output<typeof queuedView>

const counted = (count: number, one: string, many: string) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`

const atMost = (limit: number, whom: string) =>
  limit === 1
    ? `Only one execution of the workflow runs at a time ${whom}, and one is running.`
    : `At most ${limit} executions of the workflow run at a time ${whom}, and ${limit} are running.`

/** Why an execution has not started yet, and behind what it stands. Undefined where it has. */
export async function findQueued(db: Database, principal: Principal, execution: Execution): Promise<Queued | undefined> {
  if (execution.status !== 'pending') return undefined
  const hold = await findHold(db, execution)
  if (!hold) return undefined
  const ahead = hold.status === 'held' ? 0 : await countAhead(db, execution, hold)
  const before = ahead === 0 ? '' : ` ${counted(ahead, 'execution waits', 'executions wait')} before it.`
  const plain = (reason: Queued['reason'], message: string): Queued => ({ reason, message, limit: null, behind: [], ahead })
  if (hold.status === 'held') return plain('batch_paused', 'Its batch is paused. It starts when the batch is resumed.')
  if (hold.claim > 0) return plain('take_over', 'Its worker was lost. Another worker continues it shortly.')
  if (hold.workers === 0) return plain('no_worker', 'No worker is running. It starts when one does.')
  const behind = async (organizationId: string | null) =>
    (await listRunning(db, execution.name, organizationId))
      .filter(({ organization_id: id }) => (id === null ? reachesAll(principal) : canReach(principal, id)))
      .map((row) => ({ execution_id: row.id, org_id: row.organization_id, started_at: row.started_at?.toISOString() ?? null }))
  if (hold.per_organization !== null && hold.running_here >= hold.per_organization)
    return {
      reason: 'concurrency_per_organization',
      message: `${atMost(hold.per_organization, 'for an organization')}${before}`,
      limit: hold.per_organization,
      behind: await behind(execution.organizationId),
      ahead,
    }
  if (hold.total !== null && hold.running_everywhere >= hold.total)
    return {
      reason: 'concurrency_total',
      message: `${atMost(hold.total, 'for all organizations together')}${before}`,
      limit: hold.total,
      behind: await behind(null),
      ahead,
    }
  return plain('queue', `It waits for a free place of a worker.${before}`)
}
