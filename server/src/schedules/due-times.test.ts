import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dueTimesToRun, nextDueTime } from './due-times.ts'

const vienna = { timeZone: 'Europe/Vienna' }
const at = (iso: string) => new Date(`${iso}Z`)
/** The next so many, one after the other. */
function following(cron: string, timeZone: string, after: string, count: number): string[] {
  const times: string[] = []
  for (let time = nextDueTime({ cron, timeZone }, at(after)); time && times.length < count; time = nextDueTime({ cron, timeZone }, time))
    times.push(time.toISOString().slice(0, 16))
  return times
}

test('a time that a clock change skips is run right after the gap', () => {
  const times = following('30 2 * * *', 'Europe/Vienna', '2026-03-28T12:00', 2)
  assert.deepEqual(times, ['2026-03-29T01:00', '2026-03-30T00:30'])
})

test('a time that a clock change repeats is run once', () => {
  const times = following('30 2 * * *', 'Europe/Vienna', '2026-10-24T12:00', 2)
  assert.deepEqual(times, ['2026-10-25T00:30', '2026-10-26T01:30'])
})

test('what is due every half hour stays so through both clock changes', () => {
  const autumn = following('*/30 * * * *', 'Europe/Vienna', '2026-10-24T23:45', 6)
  assert.deepEqual(
    autumn,
    ['00:00', '00:30', '01:00', '01:30', '02:00', '02:30'].map((time) => `2026-10-25T${time}`),
  )
  const spring = following('*/30 * * * *', 'Europe/Vienna', '2026-03-29T00:15', 3)
  assert.deepEqual(spring, ['2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30'])
})

test('the same hour of the day is another time in winter and in summer', () => {
  assert.deepEqual(following('0 5 * * mon', 'Europe/Vienna', '2026-03-22T00:00', 2), ['2026-03-23T04:00', '2026-03-30T03:00'])
  assert.deepEqual(following('0 5 * * 7', 'UTC', '2026-03-22T00:00', 1), ['2026-03-22T05:00'])
})

test('a day of the month or a day of the week is enough where both are given', () => {
  assert.deepEqual(following('0 0 13 * fri', 'UTC', '2026-10-08T00:00', 3), ['2026-10-09T00:00', '2026-10-13T00:00', '2026-10-16T00:00'])
  assert.equal(nextDueTime({ cron: '0 0 31 2 *', timeZone: 'UTC' }, at('2026-01-01T00:00')), undefined)
})

const daily = { cron: '0 3 * * *', ...vienna, missed: 'skip' as const }
const runs = (missed: 'skip' | 'catch_up', from: string, now: string, cron = daily.cron) =>
  dueTimesToRun({ ...daily, cron, missed }, at(from), at(now)).map((time) => time.toISOString().slice(0, 16))

test('what is due now is run, also a little late', () => {
  for (const now of ['2026-06-02T01:00:00.000', '2026-06-02T01:00:00.040', '2026-06-02T01:04'])
    assert.deepEqual(runs('skip', '2026-06-02T01:00', now), ['2026-06-02T01:00'], now)
})

test('what was missed is skipped', () => {
  assert.deepEqual(runs('skip', '2026-06-02T01:00', '2026-06-02T01:06'), [])
  assert.deepEqual(runs('skip', '2026-06-02T01:00', '2026-06-20T01:01'), ['2026-06-20T01:00'])
})

test('or caught up with, the oldest first and the newest ten at most', () => {
  assert.deepEqual(runs('catch_up', '2026-06-02T01:00', '2026-06-04T09:00'), ['2026-06-02T01:00', '2026-06-03T01:00', '2026-06-04T01:00'])
  const many = runs('catch_up', '2026-06-02T01:00', '2026-06-02T02:00', '* * * * *')
  assert.deepEqual([many.length, many[0], many.at(-1)], [10, '2026-06-02T01:51', '2026-06-02T02:00'])
})
