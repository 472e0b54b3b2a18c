import { type Database, inScope, readInScope, sql } from '../../platform/database/database.ts'
import { advisoryLocks } from '../../platform/database/locks.ts'
import { type Claim, type ClaimedRow, claimOfHeld, isLeft, isUnsuspected } from '../state/claiming.queries.ts'
import { backgroundPriority, interactivePriority } from '../state/lanes.queries.ts'
import { type ClaimLimits, claimStatement, firstLine, type Line, type Turn } from './claim-statement.queries.ts'

export const firstTurn: Turn = { interactive: firstLine, background: firstLine }

export type Claimed = {
  rows: ClaimedRow[]
  /** Where the next claim begins. */
  turn: Turn
  /** True where another worker was quicker with some, or where it took some and interactive ones may wait behind lines that are all at a limit: there may be more to take at once. */
  mayHaveMore: boolean
}

type Row = ClaimedRow & { chosen: number; cut: { priority: number; line: Line }[] | null }

/**
 * Takes waiting executions: interactive ones first, then those of the organizations that have the fewest running, each line's oldest first.
 * A long line costs as much as a short one. What is over a limit stays and does not hold up what is behind it.
 *
 * @param isLimited something is limited over all workers, so that they claim one after the other
 */
export async function claimPending(
  db: Database,
  given: { workerId: string; codeVersion: string | null; limits: ClaimLimits; turn: Turn; isLimited: boolean },
): Promise<Claimed> {
  const statement = claimStatement(given)
  const rows = given.isLimited
    ? await inScope(
        db,
        'allOrganizations',
        (transaction) => {
          // What runs must not change between the count and the claim. Whatever is made durable later makes the claim durable as well, so nobody has to wait for the disk while it is held.
          const locked = transaction.query(
            sql`select set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock(${advisoryLocks.claims})`,
          )
          return Promise.all([transaction.query<Row>(statement), locked]).then(([claimed]) => claimed)
        },
        'kept',
      )
    : await readInScope<Row>(db, 'allOrganizations', statement, 'kept')
  const taken = rows.filter((row) => row.id !== null)
  const cut = rows[0]?.cut ?? []
  const isOvertaken = (rows[0]?.chosen ?? 0) > taken.length
  const mayHaveMore = isOvertaken || (taken.length > 0 && cut.some(({ priority }) => priority === interactivePriority))
  return { rows: taken, turn: turnAfter(given.turn, taken, cut), mayHaveMore }
}

/** Takes these executions as far as they wait: where there are places enough, nothing has to be weighed. */
export function claimHeard(
  db: Database,
  given: { workerId: string; codeVersion: string | null; ids: readonly string[] },
): Promise<ClaimedRow[]> {
  return readInScope<ClaimedRow>(
    db,
    'allOrganizations',
    sql`
    with held as (
      select id from executions e where id = any (${given.ids}) and status = 'pending' and ${isUnsuspected} order by id for update skip locked
    )
    ${claimOfHeld(given, sql`e.id = any (${given.ids})`)}`,
    'kept',
  )
}

/**
 * Takes some of what workers that are gone had begun, the oldest first. It kept its place in every limit, so none is asked. Of what is to be
 * tried apart it takes one, and none while this worker has one on trial.
 */
export function claimLeft(db: Database, given: { workerId: string; codeVersion: string | null; limit: number }): Promise<ClaimedRow[]> {
  return readInScope<ClaimedRow>(
    db,
    'allOrganizations',
    sql`
    with suspect as materialized (
      select id from executions where ${isLeft} and is_suspect and not exists (
        select from executions mine where mine.worker_id = ${given.workerId} and mine.is_suspect and mine.status in ('running', 'cancelling')
      )
      order by id limit 1 for update skip locked
    ), others as materialized (
      select id from executions where ${isLeft} and not is_suspect order by id limit ${given.limit} for update skip locked
    ), held as (select id from suspect union all select id from others)
    ${claimOfHeld(given)}`,
    'kept',
  )
}

/** The execution has run for long enough without its worker's having died: it is on trial no more. */
export async function endTrial(db: Database, { executionId, claim, workerId }: Claim): Promise<void> {
  await readInScope(
    db,
    'allOrganizations',
    sql`
    update executions set is_suspect = false
    where id = ${executionId} and claim = ${claim} and worker_id = ${workerId} and is_suspect and status in ('running', 'cancelling')
    returning id`,
  )
}

/** After the line that the last of the claimed rows of a lane stood in; else after those that were passed by, where there were too many. */
function turnAfter(turn: Turn, rows: readonly ClaimedRow[], cut: NonNullable<Row['cut']>): Turn {
  const last = (priority: number): Line | undefined => {
    const row = rows.findLast((candidate) => candidate.priority === priority && candidate.organization_id !== null)
    if (row) return { organizationId: row.organization_id ?? firstLine.organizationId, kind: row.kind, name: row.name }
    return cut.find((entry) => entry.priority === priority)?.line
  }
  return { interactive: last(interactivePriority) ?? turn.interactive, background: last(backgroundPriority) ?? turn.background }
}
