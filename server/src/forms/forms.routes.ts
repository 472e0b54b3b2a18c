import { parametersFor } from '@crosswalk/sdk/closed-fields'
import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { actingField, actingOrganization } from '../access/reach.ts'
import { provideOptions } from '../data-providers/data-providers.ts'
import { optionSchema } from '../data-providers/option.ts'
import { jsonSchemaView } from '../definitions/definition-page.ts'
import { parametersField } from '../definitions/parameters.ts'
import type { QueueGate } from '../engine/dispatch/queue-gate.ts'
import { hasEnded } from '../engine/state/executions.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { wireId, wireWholeNumberOr } from '../platform/http/text.ts'
import { executeWorkflow } from '../workflows/workflows.ts'
import { listOrganizationsOf } from './forms.queries.ts'
import { asForm, type Form, fieldsAskedBy, formError, getForm, listForms, withOffers } from './forms.ts'
import { getSubmission, listSubmissions, submissionView, viewOfSubmission, viewsOfSubmissions } from './submissions.ts'

const maxOrganizations = 200

const formView = z
  .object({
    id: z.string().describe('The name of its workflow.'),
    display_name: z.string().describe('What people read: the id where its author gave no other.'),
    description: z.string(),
    parameters_schema: jsonSchemaView,
    data_providers: z
      .array(z.object({ name: z.string(), fields: z.array(z.string()) }))
      .describe('Where fields get their options, and the fields that these depend on.'),
    organizations: z
      .array(z.object({ id: z.uuid(), name: z.string() }))
      .describe(`For whom you may send it: the first ${maxOrganizations}.`),
  })
  .meta({ id: 'Form' })

async function viewOfForm(db: Database, { workflow, scope, dataProviders }: Form): Promise<z.input<typeof formView>> {
  return {
    id: workflow.name,
    display_name: workflow.displayName ?? workflow.name,
    description: workflow.description,
    parameters_schema: workflow.parametersSchema,
    data_providers: dataProviders.map((provider) => ({ name: provider.name, fields: fieldsAskedBy(provider) })),
    organizations: await listOrganizationsOf(db, scope, maxOrganizations),
  }
}

const formParams = z.object({ id: z.string().max(100).describe('The form.') })

