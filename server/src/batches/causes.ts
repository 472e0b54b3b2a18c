import { listDefinitions } from '../definitions/definitions.ts'
import { type FailureCause, findCauses } from '../engine/failures/causes.ts'
import { failureKindOf, guidanceFor } from '../engine/failures/guidance.ts'
import { type Database, inScope, type Scope } from '../platform/database/database.ts'
import { failuresOf } from './batches.queries.ts'

/** More failures of one batch are not looked through. */
const maxFailures = 10_000

/** Why executions of a batch failed; of connection tests, with the guidance that their mappings show. */
export async function findCausesOf(db: Database, scope: Scope, batchId: string): Promise<FailureCause[]> {
  const causes = await inScope(db, scope, (transaction) => findCauses(transaction, failuresOf(batchId, maxFailures)))
  if (causes.every(({ failure_kind, integration_name }) => failure_kind !== null || integration_name === null)) return causes
  const integrations = new Map((await listDefinitions(db, 'integration')).map((integration) => [integration.name, integration]))
  return causes.map((cause) => {
    const integration = cause.integration_name === null ? undefined : integrations.get(cause.integration_name)
    if (!integration) return cause
    const failure = { message: cause.message, details: { code: cause.code }, ...(cause.type === null ? {} : { type: cause.type }) }
    return {
      ...cause,
      guidance: cause.guidance ?? guidanceFor(failure, integration, 'mapping') ?? null,
      failure_kind: cause.failure_kind ?? failureKindOf(failure) ?? null,
    }
  })
}
