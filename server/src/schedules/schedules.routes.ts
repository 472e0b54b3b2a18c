import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { asFor, isGranted, type Principal, scopeOf } from '../access/principal.ts'
import { canReach, principalFor, requireAllOrganizations } from '../access/reach.ts'
import { batchView, viewOfBatch } from '../batches/batch-view.ts'
import { getBatch, requireSelection } from '../batches/batches.ts'
import { selectionField } from '../batches/selection.ts'
import { definitionPage } from '../definitions/definition-page.ts'
import { parametersField } from '../definitions/parameters.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { pageQuery, type Route, tagged } from '../platform/http/http.ts'
import { etagField } from '../platform/preconditions.ts'
import { runSchedule } from './firing.ts'
import { requireOfferedInSchedule } from './offered-parameters.ts'
import { etagOfSchedule, getSchedule, listSchedules, type Plan, type Schedule } from './schedules.ts'
import { resetSchedule, setSchedule } from './setting.ts'

const planFields = {
  cron: z.string(),
  time_zone: z.string(),
  organizations: z
    .union([z.string(), z.array(z.uuid())])
    .describe('`all`, `mapped:<integration>` or ids; of those, the ones that you may act for.'),
  missed: z.enum(['skip', 'catch_up']),
}

const scheduleView = z
  .object({
    workflow_name: z.string().describe('The workflow, or what the platform brings along.'),
    is_built_in: z.boolean(),
    is_declared: z.boolean().describe('False where it was only set here: then DELETE leaves nothing.'),
    is_changed: z.boolean().describe('True where something was set in place of what is declared, or it is paused.'),
    declared: z
      .object(planFields)
      .nullable()
      .describe('What its author declared, or what comes with the platform: what DELETE takes it back to. Null where nothing is declared.'),
    ...planFields,
    parameters: z.record(z.string(), z.unknown()),
    set_by: z
      .object({ type: z.string(), id: z.string(), name: z.string() })
      .nullable()
      .describe(
        'Who set it, and whom its runs act for. Null where it runs as its author declared it. It stops when they may not run it any more.',
      ),
    is_paused: z.boolean(),
    next_run_at: z.iso.datetime().nullable(),
    last_run_at: z.iso.datetime().nullable(),
    last_batch_id: z.uuid().nullable(),
    last_error: z
      .object({ error: z.string(), message: z.string(), at: z.iso.datetime() })
      .nullable()
      .describe('Why the last due run was not started, or why this one is never due.'),
    not_loaded_since: z.iso
      .datetime()
      .nullable()
      .describe('Since when its workflow does not load; it does not run meanwhile. See `/api/workspace`.'),
    etag: etagField,
  })
  .meta({ id: 'Schedule' })

const startedDiscoveriesView = z
  .object({
    workflow_name: z.string(),
    discoveries: z.int().describe('How many discoveries begin now. 0: no integration has its credentials set.'),
  })
  .meta({ id: 'StartedDiscoveries' })

function viewOfPlan({ cron, timeZone, organizations, missed }: Plan, principal: Principal) {
  const reachable = Array.isArray(organizations) ? organizations.filter((id) => canReach(principal, id)) : organizations
  return { cron, time_zone: timeZone, organizations: reachable, missed }
}

function viewFor(principal: Principal, schedule: Schedule): z.input<typeof scheduleView> {
  return {
    workflow_name: schedule.workflowName,
    is_built_in: schedule.isBuiltIn,
    is_declared: schedule.declared !== undefined,
    is_changed: schedule.isChanged,
    declared: schedule.declared ? viewOfPlan(schedule.declared, principal) : null,
    ...viewOfPlan(schedule, principal),
    parameters: schedule.parameters,
    set_by: schedule.setBy,
    is_paused: schedule.isPaused,
    next_run_at: schedule.nextRunAt?.toISOString() ?? null,
    last_run_at: schedule.lastRunAt?.toISOString() ?? null,
    last_batch_id: schedule.lastBatchId,
    last_error: schedule.lastError,
    not_loaded_since: schedule.notLoadedSince?.toISOString() ?? null,
    etag: etagOfSchedule(schedule.workflowName, schedule, schedule),
  }
}

/** A schedule runs for organizations of its own choice, so who may act for some only cannot change it. */
const isForAll = 'A schedule is for all organizations; you may act for some. Run the workflow for those instead.'

const nameParameter = z.object({ workflow_name: z.string().describe('The workflow, or `test_all_mappings` or `discover_all`.') })
const errors = ['workflow_not_found', 'schedule_not_found'] as const
/** Where a field takes only what a data provider offers. */
const ofOptions = ['data_provider_not_found', 'data_provider_failed', 'definition_not_loaded', 'integration_switched_off'] as const

