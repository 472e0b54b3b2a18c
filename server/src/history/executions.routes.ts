import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { scopeOf } from '../access/principal.ts'
import { viewsFor } from '../approvals/approval-view.ts'
import { listApprovalsOf } from '../approvals/listing.ts'
import type { QueueGate } from '../engine/dispatch/queue-gate.ts'
import { cancelExecution } from '../engine/state/cancellation.ts'
import { executionStatuses } from '../engine/state/execution.ts'
import { viewOfExecution } from '../engine/state/execution-view.ts'
import { executionOf, findRetryOf, getExecution, listExecutions, listSteps } from '../engine/state/executions.ts'
import type { EndHandler } from '../engine/state/requests.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { platformError } from '../platform/errors.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { wireId, wireWholeNumber, wireWholeNumberOr } from '../platform/http/text.ts'
import { SharedReads } from '../platform/shared-reads.ts'
import { executionKinds } from '../protocol/kinds.ts'
import { asForExecution, executionsSeen } from './execution-access.ts'
import { executionDetailView, executionSummaryView, viewOfDetail, viewOfSummary } from './execution-view.ts'
import { followLog, type SentLine } from './log-stream.ts'
import { listLogLines } from './logs.queries.ts'
import { logLineView, viewOfLine } from './logs.ts'
import { findQueued } from './queued.ts'
import { findRelatedNames } from './related-names.ts'
import { retryExecution } from './retrying.ts'
import { getStepResult, stepResultView } from './step-results.ts'

const idParameter = z.object({ id: z.uuid().describe('The execution.') })

const stepParameters = idParameter.extend({
  index: wireWholeNumber(0, 100_000).describe('The place of the step in `steps`, from 0.'),
})

const listQuery = pageQuery.extend({
  org_id: wireId.optional(),
  workflow_name: z.string().max(50).optional().describe('The name of the workflow, integration or data provider.'),
  status: z.enum(executionStatuses).optional(),
  kind: z.enum(executionKinds).optional(),
  attention: z
    .enum(['failed'])
    .optional()
    .describe(
      'Only workflows that failed or took too long and were not tried again, of active organizations. `GET /api/attention` counts those of the last 24 hours.',
    ),
  since: z.iso.datetime({ offset: true }).optional().describe('Asked for at this time or later.'),
  until: z.iso.datetime({ offset: true }).optional().describe('Asked for before this time.'),
})

const logQuery = pageQuery.extend({
  limit: wireWholeNumberOr(200, 1, 1_000).describe('At most so many lines.'),
  level: z.enum(['debug', 'info', 'warn', 'error']).optional().describe('Only lines of this level or above.'),
})

/** The number of a line, as the database keeps it. */
const sequence = wireWholeNumber(0, 2 ** 31 - 2)

/** Where a follower continues. @throws validation_failed */
function firstLineOf(headers: IncomingHttpHeaders): number {
  const given = headers['last-event-id']
  if (given === undefined || given === '') return 0
  const lastSeen = sequence.safeParse(given)
  if (lastSeen.success) return lastSeen.data + 1
  const problem = 'must be the id of an event of this stream, which is a whole number'
  throw platformError(
    'validation_failed',
    { 'Last-Event-ID': [problem] },
    `The header Last-Event-ID ${problem}. Leave it out to begin at the first line.`,
  )
}

