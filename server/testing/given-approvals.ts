import { type Sql, sql } from '../src/platform/database/database.ts'
import { newId } from '../src/platform/ids.ts'

/** An approval as an execution leaves it that has ended before anybody decided. */
export function approvalRow(id: string, organizationId: string, executionId: string, title: string): Sql {
  return sql`
    insert into approvals (id, organization_id, execution_id, workflow_name, step_key, title, may_requester, requested_by, requester_type, requester_id,
      status, expires_at, decided_at)
    values (${id}, ${organizationId}, ${executionId}, 'sync_users', ${newId()}, ${title}, false, '{"type":"system","id":"x","name":"x"}', 'system', 'x',
      'closed', now() + interval '1 hour', now())`
}
