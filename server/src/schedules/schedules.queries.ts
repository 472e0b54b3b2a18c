import type { Actor } from '../audit/audit.ts'
import type { Selection } from '../batches/selection.ts'
import { type Database, readInScope, sql, type Transaction } from '../platform/database/database.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { MissedRuns, ScheduleError } from './schedule.ts'

const all = 'allOrganizations'

export type ScheduleRow = {
  workflow_name: string
  cron: string | null
  time_zone: string | null
  organizations: Selection | null
  missed: MissedRuns | null
  parameters: JsonObject | null
  is_paused: boolean
  timing: string | null
  next_due_at: Date | null
  last_run_at: Date | null
  last_batch_id: string | null
  last_error: ScheduleError | null
  set_by: Actor | null
}

export function listScheduleRows(db: Database): Promise<ScheduleRow[]> {
  return readInScope<ScheduleRow>(db, all, sql`select * from schedules`)
}

/** All of them, in an order in which nobody waits for each other. */
export function lockScheduleRows(transaction: Transaction): Promise<ScheduleRow[]> {
  return transaction.query<ScheduleRow>(sql`select * from schedules order by workflow_name for update`)
}

export async function findScheduleRow(db: Database, name: string): Promise<ScheduleRow | undefined> {
  const rows = await readInScope<ScheduleRow>(db, all, sql`select * from schedules where workflow_name = ${name}`)
  return rows[0]
}

/** The row of that name, made if need be: nobody else changes it until the transaction has ended. */
export async function lockScheduleRow(transaction: Transaction, name: string): Promise<ScheduleRow> {
  await transaction.query(sql`insert into schedules (workflow_name) values (${name}) on conflict do nothing`)
  const rows = await transaction.query<ScheduleRow>(sql`select * from schedules where workflow_name = ${name} for update`)
  return rows[0] as ScheduleRow // it is there, or was just made
}

const isRunnable = (builtIns: readonly string[]) =>
  sql`(workflow_name = any(${builtIns}) or exists (select from definitions d where d.kind = 'workflow' and d.name = workflow_name and d.missing_since is null))`

/** The one that has been due for longest. Of several workers only one gets it; undefined for the others. */
export async function takeDueRow(transaction: Transaction, now: Date, builtIns: readonly string[]): Promise<ScheduleRow | undefined> {
  const rows = await transaction.query<ScheduleRow>(sql`
    select * from schedules where next_due_at <= ${now} and ${isRunnable(builtIns)}
    order by next_due_at limit 1 for update skip locked`)
  return rows[0]
}

export async function findNextDue(db: Database, builtIns: readonly string[]): Promise<Date | undefined> {
  const rows = await readInScope<{ next: Date | null }>(
    db,
    all,
    sql`select min(next_due_at) as next from schedules where next_due_at is not null and ${isRunnable(builtIns)}`,
  )
  return rows[0]?.next ?? undefined
}

export async function updateScheduleRow(transaction: Transaction, row: ScheduleRow): Promise<void> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  await transaction.query(sql`
    update schedules set cron = ${row.cron}, time_zone = ${row.time_zone}, organizations = ${json(row.organizations)}, missed = ${row.missed},
      parameters = ${json(row.parameters)}, is_paused = ${row.is_paused}, timing = ${row.timing}, next_due_at = ${row.next_due_at},
      last_run_at = ${row.last_run_at}, last_batch_id = ${row.last_batch_id}, last_error = ${json(row.last_error)}, set_by = ${json(row.set_by)}
    where workflow_name = ${row.workflow_name}`)
}

export async function deleteScheduleRow(transaction: Transaction, name: string): Promise<void> {
  await transaction.query(sql`delete from schedules where workflow_name = ${name}`)
}
