import { sql, type Transaction } from '../../platform/database/database.ts'
import type { Submission } from './execution.ts'
import { backgroundPriority, interactivePriority } from './lanes.queries.ts'
import { after } from './transitions.ts'

/** Inserts a pending execution, of which the workers are told. */
export async function insertExecution(transaction: Transaction, id: string, submission: Submission): Promise<void> {
  const { acting, ...given } = submission
  const status = given.batch?.isPaused ? after('submit', 'held') : after('submit', 'pending')
  await transaction.query(sql`
    insert into executions (id, organization_id, kind, name, priority, input, timeout_ms, deadline_ms, caller, batch_id, status, retry_of, code_version)
    values (${id}, ${given.organizationId}, ${given.kind}, ${given.name}, ${given.isInteractive ? interactivePriority : backgroundPriority},
      ${JSON.stringify(given.input)}, ${given.timeoutMs}, ${given.deadlineMs ?? null}, ${JSON.stringify(acting.actor)}, ${given.batch?.id ?? null},
      ${status}, ${given.retryOf?.id ?? null}, ${given.retryOf?.codeVersion ?? null})`)
  transaction.tell('execution.pending', id)
}

/** Takes an idempotency key for an execution, and returns the execution that holds it: of simultaneous calls one wins. */
export async function claimIdempotencyKey(
  transaction: Transaction,
  organizationId: string,
  name: string,
  key: string,
  id: string,
): Promise<string> {
  const rows = await transaction.query<{ execution_id: string }>(sql`
    insert into execution_keys (organization_id, name, idempotency_key, execution_id)
    values (${organizationId}, ${name}, ${key}, ${id})
    on conflict (organization_id, name, idempotency_key) do update set execution_id = execution_keys.execution_id
    returning execution_id`)
  return rows[0]?.execution_id ?? id
}
