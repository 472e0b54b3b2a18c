import { type Database, readInScope, sql } from '../../platform/database/database.ts'
import { storableJson } from '../../protocol/storable.ts'
import type { Claim } from '../state/claiming.queries.ts'

/** Shows how far an execution is, while this claim holds it. */
export async function saveProgress(db: Database, held: Claim, progress: object): Promise<void> {
  const rows = await readInScope(
    db,
    'allOrganizations',
    sql`
    update executions set progress = ${storableJson(JSON.stringify(progress))}
    where id = ${held.executionId} and claim = ${held.claim} and worker_id = ${held.workerId} and status in ('running', 'cancelling')
    returning id`,
    'kept',
  )
  if (rows.length > 0) db.tell('execution.progress', held.executionId)
}
