import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { type Principal, scopeOf } from '../access/principal.ts'
import { actingField, actingOrganization, canReach, principalFor, requireNoActingOrganization } from '../access/reach.ts'
import { batchView, viewOfBatch } from '../batches/batch-view.ts'
import { requireSelection } from '../batches/batches.ts'
import { selectionField } from '../batches/selection.ts'
import { definitionPage, jsonSchemaView, problemView, problemViewOf } from '../definitions/definition-page.ts'
import { getDefinition, listDefinitions, listProblems, type WorkflowDefinition } from '../definitions/definitions.ts'
import { parametersField } from '../definitions/parameters.ts'
import type { QueueGate } from '../engine/dispatch/queue-gate.ts'
import { executionView, viewOfExecution } from '../engine/state/execution-view.ts'
import { hasEnded } from '../engine/state/executions.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { wireWholeNumberOr } from '../platform/http/text.ts'
import { executeForMany } from './run-for-many.ts'
import { executeWorkflow } from './workflows.ts'

const workflowView = z
  .object({
    name: z.string().describe('Its id: what executions, grants and schedules refer to.'),
    display_name: z.string().describe('What people read: the name where its author gave no other.'),
    offered_to: z
      .enum(['customers'])
      .nullable()
      .describe(
        '`customers`: every customer’s user whose grant names no workflows may send it as a form. Null: those whose grants name it.',
      ),
    description: z.string(),
    category: z.string(),
    tags: z.array(z.string()),
    parameters_schema: jsonSchemaView,
    schedule: z.record(z.string(), z.unknown()).nullable(),
    concurrency: z
      .object({ per_organization: z.int().nullable(), total: z.int().nullable() })
      .describe('Executions of it that run at once: for one organization, and in all. Null is no limit of its own.'),
    timeout_ms: z.int().describe('How long an execution may run. Waits of 30 seconds and more do not count.'),
    deadline_ms: z.int().nullable().describe('How long an execution may take from its start, waits included. Null is no limit.'),
    file: z.string().describe('Where in the workspace it is written.'),
  })
  .meta({ id: 'Workflow' })

function workflowViewOf(definition: WorkflowDefinition): z.input<typeof workflowView> {
  return {
    name: definition.name,
    // Published before there were these, it has none.
    display_name: definition.displayName ?? definition.name,
    offered_to: definition.offeredTo ?? null,
    description: definition.description,
    category: definition.category,
    tags: definition.tags,
    parameters_schema: definition.parametersSchema,
    schedule: definition.schedule,
    concurrency: { per_organization: definition.concurrency?.perOrganization ?? null, total: definition.concurrency?.total ?? null },
    timeout_ms: definition.timeoutMs,
    deadline_ms: definition.deadlineMs ?? null,
    file: definition.file,
  }
}

/** Who may run a workflow, and nothing more, is told how it ended and not what it returned. */
function maySeeResult(principal: Principal, organizationId: string): boolean {
  return (['canSeeResults', 'canViewExecutions'] as const).some((permission) => canReach(principal, organizationId, permission))
}

/** `/api/workflows`: what can be run, and running it. */
export function workflowRoutes(dependencies: { db: Database; notifications: Notifications; queue: QueueGate }): Route[] {
  const { db, queue } = dependencies
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/workflows',
      operationId: 'listWorkflows',
      tag: 'Workflows',
      summary: 'List workflows by name, and the files that failed to load',
      permission: 'canViewCatalogue',
      audit: { none: 'reads only' },
      query: pageQuery,
      responses: {
        200: z.object({
          workflows: z.array(workflowView),
          count: z.int(),
          next_cursor: z.string().nullable(),
          problems: z.array(problemView),
        }),
      },
      errors: [],
      async handler({ query }) {
        const [definitions, problems] = await Promise.all([listDefinitions(db, 'workflow'), listProblems(db, 'workflow')])
        const page = definitionPage(definitions, query)
        return {
          status: 200,
          body: {
            workflows: page.items.map(workflowViewOf),
            count: page.items.length,
            next_cursor: page.nextCursor,
            problems: problems.map(problemViewOf),
          },
        }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/workflows/:name',
      operationId: 'getWorkflow',
      tag: 'Workflows',
      summary: 'Read a workflow',
      permission: 'canViewCatalogue',
      audit: { none: 'reads only' },
      params: z.object({ name: z.string() }),
      responses: { 200: workflowView },
      errors: ['workflow_not_found'],
      async handler({ params }) {
        return { status: 200, body: workflowViewOf(await getDefinition(db, 'workflow', params.name)) }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/workflows/execute',
      operationId: 'executeWorkflow',
      tag: 'Workflows',
      summary: 'Run a workflow for an organization, or for many',
      description:
        'The header `X-Organization-Id` names the organization. Answers 200 when the execution has ended, whatever the outcome, and 202 when it has not. With `organizations` in its place a batch is made, with an execution for each of them, and answered at once with 202.',
      permission: 'canRunWorkflows',
      audit: { action: 'workflow.executed' },
      query: z.object({
        ...actingField,
        wait: wireWholeNumberOr(30, 0, 300).describe('Seconds to wait for the end; 0 does not wait.'),
      }),
      body: z.strictObject({
        workflow_name: z.string().min(1).max(100),
        parameters: parametersField,
        idempotency_key: z
          .string()
          .min(1)
          .max(200)
          .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'must not contain control characters')
          .optional()
          .describe('The same key for the same workflow and organization is the same execution; with `organizations`, the same batch.'),
        organizations: selectionField.optional(),
      }),
      responses: { 200: executionView, 202: z.union([executionView, batchView]) },
      errors: [
        'definition_not_loaded',
        'workflow_not_found',
        'integration_not_found',
        'data_provider_not_found',
        'data_provider_failed',
        'organization_not_found',
        'organization_inactive',
        'idempotency_key_reused',
        'queue_full',
      ],
      async handler(request) {
        const { body: order, query, signal } = request
        const principal = principalFor(request.principal, { workflow: order.workflow_name })
        if (order.organizations !== undefined) {
          requireNoActingOrganization(query)
          await requireSelection(db, order.organizations, principal)
          await queue.admit(null)
          const batch = await executeForMany(dependencies, {
            workflowName: order.workflow_name,
            parameters: order.parameters ?? {},
            selection: order.organizations,
            scope: scopeOf(principal),
            idempotencyKey: order.idempotency_key,
            acting: actingOf(request),
            signal,
          })
          return { status: 202, body: viewOfBatch(batch) }
        }
        const organizationId = actingOrganization(principal, query)
        await queue.admit(organizationId)
        const execution = await executeWorkflow(dependencies, {
          organizationId,
          workflowName: order.workflow_name,
          parameters: order.parameters ?? {},
          idempotencyKey: order.idempotency_key,
          acting: actingOf(request),
          waitMs: query.wait * 1_000,
          signal,
        })
        const body = viewOfExecution(execution)
        return { status: hasEnded(execution) ? 200 : 202, body: maySeeResult(principal, organizationId) ? body : { ...body, result: null } }
      },
    }),
  ]
}
