import { checkSchedule } from '@crosswalk/sdk'
import { type Acting, changesBetween, findLastChange, recordAudit } from '../audit/audit.ts'
import type { ScheduleFields } from '../audit/audit-event.ts'
import { getDefinition } from '../definitions/definitions.ts'
import { requireFittingParameters } from '../definitions/parameters.ts'
import { deleteAllPlanned } from '../discovery/planned-discoveries.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { platformError } from '../platform/errors.ts'
import { type Precondition, requireUnchanged } from '../platform/preconditions.ts'
import { builtInPlans, discoverAll } from './declared.ts'
import { nextDueTime } from './due-times.ts'
import { deleteScheduleRow, lockScheduleRow, type ScheduleRow, updateScheduleRow } from './schedules.queries.ts'
import { etagOfSchedule, getDeclared, getSchedule, isSet, type Plan, planOf, type Schedule, scheduleError, timed } from './schedules.ts'

/** The fields to change. What is null is as declared again. */
export type SchedulePatch = { [Field in keyof Plan | 'parameters']?: Schedule[Field] | null | undefined } & {
  isPaused?: boolean | undefined
}

/**
 * Sets what a patch has, in place of what the author declared; a paused schedule is due again at its next time after it is resumed.
 *
 * @throws workflow_not_found
 * @throws validation_failed - the cron expression or the time zone is wrong, never comes, or is missing where none is declared;
 * or the parameters do not fit the workflow.
 * @throws changed_meanwhile - it is not what is expected.
 */
export async function setSchedule(
  db: Database,
  acting: Acting,
  name: string,
  patch: SchedulePatch,
  now: Date,
  expected?: Precondition,
): Promise<Schedule> {
  const { plan: declared } = await getDeclared(db, name)
  if (patch.parameters) await requireParameters(db, name, patch)
  if (name === discoverAll && patch.organizations && patch.organizations !== 'all')
    throw platformError('validation_failed', { organizations: ['must be all: it asks for everybody who has credentials'] })
  await inScope(db, 'allOrganizations', (transaction) => setScheduleWithin(transaction, acting, { name, declared }, patch, now, expected))
  return getSchedule(db, name, now)
}

/**
 * The same as part of what else a transaction does.
 *
 * @param which with what its author declares now; the patch's parameters fit it
 * @throws validation_failed, changed_meanwhile
 */
export async function setScheduleWithin(
  transaction: Transaction,
  acting: Acting,
  { name, declared }: { name: string; declared: Plan | undefined },
  patch: SchedulePatch,
  now: Date,
  expected?: Precondition,
): Promise<void> {
  const before = await lockScheduleRow(transaction, name)
  await requireExpected(transaction, expected, declared, before)
  const wanted = patched(before, patch)
  // A schedule that is wrong, perhaps since an older version, can be paused.
  const plan = planOf(declared, wanted)
  const cron = plan && isOnlyPaused(patch) ? wanted.cron : requirePlan(plan, now).cron
  const after = setBy(acting, before, wanted.cron === null ? wanted : { ...wanted, cron })
  await updateScheduleRow(transaction, timed(after, planOf(declared, after), now))
  if (name === discoverAll && after.is_paused) await deleteAllPlanned(transaction)
  await record(transaction, acting, before, after)
}

/**
 * Takes back all that was set: the schedule is as its author declared it, and not paused.
 *
 * @throws workflow_not_found
 * @throws schedule_not_found - nothing is set or declared.
 * @throws changed_meanwhile
 */
export async function resetSchedule(db: Database, acting: Acting, name: string, now: Date, expected?: Precondition): Promise<void> {
  const { plan: declared } = await getDeclared(db, name)
  await getSchedule(db, name, now)
  await inScope(db, 'allOrganizations', (transaction) => resetScheduleWithin(transaction, acting, { name, declared }, now, expected))
}

/** The same as part of what else a transaction does. @throws schedule_not_found, changed_meanwhile */
export async function resetScheduleWithin(
  transaction: Transaction,
  acting: Acting,
  { name, declared }: { name: string; declared: Plan | undefined },
  now: Date,
  expected?: Precondition,
): Promise<void> {
  const before = await lockScheduleRow(transaction, name)
  if (!declared && !before.cron) throw scheduleError('schedule_not_found', { workflow_name: name })
  await requireExpected(transaction, expected, declared, before)
  const after = {
    ...before,
    cron: null,
    time_zone: null,
    organizations: null,
    missed: null,
    parameters: null,
    is_paused: false,
    set_by: null,
  }
  if (declared) await updateScheduleRow(transaction, timed(after, declared, now))
  else await deleteScheduleRow(transaction, name)
  await record(transaction, acting, before, after)
}

