import { hasForAllWithin } from '../access/callers.ts'
import { type Acting, type Actor, recordAudit } from '../audit/audit.ts'
import { createBatch } from '../batches/batches.ts'
import { unusedTimeoutMs } from '../batches/mapping-tests.ts'
import { mappedIntegration, selectedField } from '../batches/selection.ts'
import { definitionNotFound, findDefinition, holdDefinition, listDefinitions } from '../definitions/definitions.ts'
import { planDiscoveries, spreadSeconds } from '../discovery/planned-discoveries.ts'
import { connectionTest } from '../mappings/tests/connection-test-kind.ts'
import { fieldConditionWithin } from '../organizations/organization-fields.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { isDatabaseAway, isRolledBack, isTooSlow } from '../platform/database/outages.ts'
import { DomainError } from '../platform/errors.ts'
import type { JsonObject } from '../protocol/json.ts'
import { orderWorkflow } from '../workflows/run-for-many.ts'
import { builtInNames, builtInPlans, declaredPlan, discoverAll, testAllMappings } from './declared.ts'
import { dueTimesToRun, nextDueTime, timingKey } from './due-times.ts'
import { lockScheduleRow, lockScheduleRows, type ScheduleRow, takeDueRow, updateScheduleRow } from './schedules.queries.ts'
import { getSchedule, type Plan, planOf, type Schedule, scheduleError, timed } from './schedules.ts'

type Run = { plan: Plan; parameters: JsonObject; acting: Acting; dueAt: Date | null; now: Date }

/** What a run began: a batch, or discoveries, each an execution of its own. */
export type Begun = { batchId: string } | { batchId: null; discoveries: number }

/** Makes the batch of a run. At one due time a schedule has one, however often it is asked. */
async function fire(transaction: Transaction, name: string, run: Run): Promise<Begun> {
  const { plan, parameters, acting, dueAt, now } = run
  if (name === discoverAll) {
    // By day they are spread, so that not all vendors are asked at once; a person who runs it now waits for them.
    const discoveries = await planDiscoveries(transaction, { from: now, spreadSeconds: dueAt ? spreadSeconds : 0 })
    return { batchId: null, discoveries }
  }
  const integration = mappedIntegration(plan.organizations)
  if (integration !== undefined && !(await findDefinition(transaction, 'integration', integration)))
    throw await definitionNotFound(transaction, 'integration', integration)
  const field = selectedField(plan.organizations)
  if (field) await fieldConditionWithin(transaction, 'organizations', field)
  const order = { parameters, selection: plan.organizations, scope: 'allOrganizations' as const, acting, schedule: { name, dueAt } }
  if (name === testAllMappings) {
    return { batchId: (await createBatch(transaction, { ...order, kind: connectionTest, name, timeoutMs: unusedTimeoutMs })).id }
  }
  const workflow = await holdDefinition(transaction, 'workflow', name)
  if (!workflow) throw await definitionNotFound(transaction, 'workflow', name)
  return { batchId: (await orderWorkflow(transaction, workflow, order)).id }
}

/**
 * Runs a schedule once more, now, also where it is paused.
 *
 * @returns its batch, or how many discoveries begin
 * @throws workflow_not_found, schedule_not_found, integration_not_found
 * @throws validation_failed - its parameters do not fit the workflow, or the custom field that it selects by is gone.
 */
export async function runSchedule(db: Database, acting: Acting, name: string, now: Date): Promise<Begun> {
  const schedule = await getSchedule(db, name, now)
  return inScope(db, 'allOrganizations', (transaction) => runScheduleWithin(transaction, acting, schedule, now))
}

/** The same as part of what else a transaction does. */
export async function runScheduleWithin(transaction: Transaction, acting: Acting, schedule: Schedule, now: Date): Promise<Begun> {
  const { workflowName: name, parameters } = schedule
  const row = await lockScheduleRow(transaction, name)
  const begun = await fire(transaction, name, { plan: schedule, parameters, acting, dueAt: null, now })
  const { batchId } = begun
  await updateScheduleRow(transaction, { ...row, last_run_at: now, last_batch_id: batchId })
  const target = { type: 'schedule' as const, id: name, ...(batchId === null ? {} : { batch_id: batchId }) }
  await recordAudit(transaction, acting, { action: 'schedule.run', organizationId: null, target, changes: {} })
  // A worker begins what is planned.
  if (batchId === null) transaction.tell('schedules.changed', name)
  return begun
}

/**
 * Writes down when each schedule is next due, where that is new or its timing has changed. Safe to repeat, and to run twice at once.
 * A workflow that is not published at present keeps its time: it may only be between two versions.
 */
