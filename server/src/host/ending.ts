import { closeOpenSteps } from '../executions/executions.queries.ts'
import type { Execution } from '../executions/executions.ts'
import type { EndHandler, Outcome } from '../executions/requests.ts'
import type { Transaction } from '../platform/database.ts'
import { type Claim, endExecution } from './host.queries.ts'

/**
 * Ends an execution while this claim holds it, with what the kind's slice does with the end.
 *
 * @param hasOpenSteps false where all of its steps are known to have ended
 * @returns false where another worker has it, and nothing was done
 */
export async function endHeld(
  transaction: Transaction,
  endHandlers: readonly EndHandler[],
  { execution, claim }: { execution: Execution; claim: Claim },
  outcome: Outcome,
  hasOpenSteps = true,
): Promise<boolean> {
  const ended = endExecution(transaction, claim, outcome)
  await Promise.all([ended, hasOpenSteps ? closeOpenSteps(transaction, execution.id) : undefined])
  if (!(await ended)) return false
  for (const handler of endHandlers) if (handler.kind === execution.kind) await handler.onEnd(transaction, execution, outcome)
  return true
}