/** `/api/schedules`: what runs on its own. */
export function scheduleRoutes(dependencies: { db: Database; notifications: Notifications; now?: () => Date }): Route[] {
  const { db, now = () => new Date() } = dependencies
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/schedules',
      operationId: 'listSchedules',
      tag: 'Schedules',
      summary: 'List schedules by the names of their workflows',
      permission: 'canRunWorkflows',
      audit: { none: 'reads only' },
      query: pageQuery.extend({
        workflow_name: z.string().max(50).optional().describe('Only the schedule of this workflow, if it has one.'),
      }),
      responses: { 200: z.object({ schedules: z.array(scheduleView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: [],
      async handler({ query, principal }) {
        const all = (await listSchedules(db, now())).map((schedule) => ({ name: schedule.workflowName, schedule }))
        const isSeen = (name: string) => isGranted(asFor(principal, { workflow: name }), 'canRunWorkflows')
        const wanted = all.filter(({ name }) => isSeen(name) && (query.workflow_name ?? name) === name)
        const page = definitionPage(wanted, query)
        const schedules = page.items.map(({ schedule }) => viewFor(principal, schedule))
        return { status: 200, body: { schedules, count: schedules.length, next_cursor: page.nextCursor } }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/schedules/:workflow_name',
      operationId: 'getSchedule',
      tag: 'Schedules',
      summary: 'Read the schedule of a workflow',
      permission: 'canRunWorkflows',
      audit: { none: 'reads only' },
      params: nameParameter,
      responses: { 200: scheduleView },
      errors,
      async handler({ params, principal: asking }) {
        const principal = principalFor(asking, { workflow: params.workflow_name })
        return tagged(200, viewFor(principal, await getSchedule(db, params.workflow_name, now())))
      },
    }),
    definePrincipalRoute({
      method: 'PUT',
      path: '/schedules/:workflow_name',
      operationId: 'setSchedule',
      tag: 'Schedules',
      summary: 'Set, pause or resume the schedule of a workflow',
      description:
        'Only the given fields change; null takes one back to what the author declared. Times that pass while it is paused are not caught up with.',
      permission: 'canManageSchedules',
      audit: { action: 'schedule.set' },
      takesIfMatch: true,
      params: nameParameter,
      body: z.strictObject({
        cron: z.string().max(200).nullish().describe('Five fields: minute, hour, day of month, month, day of week.'),
        time_zone: z.string().max(100).nullish().describe('An IANA name.'),
        organizations: selectionField.nullish(),
        missed: z.enum(['skip', 'catch_up']).nullish().describe('What becomes of runs whose time passed while nothing could run.'),
        parameters: parametersField,
        is_paused: z.boolean().optional(),
      }),
      responses: { 200: scheduleView },
      errors: ['workflow_not_found', 'integration_not_found', 'organization_not_found', ...ofOptions],
      async handler({ params, body, ...request }) {
        const principal = principalFor(request.principal, { workflow: params.workflow_name })
        requireAllOrganizations(principal, isForAll)
        if (body.organizations) await requireSelection(db, body.organizations, principal)
        const { time_zone: timeZone, is_paused: isPaused, ...same } = body
        const patch = { ...same, timeZone, isPaused }
        const acting = actingOf(request)
        if (body.parameters !== undefined || body.organizations !== undefined)
          await requireOfferedInSchedule(dependencies, params.workflow_name, body, { acting, signal: request.signal })
        const schedule = await setSchedule(db, acting, params.workflow_name, patch, now(), request.ifMatch)
        return tagged(200, viewFor(principal, schedule))
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/schedules/:workflow_name',
      operationId: 'resetSchedule',
      tag: 'Schedules',
      summary: 'Take a schedule back to what the author declared',
      permission: 'canManageSchedules',
      audit: { action: 'schedule.reset' },
      takesIfMatch: true,
      params: nameParameter,
      responses: { 204: null },
      errors,
      async handler({ params, ...request }) {
        const principal = principalFor(request.principal, { workflow: params.workflow_name })
        requireAllOrganizations(principal, isForAll)
        await resetSchedule(db, actingOf(request), params.workflow_name, now(), request.ifMatch)
        return { status: 204 }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/schedules/:workflow_name/run',
      operationId: 'runSchedule',
      tag: 'Schedules',
      summary: 'Run a schedule now, once more',
      description:
        'Also while it is paused. The answer is the batch. `discover_all` makes none: it begins a discovery for each set of credentials, and the answer says how many.',
      permission: 'canManageSchedules',
      audit: { action: 'schedule.run' },
      params: nameParameter,
      responses: { 202: z.union([batchView, startedDiscoveriesView]) },
      errors: [...errors, 'integration_not_found', ...ofOptions],
      async handler({ params, ...request }) {
        const principal = principalFor(request.principal, { workflow: params.workflow_name })
        requireAllOrganizations(principal, isForAll)
        const acting = actingOf(request)
        await requireOfferedInSchedule(dependencies, params.workflow_name, {}, { acting, signal: request.signal })
        const begun = await runSchedule(db, acting, params.workflow_name, now())
        if (begun.batchId === null) return { status: 202, body: { workflow_name: params.workflow_name, discoveries: begun.discoveries } }
        return { status: 202, body: viewOfBatch(await getBatch(db, scopeOf(principal), begun.batchId)) }
      },
    }),
  ]
}