export async function reconcileSchedules(db: Database, now: Date): Promise<void> {
  const definitions = await listDefinitions(db, 'workflow')
  const declared = new Map(definitions.map((definition) => [definition.name, declaredPlan(definition)]))
  for (const [name, plan] of builtInPlans) declared.set(name, plan)
  await inScope(db, 'allOrganizations', async (transaction) => {
    const rows = await lockScheduleRows(transaction)
    const known = new Set(rows.map((row) => row.workflow_name))
    for (const [name, plan] of [...declared].sort(([left], [right]) => (left < right ? -1 : 1))) {
      if (plan && !known.has(name)) rows.push(await lockScheduleRow(transaction, name))
    }
    for (const row of rows) {
      if (!declared.has(row.workflow_name)) continue
      const after = timed(row, planOf(declared.get(row.workflow_name), row), now)
      if (after !== row) await updateScheduleRow(transaction, after)
    }
  })
}

export type Fired = { name: string; batchId: string | null; error: Error | null }

/**
 * Fires the run that has been due for longest: once, however many workers try. A run that cannot be fired is told of on its
 * schedule, and the next one comes at its time: whatever it fails with, the others continue.
 *
 * @returns what happened; undefined where nothing is due, or others are at it
 */
export async function fireDue(db: Database, now: Date): Promise<Fired | undefined> {
  let name: string | undefined
  try {
    return await inScope(db, 'allOrganizations', async (transaction) => {
      const row = await takeDueRow(transaction, now, builtInNames)
      name = row?.workflow_name
      return row && fireRow(transaction, row, now)
    })
  } catch (error) {
    if (name === undefined || mayPass(error)) throw error
    return setAside(db, name, error as Error, now)
  }
}

/** What may be over when it is tried again: then the run is not late yet. */
function mayPass(error: unknown): boolean {
  return isDatabaseAway(error) || isTooSlow(error) || isRolledBack(error)
}

async function fireRow(transaction: Transaction, row: ScheduleRow, now: Date): Promise<Fired> {
  const name = row.workflow_name
  const plan = planOf(await declaredOf(transaction, name), row)
  if (!plan || !row.next_due_at || row.timing !== timingKey(plan)) {
    await updateScheduleRow(transaction, timed(row, plan, now))
    return { name, batchId: null, error: null }
  }
  const [dueAt, later] = dueTimesToRun(plan, row.next_due_at, now)
  const after: ScheduleRow = { ...row, next_due_at: later ?? nextDueTime(plan, now) ?? null }
  let error: DomainError | null = null
  if (dueAt) {
    const actor = row.set_by ?? { type: 'system', id: 'schedule', name: `Schedule of ${name}` }
    const acting: Acting = { actor, requestId: null }
    try {
      if (row.set_by && !(await hasForAllWithin(transaction, row.set_by, 'canManageSchedules'))) throw setterGone(row.set_by)
      after.last_batch_id = (await fire(transaction, name, { plan, parameters: row.parameters ?? {}, acting, dueAt, now })).batchId
      after.last_run_at = now
      after.last_error = null
    } catch (thrown) {
      // What the database refuses ends the transaction; what we refuse ourselves would be refused each time.
      if (!(thrown instanceof DomainError)) throw thrown
      error = thrown
      after.last_error = { error: error.code, message: error.message, at: now.toISOString() }
    }
  }
  await updateScheduleRow(transaction, after)
  return { name, batchId: dueAt && !error ? after.last_batch_id : null, error }
}

function setterGone({ name }: Actor): DomainError {
  return scheduleError(
    'schedule_setter_gone',
    {},
    `This schedule acts for '${name}', who set it, and who may not run it any more. Set it again as someone who may, or reset it.`,
  )
}

const declaredOf = async (transaction: Transaction, name: string) =>
  builtInPlans.get(name) ?? declaredPlan(await holdDefinition(transaction, 'workflow', name))

/** Puts a run that failed in a way of its own out of the way of the others, until the next time that its schedule is due. */
function setAside(db: Database, name: string, error: Error, now: Date): Promise<Fired> {
  return inScope(db, 'allOrganizations', async (transaction) => {
    const row = await lockScheduleRow(transaction, name)
    // Another worker may have had more luck meanwhile.
    if (row.next_due_at !== null && row.next_due_at <= now) {
      const message = 'The run could not be started. The log of the worker has the reason.'
      const last_error = { error: 'internal_error', message, at: now.toISOString() }
      await updateScheduleRow(transaction, {
        ...timed({ ...row, timing: null, next_due_at: null }, planOf(await declaredOf(transaction, name), row), now),
        last_error,
      })
    }
    return { name, batchId: null, error }
  })
}
