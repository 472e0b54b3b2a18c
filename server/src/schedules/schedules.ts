import { getDefinition, listDefinitions, type WorkflowDefinition } from '../definitions/definitions.ts'
import type { Database } from '../platform/database/database.ts'
import { defineErrors } from '../platform/errors.ts'
import { etagOf } from '../platform/preconditions.ts'
import { builtInPlans, declaredPlan } from './declared.ts'
import { nextDueTime, timingKey } from './due-times.ts'
import type { Plan, Schedule, ScheduleError } from './schedule.ts'
import { findScheduleRow, listScheduleRows, type ScheduleRow } from './schedules.queries.ts'

export type { MissedRuns, Plan, Schedule, ScheduleError } from './schedule.ts'

export const scheduleError = defineErrors({
  schedule_not_found: { status: 404, message: 'This workflow has no schedule. Set one, or declare it in the workflow.' },
  schedule_invalid: {
    status: 409,
    message: 'When this schedule is due cannot be told, so it does not run. Set another cron expression or time zone.',
  },
  schedule_setter_gone: { status: 409, message: 'Who set this schedule may not run it any more. Set it again, or reset it.' },
})

/** What is set on the row where something is, else what was declared; undefined where neither says when. */
export function planOf(declared: Plan | undefined, row: ScheduleRow | undefined): Plan | undefined {
  const cron = row?.cron ?? declared?.cron
  if (cron === undefined) return undefined
  return {
    cron,
    timeZone: row?.time_zone ?? declared?.timeZone ?? 'UTC',
    organizations: row?.organizations ?? declared?.organizations ?? 'all',
    missed: row?.missed ?? declared?.missed ?? 'skip',
  }
}

/** Of what people edit, as it applies: also where an author declares another plan it is another one. */
export function etagOfSchedule(name: string, plan: Plan, { parameters, isPaused }: Pick<Schedule, 'parameters' | 'isPaused'>): string {
  const { cron, timeZone, organizations, missed } = plan
  return etagOf({ name, cron, timeZone, organizations, missed, parameters, isPaused })
}

/** When a plan is due next. One of which that cannot be told, perhaps of an older version, is wrong by itself and stops no other. */
function dueAfter(plan: Plan, now: Date): { next: Date | null; error: ScheduleError | null } {
  try {
    return { next: nextDueTime(plan, now) ?? null, error: null }
  } catch (thrown) {
    const reason = `The cron expression '${plan.cron}' in the time zone '${plan.timeZone}' is none: ${(thrown as Error).message}.`
    const { code, message } = scheduleError('schedule_invalid')
    return { next: null, error: { error: code, message: `${message} ${reason}`, at: now.toISOString() } }
  }
}

const isInvalid = (row: ScheduleRow) => row.last_error?.error === 'schedule_invalid'

/** The row with the time that it is next due at, after `now`, where that is not known or of another plan; the same row where nothing changes. */
export function timed(row: ScheduleRow, plan: Plan | undefined, now: Date): ScheduleRow {
  if (plan === undefined || row.is_paused)
    return row.timing === null && row.next_due_at === null ? row : { ...row, timing: null, next_due_at: null }
  const timing = timingKey(plan)
  if (row.timing === timing && !isInvalid(row)) return row
  const { next, error } = dueAfter(plan, now)
  if (error && row.timing === timing && row.last_error?.message === error.message) return row
  return { ...row, timing, next_due_at: next, last_error: error ?? (isInvalid(row) ? null : row.last_error) }
}

/** True where the row says something of its own. */
export function isSet(row: ScheduleRow): boolean {
  return [row.cron, row.time_zone, row.organizations, row.missed, row.parameters].some((value) => value !== null)
}

/** Undefined where nothing says when. */
export function scheduleOf(name: string, declared: Declared, row: ScheduleRow | undefined, now: Date): Schedule | undefined {
  const plan = planOf(declared.plan, row)
  if (plan === undefined) return undefined
  // A worker writes down a new workflow's next time a moment after it was published.
  const due = row?.timing === timingKey(plan) ? { next: row.next_due_at, error: null } : dueAfter(plan, now)
  return {
    ...plan,
    workflowName: name,
    isBuiltIn: builtInPlans.has(name),
    declared: declared.plan,
    isChanged: row !== undefined && (isSet(row) || row.is_paused),
    parameters: row?.parameters ?? {},
    setBy: row?.set_by ?? null,
    isPaused: row?.is_paused ?? false,
    nextRunAt: row?.is_paused ? null : due.next,
    lastRunAt: row?.last_run_at ?? null,
    lastBatchId: row?.last_batch_id ?? null,
    lastError: due.error ?? row?.last_error ?? null,
    notLoadedSince: declared.notLoadedSince,
  }
}

/** What is declared under a name, and since when that does not load. */
export type Declared = { plan: Plan | undefined; notLoadedSince: Date | null }

const ofWorkflow = (definition: WorkflowDefinition): Declared => ({
  plan: declaredPlan(definition),
  notLoadedSince: definition.missingSince ?? null,
})
const ofBuiltIn = (plan: Plan): Declared => ({ plan, notLoadedSince: null })

/**
 * What is declared under a name.
 *
 * @throws workflow_not_found - it is neither a published workflow nor built in.
 */
export async function getDeclared(db: Database, name: string): Promise<Declared> {
  const builtIn = builtInPlans.get(name)
  return builtIn ? ofBuiltIn(builtIn) : ofWorkflow(await getDefinition(db, 'workflow', name))
}

/** @throws workflow_not_found, schedule_not_found */
export async function getSchedule(db: Database, name: string, now: Date): Promise<Schedule> {
  const schedule = scheduleOf(name, await getDeclared(db, name), await findScheduleRow(db, name), now)
  if (!schedule) throw scheduleError('schedule_not_found', { workflow_name: name })
  return schedule
}

/** The built-in ones and those of all published workflows, in order of their names. */
export async function listSchedules(db: Database, now: Date): Promise<Schedule[]> {
  const [definitions, rows] = await Promise.all([listDefinitions(db, 'workflow'), listScheduleRows(db)])
  const byName = new Map(rows.map((row) => [row.workflow_name, row]))
  const declared = new Map(definitions.map((definition) => [definition.name, ofWorkflow(definition)]))
  for (const [name, plan] of builtInPlans) declared.set(name, ofBuiltIn(plan))
  return [...declared]
    .map(([name, known]) => scheduleOf(name, known, byName.get(name), now))
    .filter((schedule) => schedule !== undefined)
    .sort((left, right) => (left.workflowName < right.workflowName ? -1 : 1))
}
