import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenKey } from '../../testing/given-keys.ts'
import { givenScheduled, givenSchedules } from '../../testing/given-schedules.ts'
import { systemActing } from '../audit/audit.ts'
import { getBatch } from '../batches/batches.ts'
import type { Database } from '../platform/database/database.ts'
import { openDatabase, readInScope, sql } from '../platform/database/database.ts'
import type { JsonObject } from '../protocol/json.ts'
import { fireDue, reconcileSchedules, runSchedule } from './firing.ts'
import { getSchedule } from './schedules.ts'
import { resetSchedule, setSchedule } from './setting.ts'

const at = (iso: string) => new Date(`${iso}Z`)
const daily: JsonObject = { cron: '0 3 * * *', timeZone: 'UTC', organizations: 'all', missed: 'skip' }

/** What a worker does when it wakes. */
async function wake(db: Database, now: string): Promise<void> {
  await reconcileSchedules(db, at(now))
  while (await fireDue(db, at(now)));
}
const nextOf = async (db: Database, name: string, now: string) =>
  (await getSchedule(db, name, at(now))).nextRunAt?.toISOString().slice(0, 16)

test('a schedule runs its workflow for its organizations when it is due, and not before', async () => {
  await using given = await givenSchedules({ nightly: daily })
  await wake(given.db, '2026-06-01T12:00')
  assert.equal(await nextOf(given.db, 'nightly', '2026-06-01T12:00'), '2026-06-02T03:00')
  await wake(given.db, '2026-06-02T02:59')
  assert.deepEqual(await given.fired('nightly'), [])
  await wake(given.db, '2026-06-02T03:00')
  await wake(given.db, '2026-06-02T03:00:01')
  assert.deepEqual(await given.fired('nightly'), ['2026-06-02T03:00'])
  const schedule = await getSchedule(given.db, 'nightly', at('2026-06-02T03:01'))
  assert.deepEqual([schedule.nextRunAt, schedule.lastRunAt, schedule.lastError], [at('2026-06-03T03:00'), at('2026-06-02T03:00'), null])
  const batch = await getBatch(given.db, 'allOrganizations', String(schedule.lastBatchId))
  assert.deepEqual([batch.kind, batch.name, batch.total, batch.scheduleName], ['workflow', 'nightly', 2, 'nightly'])
  assert.deepEqual(batch.caller, { type: 'system', id: 'schedule', name: 'Schedule of nightly' })
})

test('a schedule acts for who set it, and stops with a reason when they may not run it any more', async () => {
  await using given = await givenSchedules({ nightly: daily })
  const key = await givenKey(given.db, { role: 'engineer', reach: { all: true } })
  const acting = { actor: key.actor, requestId: null }
  await setSchedule(given.db, acting, 'nightly', { cron: '0 4 * * *' }, at('2026-06-01T12:00'))
  await setSchedule(given.db, systemActing, 'nightly', { isPaused: true }, at('2026-06-01T12:01'))
  await setSchedule(given.db, systemActing, 'nightly', { isPaused: false }, at('2026-06-01T12:02'))
  await wake(given.db, '2026-06-02T04:00')
  const schedule = await getSchedule(given.db, 'nightly', at('2026-06-02T04:00'))
  assert.deepEqual([schedule.setBy, schedule.lastError], [key.actor, null])
  assert.deepEqual((await getBatch(given.db, 'allOrganizations', String(schedule.lastBatchId))).caller, key.actor)
  await key.revoke()
  await wake(given.db, '2026-06-03T04:00')
  const stopped = await getSchedule(given.db, 'nightly', at('2026-06-03T04:00'))
  assert.equal(stopped.lastError?.error, 'schedule_setter_gone')
  assert.match(stopped.lastError.message, /'A key'/)
  assert.deepEqual(await given.fired('nightly'), ['2026-06-02T04:00'])
  await resetSchedule(given.db, systemActing, 'nightly', at('2026-06-03T05:00'))
  await wake(given.db, '2026-06-04T03:00')
  assert.deepEqual(await given.fired('nightly'), ['2026-06-02T04:00', '2026-06-04T03:00'], 'it runs as its author declared it')
})

