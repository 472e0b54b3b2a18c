import type { ExecutionStatus } from '../engine/state/executions.ts'
import { type Database, readInScope, type Scope, sql } from '../platform/database/database.ts'
import { isWithin } from '../platform/database/scope.ts'

export type OrganizationSummaryRow = {
  organization_id: string
  mappings: number
  failing_mappings: number
  /** The last workflow: all three, or none of them. */
  execution_id: string | null
  status: ExecutionStatus | 'held' | null
  created_at: Date | null
}

/** How these organizations stand: their active mappings, and the workflow that was asked for last where that may be told. In no order. */
export function listOrganizationSummaries(
  db: Database,
  scope: Scope,
  ids: readonly string[],
  { executionsOf }: { /** The organizations of which it may be told what ran. */ executionsOf: Scope },
): Promise<OrganizationSummaryRow[]> {
  return readInScope<OrganizationSummaryRow>(
    db,
    scope,
    sql`
    select o.id as organization_id, mapped.mappings, mapped.failing_mappings, last.id as execution_id, last.status, last.created_at
    from organizations as o
    cross join lateral (
      select count(*)::int as mappings, (count(*) filter (where not last_test_success))::int as failing_mappings
      from organization_mappings where organization_id = o.id and is_active
    ) as mapped
    left join lateral (
      select id, status, created_at from executions where organization_id = o.id and kind = 'workflow' order by id desc limit 1
    ) as last on ${isWithin(executionsOf, sql`o.id`)}
    where o.id = any(${ids}::uuid[]) and ${isWithin(scope, sql`o.id`)}`,
  )
}
