import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { asFor, scopeOf, seenBy } from '../access/principal.ts'
import type { Acting, AuditAction } from '../audit/audit.ts'
import { getDefinition, listDefinitions } from '../definitions/definitions.ts'
import { causeField, failureCauseView } from '../engine/failures/causes.ts'
import type { EndHandler } from '../engine/state/requests.ts'
import { mappingFilterFields } from '../mapping-lists/mapping-filter.ts'
import type { Database, Scope } from '../platform/database/database.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { wireId } from '../platform/http/text.ts'
import { itemStatuses } from './batch.ts'
import { listItemRows } from './batch-items.queries.ts'
import { batchItemView, batchView, viewOfBatch, viewOfItem } from './batch-view.ts'
import { listBatchRows } from './batches.queries.ts'
import { asForBatch, batchOf, getBatch, requireSelection } from './batches.ts'
import { findCausesOf } from './causes.ts'
import { testMappingsOfMany } from './mapping-tests.ts'
import { selectionField } from './selection.ts'
import { cancelBatch, pauseBatch, resumeBatch, retryFailed } from './steering.ts'

const idParameter = z.object({ id: wireId.describe('The batch.') })
const idCursor = z.tuple([z.uuid()])

/** `/api/batches`: what runs for many organizations at once. Who may act for some sees the batches that are for no others. */
export function batchRoutes(dependencies: { db: Database; endHandlers: readonly EndHandler[] }): Route[] {
  const { db } = dependencies

  /** A change of a batch that answers with the batch as it is then. */
  function steeringRoute(
    name: 'pause' | 'resume' | 'cancel',
    summary: string,
    description: string,
    action: AuditAction,
    steer: (given: typeof dependencies & { scope: Scope }, acting: Acting, id: string) => Promise<void>,
  ): Route {
    return definePrincipalRoute({
      method: 'POST',
      path: `/batches/:id/${name}`,
      operationId: `${name}Batch`,
      tag: 'Batches',
      summary,
      description,
      permission: 'canRunWorkflows',
      audit: { action },
      params: idParameter,
      responses: { 202: batchView },
      errors: ['batch_not_found', 'batch_finished', 'batch_cancelled'],
      async handler({ params, ...request }) {
        const scope = scopeOf(await asForBatch(db, request.principal, params.id))
        const { id } = await getBatch(db, scope, params.id)
        await steer({ ...dependencies, scope }, actingOf(request), id)
        return { status: 202, body: viewOfBatch(await getBatch(db, scope, id)) }
      },
    })
  }

  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/batches',
      operationId: 'listBatches',
      tag: 'Batches',
      summary: 'List batches, newest first',
      permission: 'canRunWorkflows',
      audit: { none: 'reads only' },
      query: pageQuery.extend({ workflow_name: z.string().max(50).optional() }),
      responses: { 200: z.object({ batches: z.array(batchView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: [],
      async handler({ query, principal }) {
        const [beforeId] = query.cursor === undefined ? [] : parseCursor(query.cursor, idCursor)
        const { workflow_name: name } = query
        // What is asked of one workflow is judged for it: a batch may be for organizations of two grants together.
        const seen: ReturnType<typeof seenBy> =
          name === undefined ? seenBy(principal, 'workflow', 'canRunWorkflows') : { scope: scopeOf(asFor(principal, { workflow: name })) }
        const rows = await listBatchRows(db, seen.scope, {
          among: seen.among,
          name,
          beforeId,
          limit: query.limit + 1,
        })
        const page = pageOf(rows, query.limit, (last) => [last.id])
        const batches = page.items.map((row) => viewOfBatch(batchOf(row)))
        return { status: 200, body: { batches, count: batches.length, next_cursor: page.nextCursor } }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/batches/:id',
      operationId: 'getBatch',
      tag: 'Batches',
      summary: 'Read how far a batch is',
      permission: 'canRunWorkflows',
      audit: { none: 'reads only' },
      params: idParameter,
      responses: { 200: batchView },
      errors: ['batch_not_found'],
      async handler({ params, principal }) {
        return { status: 200, body: viewOfBatch(await getBatch(db, scopeOf(await asForBatch(db, principal, params.id)), params.id)) }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/batches/:id/executions',
      operationId: 'listBatchExecutions',
      tag: 'Batches',
      summary: 'List the results of a batch, one for each organization or mapping',
      permission: 'canRunWorkflows',
      audit: { none: 'reads only' },
      params: idParameter,
      query: pageQuery.extend({ status: z.enum(itemStatuses).optional() }),
      responses: { 200: z.object({ executions: z.array(batchItemView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: ['batch_not_found'],
      async handler({ params, query, principal }) {
        const scope = scopeOf(await asForBatch(db, principal, params.id))
        const { id } = await getBatch(db, scope, params.id)
        const [afterId] = query.cursor === undefined ? [] : parseCursor(query.cursor, idCursor)
        const rows = await listItemRows(db, scope, id, { status: query.status, afterId, limit: query.limit + 1 })
        const page = pageOf(rows, query.limit, (last) => [last.subject_id])
        const definitions = page.items.some((row) => row.test_of !== null) ? await listDefinitions(db, 'integration') : []
        const integrations = new Map(definitions.map((integration) => [integration.name, integration]))
        return {
          status: 200,
          body: {
            executions: page.items.map((row) => viewOfItem(row, integrations)),
            count: page.items.length,
            next_cursor: page.nextCursor,
          },
        }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/batches/:id/causes',
      operationId: 'listBatchFailureCauses',
      tag: 'Batches',
      summary: 'List why executions of a batch failed, the most frequent cause first',
      description: 'What failed for one reason is one cause, whichever organizations it hit. Twenty causes at most.',
      permission: 'canRunWorkflows',
      audit: { none: 'reads only' },
      params: idParameter,
      responses: { 200: z.object({ causes: z.array(failureCauseView), count: z.int() }) },
      errors: ['batch_not_found'],
      async handler({ params, principal }) {
        const scope = scopeOf(await asForBatch(db, principal, params.id))
        const { id } = await getBatch(db, scope, params.id)
        const causes = await findCausesOf(db, scope, id)
        return { status: 200, body: { causes, count: causes.length } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/mappings/test',
      operationId: 'testMappings',
      tag: 'Batches',
      summary: 'Test the active mappings of many organizations',
      description:
        'Makes a batch with a connection test for each mapping that the filters match, as `GET /api/mappings` does, and does not wait for any. Each result is kept on its mapping.',
      permission: 'canManageMappings',
      audit: { action: 'batch.created' },
      body: z.strictObject({ organizations: selectionField, ...mappingFilterFields }),
      responses: { 202: batchView },
      errors: ['organization_not_found', 'integration_not_found'],
      async handler({ body, ...request }) {
        await requireSelection(db, body.organizations, request.principal)
        if (body.integration_name !== undefined) await getDefinition(db, 'integration', body.integration_name)
        const batch = await testMappingsOfMany(db, {
          selection: body.organizations,
          filter: { integrationName: body.integration_name, attention: body.attention, search: body.search, cause: body.cause },
          scope: scopeOf(request.principal),
          acting: actingOf(request),
        })
        return { status: 202, body: viewOfBatch(batch) }
      },
    }),
    steeringRoute(
      'pause',
      'Pause a batch',
      'No further execution of it begins; those that run continue to their ends. Pausing it again changes nothing.',
      'batch.paused',
      pauseBatch,
    ),
    steeringRoute(
      'resume',
      'Resume a paused batch',
      'Organizations that were deactivated meanwhile are skipped.',
      'batch.resumed',
      resumeBatch,
    ),
    steeringRoute(
      'cancel',
      'Cancel what has not ended of a batch',
      'What waits is cancelled at once; what runs is told by its signal and ends within seconds. Cancelling it again changes nothing.',
      'batch.cancelled',
      cancelBatch,
    ),
    definePrincipalRoute({
      method: 'POST',
      path: '/batches/:id/retry-failed',
      operationId: 'retryFailedOfBatch',
      tag: 'Batches',
      summary: 'Run again what failed of a batch, and nothing else',
      description:
        'New executions take the places of those that failed or took too long, and name them in `retry_of`. Those of a workflow continue from the failed step, as `POST /api/executions/{id}/retry` does: what succeeded is not done again. Connection tests that found a failure are made again.',
      permission: 'canRunWorkflows',
      audit: { action: 'batch.retried' },
      params: idParameter,
      query: z.object({ cause: causeField.optional() }),
      responses: { 202: batchView },
      errors: ['batch_not_found', 'batch_cancelled'],
      async handler({ params, query, ...request }) {
        const scope = scopeOf(await asForBatch(db, request.principal, params.id))
        const { id } = await getBatch(db, scope, params.id)
        await retryFailed({ ...dependencies, scope }, actingOf(request), id, query.cause)
        return { status: 202, body: viewOfBatch(await getBatch(db, scope, id)) }
      },
    }),
  ]
}
