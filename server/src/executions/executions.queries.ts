import { type Database, empty, readInScope, type Scope, sql, type Transaction } from '../platform/database.ts'
import type { JsonObject, JsonValue } from '../platform/json.ts'
import { notifyPart } from '../platform/notifications.ts'
import type { Caller, Execution, ExecutionError, ExecutionKind, ExecutionStatus, Submission } from './executions.ts'

export type ExecutionRow = {
  id: string
  organization_id: string | null
  kind: ExecutionKind
  name: string
  status: ExecutionStatus
  input: JsonObject
  result: JsonValue
  error: ExecutionError | null
  timeout_ms: number
  caller: Caller
  progress: Execution['progress']
  code_version: string | null
  worker_id: string | null
  claim: number
  created_at: Date
  started_at: Date | null
  completed_at: Date | null
}

const interactivePriority = 1
const backgroundPriority = 10

/** Inserts a pending execution and tells the workers at commit. */
export async function insertExecution(transaction: Transaction, id: string, submission: Submission): Promise<void> {
  const { acting, ...given } = submission
  await transaction.query(sql`
    with made as (
      insert into executions (id, organization_id, kind, name, priority, input, timeout_ms, caller)
      values (${id}, ${given.organizationId}, ${given.kind}, ${given.name}, ${given.isInteractive ? interactivePriority : backgroundPriority},
        ${JSON.stringify(given.input)}, ${given.timeoutMs}, ${JSON.stringify(acting.actor)})
    )
    select ${notifyPart('execution.pending', id)}`)
}

/** Takes an idempotency key for an execution, and returns the execution that holds it: of simultaneous calls one wins. */
export async function claimIdempotencyKey(transaction: Transaction, organizationId: string, name: string, key: string, id: string): Promise<string> {
  const rows = await transaction.query<{ execution_id: string }>(sql`
    insert into execution_keys (organization_id, name, idempotency_key, execution_id)
    values (${organizationId}, ${name}, ${key}, ${id})
    on conflict (organization_id, name, idempotency_key) do update set execution_id = execution_keys.execution_id
    returning execution_id`)
  return rows[0]?.execution_id ?? id
}

export async function findExecution(db: Database, scope: Scope, id: string): Promise<ExecutionRow | undefined> {
  const organization = scope === 'allOrganizations' ? empty : sql`and organization_id = ${scope.organizationId}`
  const rows = await readInScope<ExecutionRow>(db, scope, sql`select * from executions where id = ${id} ${organization}`)
  return rows[0]
}