/** Its runs act for who set what runs, and when. Pausing and resuming changes neither. */
function setBy({ actor }: Acting, before: ScheduleRow, after: ScheduleRow): ScheduleRow {
  const isSame = Object.keys(changesBetween(auditedFields({ ...before, is_paused: after.is_paused }), auditedFields(after))).length === 0
  if (isSame) return after
  return { ...after, set_by: isSet(after) && !builtInPlans.has(after.workflow_name) && actor.type !== 'system' ? actor : null }
}

function isOnlyPaused({ isPaused, ...rest }: SchedulePatch): boolean {
  return isPaused === true && Object.values(rest).every((value) => value === undefined)
}

/** @param row locked */
async function requireExpected(
  transaction: Transaction,
  expected: Precondition,
  declared: Plan | undefined,
  row: ScheduleRow,
): Promise<void> {
  const plan = planOf(declared, row)
  const etag = plan && etagOfSchedule(row.workflow_name, plan, { parameters: row.parameters ?? {}, isPaused: row.is_paused })
  await requireUnchanged(expected, etag, () => findLastChange(transaction, null, { type: 'schedule', id: row.workflow_name }))
}

function patched(row: ScheduleRow, patch: SchedulePatch): ScheduleRow {
  const pick = <T>(given: T | null | undefined, kept: T | null): T | null => (given === undefined ? kept : given)
  return {
    ...row,
    cron: pick(patch.cron, row.cron),
    time_zone: pick(patch.timeZone, row.time_zone),
    organizations: pick(patch.organizations, row.organizations),
    missed: pick(patch.missed, row.missed),
    parameters: pick(patch.parameters, row.parameters),
    is_paused: patch.isPaused ?? row.is_paused,
  }
}

async function requireParameters(db: Database, name: string, { parameters }: SchedulePatch): Promise<void> {
  if (builtInPlans.has(name)) throw platformError('validation_failed', { parameters: ['must be left out: this schedule takes none'] })
  const workflow = await getDefinition(db, 'workflow', name)
  requireFittingParameters(workflow.parametersSchema, parameters ?? {}, `the workflow '${name}'`)
}

/** The rules of the SDK hold for what is set, too. Returns the expression as it is kept. */
function requirePlan(plan: Plan | undefined, now: Date): { cron: string } {
  if (!plan) throw platformError('validation_failed', { cron: ['is required: the workflow declares no schedule of its own'] })
  const { cron } = checked(plan)
  if (nextDueTime({ ...plan, cron }, now)) return { cron }
  throw platformError('validation_failed', { cron: ['is a time that never comes'] })
}

const wireNames: Record<string, string> = { timeZone: 'time_zone' }

function checked(plan: Plan): { cron: string } {
  try {
    return checkSchedule('schedule', plan)
  } catch (error) {
    if (!(error instanceof TypeError && 'field' in error)) throw error
    const field = String(error.field)
    throw platformError('validation_failed', { [wireNames[field] ?? field]: [error.message] }, error.message)
  }
}

const auditedFields = ({ cron, time_zone, organizations, missed, parameters, is_paused }: ScheduleRow): ScheduleFields => ({
  cron,
  time_zone,
  organizations,
  missed,
  parameters,
  is_paused,
})

/** Nothing where nothing changed. */
async function record(transaction: Transaction, acting: Acting, before: ScheduleRow, after: ScheduleRow): Promise<void> {
  const changes = changesBetween(auditedFields(before), auditedFields(after))
  if (Object.keys(changes).length === 0) return
  const isOnlyPause = Object.keys(changes).join() === 'is_paused'
  const action = isSet(before) && !isSet(after) ? 'reset' : isOnlyPause ? (after.is_paused ? 'paused' : 'resumed') : 'set'
  const target = { type: 'schedule' as const, id: before.workflow_name }
  await recordAudit(transaction, acting, { action: `schedule.${action}` as const, organizationId: null, target, changes })
  transaction.tell('schedules.changed', before.workflow_name)
}
