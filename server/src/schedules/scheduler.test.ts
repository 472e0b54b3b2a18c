import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApi, workflowDefinition } from '../../testing/given-definitions.ts'
import { testLogger } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { publishDefinitions } from '../definitions/definitions.ts'
import { readInScope, sql } from '../platform/database/database.ts'
import { startScheduler } from './scheduler.ts'

/** A clock that is set forwards, and continues from there. */
function givenClock(iso: string) {
  let ahead = new Date(`${iso}Z`).getTime() - Date.now()
  return { now: () => new Date(Date.now() + ahead), set: (next: string) => (ahead = new Date(`${next}Z`).getTime() - Date.now()) }
}

test('schedulers of several workers wake at the due time, and when a schedule is published; each run fires once', async () => {
  await using given = await givenApi()
  const clock = givenClock('2026-06-01T02:30')
  const schedulers = [1, 2, 3].map(() => startScheduler({ ...given, logger: testLogger, now: clock.now }))
  const publish = (...crons: string[]) =>
    publishDefinitions(given.db, {
      definitions: crons.map((cron, index) => workflowDefinition(`workflow_${index}`, { schedule: { cron } })),
      problems: [],
      codeVersion: 'test',
    })
  /** A moment before they are due, once that is known of so many. */
  const comeTo = async (iso: string, count: number) => {
    const known = () =>
      readInScope(
        given.db,
        'allOrganizations',
        sql`select from schedules where workflow_name like 'workflow_%' and next_due_at is not null`,
      )
    await until('their next times are known', async () => (await known()).length === count)
    clock.set(iso)
    given.db.tell('schedules.changed', 'workflow_0')
  }
  const fired = async () =>
    (
      await readInScope<{ name: string; due_at: Date }>(
        given.db,
        'allOrganizations',
        sql`select name, due_at from batches order by due_at, name`,
      )
    ).map(({ name, due_at }) => `${name} ${due_at.toISOString().slice(11, 16)}`)
  try {
    await publish('0 3 * * *', '0 3 * * *')
    await comeTo('2026-06-01T02:59:59.000', 2)
    await until('both are fired', async () => (await fired()).length === 2)
    await publish('0 3 * * *', '0 3 * * *', '0 4 * * *')
    await comeTo('2026-06-01T03:59:59.000', 3)
    await until('the third is fired', async () => (await fired()).length === 3)
    assert.deepEqual(await fired(), ['workflow_0 03:00', 'workflow_1 03:00', 'workflow_2 04:00'])
  } finally {
    await Promise.all(schedulers.map((scheduler) => scheduler.close()))
  }
})
