import { asFor, hasLimits, limitedScopes, type Principal, scopeOf, withoutLimits } from '../access/principal.ts'
import { narrowedScope } from '../access/reach.ts'
import { type ExecutionFilter, getExecution } from '../engine/state/executions.ts'
import type { Database, Scope } from '../platform/database/database.ts'

/**
 * A principal as they are for the workflow of an execution. Whether they reach it is for the scope that they have then.
 *
 * @throws execution_not_found
 */
export async function asForExecution(db: Database, principal: Principal, id: string): Promise<Principal> {
  if (!hasLimits(principal)) return principal
  const { kind, name } = await getExecution(db, scopeOf(withoutLimits(principal)), id)
  return kind === 'workflow' ? asFor(principal, { workflow: name }) : principal
}

/** The executions that a principal sees: those in their scope, and those of the workflows that limited grants are for. */
export function executionsSeen(
  principal: Principal,
  organizationId: string | undefined,
): { scope: Scope; among?: ExecutionFilter['among'] } {
  if (!hasLimits(principal)) return { scope: narrowedScope(principal, organizationId) }
  return {
    scope: narrowedScope(withoutLimits(principal), organizationId),
    among: { scope: scopeOf(principal), workflows: limitedScopes(principal, 'workflow', 'canViewExecutions') },
  }
}
