import type { Logger } from 'pino'
import type { Transaction } from '../../platform/database/database.ts'
import { refusalOf } from '../../platform/database/savepoint.ts'
import type { Claim } from './claiming.queries.ts'
import { closeOpenSteps, endExecution } from './ending.queries.ts'
import type { Execution } from './executions.ts'
import type { EndHandler, Outcome } from './requests.ts'

/**
 * Ends an execution while this claim holds it, with what the kind's slice does with the end.
 *
 * @param held.progress how far it was, where that may not be saved yet
 * @param hasOpenSteps false where all of its steps are known to have ended
 * @returns false where another worker has it, and nothing was done
 */
export async function endHeld(
  transaction: Transaction,
  endHandlers: readonly EndHandler[],
  { execution, claim, progress }: { execution: Execution; claim: Claim; progress?: Execution['progress'] },
  outcome: Outcome,
  hasOpenSteps = true,
): Promise<boolean> {
  const ended = endExecution(transaction, claim, outcome, progress)
  await Promise.all([ended, hasOpenSteps ? closeOpenSteps(transaction, execution.id) : undefined])
  if (!(await ended)) return false
  for (const handler of endHandlers) if (handler.kind === execution.kind) await handler.onEnd(transaction, execution, outcome)
  return true
}

/**
 * Ends an execution that has been tried often enough. Where that is refused with all that belongs to it, it is ended without: its steps
 * stay as they are, and its kind's slice is not told. One execution that cannot be ended at all holds up no other of the transaction.
 */
export async function endHeldAnyhow(
  transaction: Transaction,
  endHandlers: readonly EndHandler[],
  held: { execution: Execution; claim: Claim },
  outcome: Outcome,
  logger: Logger,
): Promise<void> {
  const executionId = held.execution.id
  const refusal = await refusalOf(transaction, () => endHeld(transaction, endHandlers, held, outcome))
  if (!refusal) return
  logger.error({ err: refusal, executionId }, 'the end of an execution was refused, and is written without what belongs to it')
  const last = await refusalOf(transaction, () => endExecution(transaction, held.claim, outcome))
  if (last) logger.error({ err: last, executionId }, 'an execution cannot be ended, because the database refuses it')
}