/** `/api/forms`: the workflows that grants offer somebody by name, and nothing of how they are built. `/api/submissions`: what they sent. */
export function formRoutes(dependencies: { db: Database; notifications: Notifications; queue: QueueGate }): Route[] {
  const { db, queue } = dependencies
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/forms',
      operationId: 'listForms',
      tag: 'Forms',
      summary: 'List the forms that are offered to you',
      description:
        'A grant with canSubmitForms that names workflows (`workflows`) offers these. One of a customer’s user that names none offers the workflows that their authors offer to customers (`offeredTo`).',
      permission: 'canSubmitForms',
      audit: { none: 'reads only' },
      responses: { 200: z.object({ forms: z.array(formView), count: z.int() }) },
      errors: [],
      async handler({ principal }) {
        const forms = await Promise.all((await listForms(db, principal)).map((form) => viewOfForm(db, form)))
        return { status: 200, body: { forms, count: forms.length } }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/forms/:id',
      operationId: 'getForm',
      tag: 'Forms',
      summary: 'Read a form that is offered to you',
      permission: 'canSubmitForms',
      audit: { none: 'reads only' },
      params: formParams,
      responses: { 200: formView },
      errors: ['form_not_found'],
      async handler({ principal, params }) {
        return { status: 200, body: await viewOfForm(db, await getForm(db, principal, params.id)) }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/forms/:id/options',
      operationId: 'provideFormOptions',
      tag: 'Forms',
      summary: 'Ask what there is to choose from in a field of a form',
      description: 'The header `X-Organization-Id` names the organization. Only for data providers that the form names.',
      permission: 'canSubmitForms',
      audit: { action: 'data_provider.asked' },
      params: formParams,
      query: z.object(actingField),
      body: z.strictObject({ data_provider: z.string().min(1).max(100), parameters: parametersField }),
      responses: { 200: z.object({ options: z.array(optionSchema) }) },
      errors: ['form_not_found', 'form_not_available', 'form_options_unavailable', 'organization_not_found', 'organization_inactive'],
      async handler(request) {
        const { params, query, body, signal } = request
        const form = await getForm(db, request.principal, params.id)
        const provider = form.dataProviders.find(({ name }) => name === body.data_provider)
        if (!provider) throw formError('form_not_found', { form_id: params.id })
        const organizationId = actingOrganization(form.principal, query)
        const parameters = parametersFor(provider.parametersSchema, body.parameters ?? {})
        const asked = { name: provider.name, organizationId, parameters, acting: actingOf(request), signal }
        const { options } = await asForm(request.log, () => provideOptions(dependencies, asked))
        return { status: 200, body: { options } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/forms/:id/submissions',
      operationId: 'submitForm',
      tag: 'Forms',
      summary: 'Send a form',
      description:
        'The header `X-Organization-Id` names the organization. Answers 200 when it has ended, whatever the outcome, and 202 when it has not.',
      permission: 'canSubmitForms',
      audit: { action: 'workflow.executed' },
      params: formParams,
      query: z.object({ ...actingField, wait: wireWholeNumberOr(0, 0, 300).describe('Seconds to wait for the end; 0 does not wait.') }),
      body: z.strictObject({
        parameters: parametersField,
        idempotency_key: z.uuid().optional().describe('The same key for the same form and organization is the same submission.'),
      }),
      responses: { 200: submissionView, 202: submissionView },
      errors: [
        'form_not_found',
        'form_not_available',
        'form_options_unavailable',
        'organization_not_found',
        'organization_inactive',
        'idempotency_key_reused',
        'queue_full',
      ],
      async handler(request) {
        const { params, query, body, signal } = request
        const form = await getForm(db, request.principal, params.id)
        const organizationId = actingOrganization(form.principal, query)
        await queue.admit(organizationId)
        const order = {
          organizationId,
          workflowName: form.workflow.name,
          parameters: body.parameters ?? {},
          // Two people may have chosen the same.
          idempotencyKey: body.idempotency_key && `${request.principal.actor.id} ${body.idempotency_key}`,
          acting: actingOf(request),
          waitMs: query.wait * 1_000,
          signal,
        }
        const execution = await asForm(request.log, () => executeWorkflow(dependencies, order))
        return {
          status: hasEnded(execution) ? 200 : 202,
          body: await viewOfSubmission(db, await withOffers(db, request.principal), execution),
        }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/submissions',
      operationId: 'listSubmissions',
      tag: 'Forms',
      summary: 'List the forms that you sent, newest first',
      permission: 'canSubmitForms',
      audit: { none: 'reads only' },
      query: pageQuery,
      responses: { 200: z.object({ submissions: z.array(submissionView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: [],
      async handler({ principal, query }) {
        const [beforeId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([wireId]))
        const offered = await withOffers(db, principal)
        const found = await listSubmissions(db, offered, { beforeId, limit: query.limit + 1 })
        const { items, nextCursor } = pageOf(found, query.limit, ({ id }) => [id])
        const submissions = await viewsOfSubmissions(db, offered, items)
        return { status: 200, body: { submissions, count: submissions.length, next_cursor: nextCursor } }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/submissions/:id',
      operationId: 'getSubmission',
      tag: 'Forms',
      summary: 'Read a form that you sent, and how it went',
      permission: 'canSubmitForms',
      audit: { none: 'reads only' },
      params: z.object({ id: wireId.describe('The submission.') }),
      responses: { 200: submissionView },
      errors: ['submission_not_found'],
      async handler({ principal, params }) {
        const offered = await withOffers(db, principal)
        const execution = await getSubmission(db, offered, params.id)
        return { status: 200, body: await viewOfSubmission(db, offered, execution) }
      },
    }),
  ]
}