/** What has run and runs: `GET /api/executions` and one execution's steps, logs, end. */
export function executionRoutes({
  db,
  notifications,
  queue,
  endHandlers,
}: {
  db: Database
  notifications: Notifications
  queue: QueueGate
  endHandlers: readonly EndHandler[]
}): Route[] {
  const lines = new SharedReads<SentLine[]>()
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/executions',
      operationId: 'listExecutions',
      tag: 'Executions',
      summary: 'List executions, newest first',
      permission: 'canViewExecutions',
      audit: { none: 'reads only' },
      query: listQuery,
      responses: { 200: z.object({ executions: z.array(executionSummaryView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: [],
      async handler({ query, principal }) {
        const [beforeId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([wireId]))
        const { scope, among } = executionsSeen(principal, query.org_id)
        const rows = await listExecutions(db, scope, {
          among,
          name: query.workflow_name,
          status: query.status,
          kind: query.kind,
          isUnmendedFailure: query.attention === 'failed',
          since: query.since,
          until: query.until,
          beforeId,
          limit: query.limit + 1,
        })
        const page = pageOf(rows, query.limit, (last) => [last.id])
        const found = page.items.map(executionOf)
        const relatedNames = await findRelatedNames(db, principal, found)
        const executions = found.map((execution) => viewOfSummary(execution, relatedNames))
        return { status: 200, body: { executions, count: executions.length, next_cursor: page.nextCursor } }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/executions/:id',
      operationId: 'getExecution',
      tag: 'Executions',
      summary: 'Read one execution with its steps',
      permission: 'canViewExecutions',
      audit: { none: 'reads only' },
      params: idParameter,
      responses: { 200: executionDetailView },
      errors: ['execution_not_found'],
      async handler({ params, principal: asking }) {
        const principal = await asForExecution(db, asking, params.id)
        const scope = scopeOf(principal)
        const execution = await getExecution(db, scope, params.id)
        const canBeRetried = execution.status === 'failed' || execution.status === 'timeout'
        const [steps, relatedNames, retriedAs, queued, approvals] = await Promise.all([
          listSteps(db, scope, execution.id),
          findRelatedNames(db, principal, [execution]),
          canBeRetried ? findRetryOf(db, scope, execution.id) : undefined,
          findQueued(db, principal, execution),
          execution.kind === 'workflow' && execution.startedAt ? listApprovalsOf(db, principal, execution.id) : [],
        ])
        const asked = await viewsFor(db, principal, approvals)
        return { status: 200, body: viewOfDetail(execution, steps, relatedNames, retriedAs, queued, asked) }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/executions/:id/steps/:index/result',
      operationId: 'getStepResult',
      tag: 'Executions',
      summary: 'Read what a step came to',
      permission: 'canViewExecutions',
      audit: { none: 'reads only' },
      params: stepParameters,
      responses: { 200: stepResultView },
      errors: ['execution_not_found', 'step_not_found'],
      async handler({ params, principal }) {
        const scope = scopeOf(await asForExecution(db, principal, params.id))
        const execution = await getExecution(db, scope, params.id)
        return { status: 200, body: await getStepResult(db, scope, execution.id, params.index) }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/executions/:id/cancel',
      operationId: 'cancelExecution',
      tag: 'Executions',
      summary: 'Cancel an execution that has not ended',
      description:
        'One that no worker has, because it waits, is cancelled at once. One that runs is told by its signal and ends within seconds; its status is `cancelling` until then. Cancelling it again changes nothing.',
      permission: 'canRunWorkflows',
      audit: { action: 'execution.cancelled' },
      params: idParameter,
      responses: { 202: executionSummaryView },
      errors: ['execution_not_found', 'execution_finished'],
      async handler({ params, ...request }) {
        const principal = await asForExecution(db, request.principal, params.id)
        const execution = await getExecution(db, scopeOf(principal), params.id)
        const cancelled = await cancelExecution(db, actingOf(request), execution, endHandlers)
        return { status: 202, body: viewOfSummary(cancelled, await findRelatedNames(db, principal, [cancelled])) }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/executions/:id/retry',
      operationId: 'retryExecution',
      tag: 'Executions',
      summary: 'Try a failed execution again, from its failed step on',
      description:
        'Starts a new execution with the same parameters that names this one in `retry_of`. What this one recorded before the failed step is not done again; nor are calls on clients that succeeded after it. An execution can be tried again once; after that its retry can. The retry of an execution of a batch takes its place in the batch.',
      permission: 'canRunWorkflows',
      audit: { action: 'execution.retried' },
      params: idParameter,
      responses: { 202: executionDetailView },
      errors: [
        'execution_not_found',
        'execution_not_finished',
        'execution_succeeded',
        'execution_not_retryable',
        'execution_retried',
        'batch_cancelled',
        'organization_inactive',
        'queue_full',
      ],
      async handler({ params, ...request }) {
        const principal = await asForExecution(db, request.principal, params.id)
        const first = await getExecution(db, scopeOf(principal), params.id)
        await queue.admit(first.organizationId)
        const retry = await retryExecution(db, actingOf(request), first)
        const relatedNames = await findRelatedNames(db, principal, [retry])
        return { status: 202, body: viewOfDetail(retry, [], relatedNames, undefined, undefined, []) }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/executions/:id/logs',
      operationId: 'listExecutionLogs',
      tag: 'Executions',
      summary: 'Read the log of an execution, or follow it',
      description:
        'With `Accept: text/event-stream` the lines come as they are written, each with its sequence as the event id, from `Last-Event-ID` on; the stream ends with the execution, with an event `ended` that holds it, or with the right to read it, with an event `refused` that says why.',
      permission: 'canViewExecutions',
      audit: { none: 'reads only' },
      params: idParameter,
      query: logQuery,
      responses: { 200: z.object({ logs: z.array(logLineView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: ['execution_not_found', 'too_many_streams'],
      async handler({ params, query, principal, principalNow, takeStream, headers, signal }) {
        const scope = scopeOf(await asForExecution(db, principal, params.id))
        const scopeNow = async () => scopeOf(await asForExecution(db, await principalNow(), params.id))
        const execution = await getExecution(db, scope, params.id)
        if (headers.accept?.includes('text/event-stream')) {
          const from = firstLineOf(headers)
          takeStream()
          return {
            reply: (reply) =>
              followLog({ db, lines, scope, scopeNow, notifications, reply, signal }, execution.id, from, (ended) =>
                viewOfExecution(ended),
              ),
          }
        }
        const [from] = query.cursor === undefined ? [0] : parseCursor(query.cursor, z.tuple([sequence]))
        const rows = await listLogLines(db, scope, execution.id, { from, level: query.level, limit: query.limit + 1 })
        const page = pageOf(rows, query.limit, (last) => [last.sequence + 1])
        return { status: 200, body: { logs: page.items.map(viewOfLine), count: page.items.length, next_cursor: page.nextCursor } }
      },
    }),
  ]
}
