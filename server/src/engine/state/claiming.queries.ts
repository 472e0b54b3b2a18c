import { type Sql, sql } from '../../platform/database/database.ts'
import type { RunOrder } from '../../protocol/channel.ts'
import type { ExecutionRow } from './execution-row.ts'
import { after, canMake } from './transitions.ts'

/** An execution that this worker holds. A later claim of it is another worker's, which has taken it over. */
export type Claim = { executionId: string; workerId: string; claim: number }

/** A claimed execution and the organization that it is for. */
export type ClaimedRow = ExecutionRow & {
  organization: RunOrder['organization']
  /** On trial: a worker that had it died. */
  is_suspect: boolean
  /** Deaths of workers that it was the cause of, and those of which nobody could tell. */
  losses: number
  shared_losses: number
}

const organizationColumn = sql`(select json_build_object('id', o.id, 'name', o.name, 'domains', o.domains, 'tenantId', o.tenant_id, 'fields', o.fields) from organizations o where o.id = organization_id) as organization`

/**
 * The statement that gives the executions of the table expression `held`, which has locked them, to a worker. The code version stays that of
 * the first start: what is recorded was asked for by that code.
 *
 * @param among a condition on `e.id` that says the same: by it PostgreSQL leaves the partitions out that have none of them
 */
export function claimOfHeld({ workerId, codeVersion }: { workerId: string; codeVersion: string | null }, among?: Sql): Sql {
  return sql`
    update executions e
    set status = ${after('claim', 'running')}, worker_id = ${workerId}, claim = e.claim + 1, started_at = coalesce(e.started_at, clock_timestamp()),
      claimed_at = clock_timestamp(), is_woken = false, code_version = coalesce(e.code_version, ${codeVersion})
    from held where e.id = held.id and ${among ?? sql`true`} and ${canMake('claim', 'e')}
    returning e.*, ${organizationColumn}`
}

/** The condition for one that waits for a worker to continue with it, because the worker that had begun it is gone: it keeps its place in every limit. */
export const isLeft = sql`status = 'pending' and claim > 0 and wait_for is null`

/** What is to be tried apart is taken with what is left, and not here. Of the table `e`. */
export const isUnsuspected = sql`(not e.is_suspect or e.wait_for is not null)`

/** How long an execution has run when it leaves its worker's hands now. Of the table `e`. */
export const ranMsNow = sql`e.ran_ms + coalesce(extract(epoch from clock_timestamp() - e.claimed_at) * 1000, 0)`

/** The execution as far as this claim holds it, locked: who takes it over afterwards finds what is written, and who was first is found here. No row where another has it. */
export function heldBy({ executionId, claim, workerId }: Claim): Sql {
  return sql`
    select id, organization_id from executions where id = ${executionId} and claim = ${claim} and worker_id = ${workerId} for key share`
}
