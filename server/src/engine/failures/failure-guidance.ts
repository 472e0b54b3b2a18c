import type { Logger } from 'pino'
import { findDefinition, type IntegrationDefinition } from '../../definitions/definitions.ts'
import type { Database } from '../../platform/database/database.ts'
import { isDatabaseAway } from '../../platform/database/outages.ts'
import { kinds } from '../../protocol/kinds.ts'
import type { Execution, ExecutionError } from '../state/executions.ts'
import { failureKindOf, guidanceFor } from './guidance.ts'

type Vendor = Pick<IntegrationDefinition, 'displayName' | 'secrets' | 'config'>

/**
 * The failure of an execution, with what to do about it where an integration failed: `details.guidance` and of which kind it is
 * (`details.failure_kind`), and the integration in `details.integration_name`, which the runner noted where the execution is not of an integration. Any other failure stays as it is, and
 * costs nothing.
 */
export async function withGuidance(
  { db, logger }: { db: Database; logger: Logger },
  execution: Pick<Execution, 'id' | 'kind' | 'name'>,
  error: ExecutionError,
): Promise<ExecutionError> {
  const { asks } = kinds[execution.kind]
  const name = asks === null ? error.details.integration_name : execution.name
  if (typeof name !== 'string' || typeof error.details.guidance === 'string') return error
  try {
    const integration: Vendor = (await findDefinition(db, 'integration', name)) ?? { displayName: name, secrets: [], config: [] }
    const known = guidanceFor(error, integration, asks ?? 'mapping')
    // A person who tests or discovers stands before the credentials.
    const guidance = known ?? (asks === null ? whereToSet(error, integration) : undefined)
    if (guidance === undefined) return error
    // Which remedy a page offers beside the sentence.
    const kind = failureKindOf(error)
    return {
      ...error,
      details: { ...error.details, integration_name: name, guidance, ...(kind === undefined ? {} : { failure_kind: kind }) },
    }
  } catch (failure) {
    if (isDatabaseAway(failure)) throw failure
    logger.warn({ err: failure, executionId: execution.id }, 'what to do about a failure could not be found out')
    return error
  }
}

/** The sentence of a missing secret names its key; an administrator knows it by the label that the integration gives it. */
function whereToSet(error: ExecutionError, { displayName, secrets }: Vendor): string | undefined {
  if (failureKindOf(error) !== 'secret_missing') return undefined
  const { key } = error.details
  const secret = secrets.find((declared) => declared.key === key)
  return `Set ${secret ? `'${secret.label}' (${secret.key})` : 'it'} among the credentials of ${displayName}, for this organization or globally, and try again.`
}