test('a run needs one connection, whatever it reads beside its schedule', async () => {
  await using given = await givenSchedules({ nightly: daily })
  const single = openDatabase(given.db.url, { maxConnections: 1 })
  try {
    assert.deepEqual(await runSchedule(single, systemActing, 'discover_all', at('2026-06-02T03:00')), { batchId: null, discoveries: 0 })
    await setSchedule(single, systemActing, 'nightly', { organizations: 'mapped:halo' }, at('2026-06-02T03:00'))
    assert.ok((await runSchedule(single, systemActing, 'nightly', at('2026-06-02T03:00'))).batchId)
  } finally {
    await single.close()
  }
})

test('of many workers that find it due one fires', async () => {
  await using given = await givenSchedules({ nightly: daily, hourly: { ...daily, cron: '0 * * * *' } })
  await wake(given.db, '2026-06-01T12:30')
  await Promise.all(Array.from({ length: 8 }, () => wake(given.db, '2026-06-02T03:00')))
  assert.deepEqual(await given.fired('nightly'), ['2026-06-02T03:00'])
  assert.deepEqual(await given.fired('hourly'), ['2026-06-02T03:00'])
})

test('a due time fires once even where the schedule has forgotten that it did', async () => {
  await using given = await givenSchedules({ nightly: daily })
  await wake(given.db, '2026-06-01T12:00')
  await wake(given.db, '2026-06-02T03:00')
  await readInScope(given.db, 'allOrganizations', sql`update schedules set next_due_at = ${at('2026-06-02T03:00')}`)
  await wake(given.db, '2026-06-02T03:01')
  assert.deepEqual(await given.fired('nightly'), ['2026-06-02T03:00'])
})

test('after an outage missed runs are skipped, or caught up with, as declared', async () => {
  await using given = await givenSchedules({ skips: daily, catches_up: { ...daily, missed: 'catch_up' } })
  await wake(given.db, '2026-06-01T12:00')
  await wake(given.db, '2026-06-04T12:00')
  assert.deepEqual(await given.fired('skips'), [])
  assert.deepEqual(await given.fired('catches_up'), ['2026-06-02T03:00', '2026-06-03T03:00', '2026-06-04T03:00'])
  for (const name of ['skips', 'catches_up']) assert.equal(await nextOf(given.db, name, '2026-06-04T12:00'), '2026-06-05T03:00')
})

test('a workflow that is not published for a while keeps its time, and one that changes its schedule gets another', async () => {
  await using given = await givenSchedules({ nightly: { ...daily, missed: 'catch_up' } })
  await wake(given.db, '2026-06-01T12:00')
  await givenScheduled(given.db, {})
  await wake(given.db, '2026-06-02T04:00')
  assert.deepEqual(await given.fired('nightly'), [])
  await givenScheduled(given.db, { nightly: { ...daily, missed: 'catch_up' } })
  await wake(given.db, '2026-06-02T05:00')
  assert.deepEqual(await given.fired('nightly'), ['2026-06-02T03:00'])
  await givenScheduled(given.db, { nightly: { ...daily, cron: '0 6 * * *' } })
  await wake(given.db, '2026-06-02T05:30')
  assert.equal(await nextOf(given.db, 'nightly', '2026-06-02T05:30'), '2026-06-02T06:00')
  await givenScheduled(given.db, { nightly: null })
  await wake(given.db, '2026-06-02T06:00')
  assert.deepEqual(await given.fired('nightly'), ['2026-06-02T03:00'])
})

test('a schedule that changed a moment before it was due is not run by its old time', async () => {
  await using given = await givenSchedules({ nightly: daily })
  await wake(given.db, '2026-06-01T12:00')
  await givenScheduled(given.db, { nightly: { ...daily, cron: '0 6 * * *' } })
  while (await fireDue(given.db, at('2026-06-02T03:00')));
  assert.deepEqual(await given.fired('nightly'), [])
  assert.equal(await nextOf(given.db, 'nightly', '2026-06-02T03:00'), '2026-06-02T06:00')
})

test('what a paused schedule misses is not caught up with', async () => {
  await using given = await givenSchedules({ nightly: { ...daily, missed: 'catch_up' } })
  await wake(given.db, '2026-06-01T12:00')
  await setSchedule(given.db, systemActing, 'nightly', { isPaused: true }, at('2026-06-01T13:00'))
  await wake(given.db, '2026-06-03T12:00')
  await setSchedule(given.db, systemActing, 'nightly', { isPaused: false }, at('2026-06-03T13:00'))
  await wake(given.db, '2026-06-03T13:00')
  assert.deepEqual(await given.fired('nightly'), [])
  await wake(given.db, '2026-06-04T03:00')
  assert.deepEqual(await given.fired('nightly'), ['2026-06-04T03:00'])
})

