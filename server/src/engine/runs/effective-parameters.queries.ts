import { type Database, readInScope, sql } from '../../platform/database/database.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { storableJson } from '../../protocol/storable.ts'
import type { Claim } from '../state/claiming.queries.ts'

/** Keeps what the code is called with, while this claim holds the execution. */
export async function saveEffectiveParameters(db: Database, held: Claim, parameters: JsonObject): Promise<void> {
  await readInScope(
    db,
    'allOrganizations',
    sql`
    update executions set effective_parameters = ${storableJson(JSON.stringify(parameters))}
    where id = ${held.executionId} and claim = ${held.claim} and worker_id = ${held.workerId} and status in ('running', 'cancelling')
    returning id`,
    'kept',
  )
}
