import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { seenBy } from '../access/principal.ts'
import type { QueueGate } from '../engine/dispatch/queue-gate.ts'
import { causeField, failureCauseView, findCauses, listIdsOfCause, recentFailures } from '../engine/failures/causes.ts'
import { getExecution } from '../engine/state/executions.ts'
import { type Database, inScope } from '../platform/database/database.ts'
import { DomainError } from '../platform/errors.ts'
import type { Route } from '../platform/http/http.ts'
import { wireWholeNumberOr } from '../platform/http/text.ts'
import { retryExecution } from './retrying.ts'

/** Older failures than these are looked at one by one. */
const hoursField = wireWholeNumberOr(24, 1, 168).describe('Only what was asked for in the last so many hours.')
/** More failures are not looked through. */
const maxFailures = 10_000
/** What one request tries again; the rest with the next. */
const maxRetries = 200

const refusalView = z.object({ execution_id: z.uuid(), error: z.string(), message: z.string() })

type Dependencies = { db: Database; queue: QueueGate }

/** Failed workflows by their causes, and trying again what failed for one of them. */
export function causeRoutes({ db, queue }: Dependencies): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/executions/causes',
      operationId: 'listFailureCauses',
      tag: 'Executions',
      summary: 'List why workflows failed lately, the most frequent cause first',
      description:
        'Of the workflows that failed or took too long and were not tried again, of active organizations: what failed for one reason is one cause, whichever organizations it hit. Twenty causes at most.',
      permission: 'canViewExecutions',
      audit: { none: 'reads only' },
      query: z.object({ hours: hoursField }),
      responses: { 200: z.object({ causes: z.array(failureCauseView), count: z.int() }) },
      errors: [],
      async handler({ query, principal }) {
        const seen = seenBy(principal, 'workflow', 'canViewExecutions')
        const failures = recentFailures(seen, query.hours, maxFailures)
        const causes = await inScope(db, seen.scope, (transaction) => findCauses(transaction, failures))
        return { status: 200, body: { causes, count: causes.length } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/executions/retry',
      operationId: 'retryExecutionsOfCause',
      tag: 'Executions',
      summary: 'Try again what failed for a cause, from the failed steps on',
      description:
        'Does what `POST /api/executions/{id}/retry` does for each execution that failed for the cause, the oldest first, two hundred at most. `is_complete` is false where some are left: ask again. `refused` says which could not be tried again, and why.',
      permission: 'canRunWorkflows',
      audit: { action: 'execution.retried' },
      body: z.strictObject({ cause: causeField, hours: hoursField.optional() }),
      responses: {
        202: z.object({ retried: z.int(), refused: z.array(refusalView), is_complete: z.boolean() }),
      },
      errors: ['queue_full'],
      async handler({ body, ...request }) {
        const seen = seenBy(request.principal, 'workflow', 'canRunWorkflows')
        const { scope } = seen
        const asked = { seen, hours: body.hours ?? 24, cause: body.cause, max: maxRetries + 1 }
        const ids = await inScope(db, scope, (transaction) => listIdsOfCause(transaction, asked))
        const refused: z.input<typeof refusalView>[] = []
        let retried = 0
        for (const id of ids.slice(0, maxRetries)) {
          try {
            const first = await getExecution(db, scope, id)
            await queue.admit(first.organizationId)
            await retryExecution(db, actingOf(request), first)
            retried += 1
          } catch (failure) {
            // What was tried again stays so; what else is in the way of one is not in the way of the others.
            if (!(failure instanceof DomainError) || (failure.code === 'queue_full' && retried === 0)) throw failure
            refused.push({ execution_id: id, error: failure.code, message: failure.message })
            if (failure.code === 'queue_full') break
          }
        }
        return { status: 202, body: { retried, refused, is_complete: ids.length === retried + refused.length } }
      },
    }),
  ]
}