test('a run that cannot be started is told of on the schedule, and the next one comes', async () => {
  await using given = await givenSchedules({ nightly: { ...daily, organizations: 'mapped:nothing' } })
  await wake(given.db, '2026-06-01T12:00')
  await wake(given.db, '2026-06-02T03:00')
  const failed = await getSchedule(given.db, 'nightly', at('2026-06-02T03:00'))
  assert.deepEqual([failed.lastError?.error, failed.lastBatchId, failed.nextRunAt], ['integration_not_found', null, at('2026-06-03T03:00')])
  await givenScheduled(given.db, { nightly: daily }, { type: 'object', required: ['tenant'], properties: { tenant: { type: 'string' } } })
  await wake(given.db, '2026-06-03T03:00')
  assert.equal((await getSchedule(given.db, 'nightly', at('2026-06-03T03:00'))).lastError?.error, 'validation_failed')
  await setSchedule(given.db, systemActing, 'nightly', { parameters: { tenant: 't' } }, at('2026-06-03T12:00'))
  await wake(given.db, '2026-06-04T03:00')
  const mended = await getSchedule(given.db, 'nightly', at('2026-06-04T03:00'))
  assert.equal(mended.lastError, null)
  assert.deepEqual((await getBatch(given.db, 'allOrganizations', String(mended.lastBatchId))).parameters, { tenant: 't' })
})

test('a schedule of which nobody can tell when it is due is told so, and the others run', async () => {
  await using given = await givenSchedules({ alpha: daily, broken: daily, omega: daily })
  await wake(given.db, '2026-06-01T12:00')
  await readInScope(given.db, 'allOrganizations', sql`update schedules set cron = '*/90 * * * *' where workflow_name = 'broken'`)
  await wake(given.db, '2026-06-02T03:00')
  assert.deepEqual(await given.fired('alpha'), ['2026-06-02T03:00'])
  assert.deepEqual(await given.fired('omega'), ['2026-06-02T03:00'])
  assert.deepEqual(await given.fired('broken'), [])
  const broken = await getSchedule(given.db, 'broken', at('2026-06-02T03:00'))
  assert.deepEqual([broken.lastError?.error, broken.nextRunAt], ['schedule_invalid', null])
  assert.match(broken.lastError?.message ?? '', /'\*\/90 \* \* \* \*' in the time zone 'UTC' is none: .*steps/)
  await setSchedule(given.db, systemActing, 'broken', { cron: '0 5 * * *' }, at('2026-06-02T04:00'))
  const mended = await getSchedule(given.db, 'broken', at('2026-06-02T04:00'))
  assert.deepEqual([mended.lastError, mended.nextRunAt], [null, at('2026-06-02T05:00')])
})

test('a run that fails in a way nobody foresaw is put aside until its next time, and the others run', async () => {
  await using given = await givenSchedules({ alpha: daily, broken: daily, omega: daily })
  await wake(given.db, '2026-06-01T12:00')
  await readInScope(given.db, 'allOrganizations', sql`update schedules set organizations = '["no id"]' where workflow_name = 'broken'`)
  await readInScope(
    given.db,
    'allOrganizations',
    sql`update schedules set next_due_at = ${at('2026-06-02T02:59')} where workflow_name = 'broken'`,
  )
  await wake(given.db, '2026-06-02T03:00')
  for (const name of ['alpha', 'omega']) assert.deepEqual(await given.fired(name), ['2026-06-02T03:00'])
  const broken = await getSchedule(given.db, 'broken', at('2026-06-02T03:00'))
  assert.deepEqual([broken.lastError?.error, broken.nextRunAt], ['internal_error', at('2026-06-03T03:00')])
})

test('within an organization nobody sees schedules', async () => {
  await using given = await givenSchedules({ nightly: daily })
  await wake(given.db, '2026-06-01T12:00')
  assert.deepEqual(await readInScope(given.db, { organizationId: given.acme.id }, sql`select 1 from schedules`), [])
})
