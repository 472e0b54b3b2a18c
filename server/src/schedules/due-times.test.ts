import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSchedule } from '@crosswalk/sdk'
import fc from 'fast-check'
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

/** Local times are told in the zone; these are the days around its change. */
const changes: [what: string, cron: string, timeZone: string, after: string, due: string[]][] = [
  // Vienna goes from 02:00 to 03:00 at 01:00 UTC on 2027-03-28.
  ['a list in the gap is run once', '0,30 2 * * *', 'Europe/Vienna', '2027-03-27T12:00', ['28T01:00', '29T00:00', '29T00:30']],
  ['a step in the gap is run once', '*/15 2 * * *', 'Europe/Vienna', '2027-03-27T12:00', ['28T01:00', '29T00:00', '29T00:15']],
  [
    'a list of hours keeps the one in the gap',
    '30 1,2 * * *',
    'Europe/Vienna',
    '2027-03-27T12:00',
    ['28T00:30', '28T01:00', '28T23:30', '29T00:30'],
  ],
  [
    'a range of hours keeps the one in the gap',
    '30 1-4 * * *',
    'Europe/Vienna',
    '2027-03-27T12:00',
    ['28T00:30', '28T01:00', '28T01:30', '28T02:30', '28T23:30'],
  ],
  ['the gap and its end are one run', '0 2,3 * * *', 'Europe/Vienna', '2027-03-27T12:00', ['28T01:00', '29T00:00', '29T01:00']],
  [
    'a step of hours keeps the one in the gap',
    '10 */2 * * *',
    'Europe/Vienna',
    '2027-03-27T23:00',
    ['27T23:10', '28T01:00', '28T02:10', '28T04:10'],
  ],
  ['a weekday in the gap', '30 2 * * sun', 'Europe/Vienna', '2027-03-27T12:00', ['28T01:00', '04T00:30']],
  [
    'a day of the month or a weekday in the gap',
    '30 2 28 * mon',
    'Europe/Vienna',
    '2027-03-27T12:00',
    ['28T01:00', '29T00:30', '05T00:30'],
  ],
  ['a weekday that is not that of the gap', '30 2 * * mon', 'Europe/Vienna', '2027-03-27T12:00', ['29T00:30', '05T00:30']],
  ['each hour has no run more', '15 * * * *', 'Europe/Vienna', '2027-03-27T23:20', ['28T00:15', '28T01:15', '28T02:15']],
  ['each hour in other words', '15 0-23 * * *', 'Europe/Vienna', '2027-03-27T23:20', ['28T00:15', '28T01:15', '28T02:15']],
  // And from 03:00 to 02:00 at 01:00 UTC on 2027-10-31.
  ['a list in the repeated hour is run once', '0,30 2 * * *', 'Europe/Vienna', '2027-10-30T12:00', ['31T00:00', '31T00:30', '01T01:00']],
  ['a step in the repeated hour is run once', '*/15 2 * * *', 'Europe/Vienna', '2027-10-31T00:20', ['31T00:30', '31T00:45', '01T01:00']],
  ['a range over the repeated hour', '0 1-3 * * *', 'Europe/Vienna', '2027-10-30T12:00', ['30T23:00', '31T00:00', '31T02:00', '01T00:00']],
  ['each hour continues in the repeated one', '15 * * * *', 'Europe/Vienna', '2027-10-30T23:20', ['31T00:15', '31T01:15', '31T02:15']],
  ['from within the second hour', '15 * * * *', 'Europe/Vienna', '2027-10-31T01:10', ['31T01:15', '31T02:15']],
  ['from within the second hour, once a day', '30 2 * * *', 'Europe/Vienna', '2027-10-31T01:10', ['01T01:30']],
  // New York: from 02:00 to 03:00 at 07:00 UTC on 2027-03-14, back at 06:00 UTC on 2027-11-07.
  ['New York in spring', '0,30 2 * * *', 'America/New_York', '2027-03-13T12:00', ['14T07:00', '15T06:00']],
  ['New York in autumn', '30 1 * * *', 'America/New_York', '2027-11-06T12:00', ['07T05:30', '08T06:30']],
  // Lord Howe: half an hour. From 02:00 to 02:30 at 15:30 UTC on 2027-10-02, and from 02:00 to 01:30 at 15:00 UTC on 2027-04-03.
  ['half an hour is skipped', '15 2 * * *', 'Australia/Lord_Howe', '2027-10-02T00:00', ['02T15:30', '03T15:15']],
  ['half an hour is skipped in each hour', '15 * * * *', 'Australia/Lord_Howe', '2027-10-02T14:00', ['02T14:45', '02T15:30', '02T16:15']],
  ['the same minutes after half an hour', '15,45 * * * *', 'Australia/Lord_Howe', '2027-10-02T15:00', ['02T15:15', '02T15:45', '02T16:15']],
  ['half an hour comes twice', '45 1 * * *', 'Australia/Lord_Howe', '2027-04-03T00:00', ['03T14:45', '04T15:15']],
  ['half an hour comes twice in each hour', '45 * * * *', 'Australia/Lord_Howe', '2027-04-03T14:00', ['03T14:45', '03T15:15', '03T16:15']],
  // Midnight is skipped in Beirut, and a whole day was in Samoa.
  ['midnight is skipped', '0 0 * * *', 'Asia/Beirut', '2027-03-27T12:00', ['27T22:00', '28T21:00']],
  ['the first of a month begins after the gap', '30 0 28 3 *', 'Asia/Beirut', '2027-01-01T00:00', ['27T22:00', '27T21:30']],
  ['a whole day is skipped', '0 3 30 12 *', 'Pacific/Apia', '2011-12-01T00:00', ['30T10:00', '29T13:00']],
]
for (const [what, cron, timeZone, after, due] of changes) {
  test(`clock changes: ${what} (${cron}, ${timeZone})`, () => {
    assert.deepEqual(
      following(cron, timeZone, after, due.length).map((time) => time.slice(8)),
      due,
    )
  })
}

const zones = ['UTC', 'Europe/Vienna', 'America/New_York', 'Australia/Lord_Howe', 'America/St_Johns', 'Asia/Kathmandu', 'Africa/Casablanca']
const item = (min: number, max: number, maxStep: number) => {
  const range = fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`)
  return fc.oneof(
    fc.constant('*'),
    fc.integer({ min: min - 1, max: max + 1 }).map(String),
    range,
    fc.tuple(fc.oneof(fc.constant('*'), range), fc.integer({ min: 0, max: maxStep + 3 })).map(([before, step]) => `${before}/${step}`),
  )
}
const field = (min: number, max: number, maxStep: number) =>
  fc.array(item(min, max, maxStep), { minLength: 1, maxLength: 3 }).map((items) => items.join(','))
const expressions = fc
  .tuple(field(0, 59, 60), field(0, 23, 24), field(1, 31, 31), field(1, 12, 12), field(0, 7, 7))
  .map((fields) => fields.join(' '))
const moments = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })

test('what is taken as a cron expression has a next time, and one after that', () => {
  let taken = 0
  fc.assert(
    fc.property(expressions, fc.constantFrom(...zones), moments, (cron, timeZone, now) => {
      let timing: { cron: string; timeZone: string }
      try {
        timing = checkSchedule('test', { cron, timeZone })
      } catch {
        return
      }
      taken++
      const next = nextDueTime(timing, now) ?? assert.fail(`${cron} has no next time`)
      const later = nextDueTime(timing, next) ?? assert.fail(`${cron} has no second time`)
      assert.ok(now < next && next < later, `${cron} in ${timeZone}: ${now.toISOString()}, ${next.toISOString()}, ${later.toISOString()}`)
      assert.deepEqual(nextDueTime(timing, new Date(next.getTime() - 1)), next, 'from right before it')
      assert.deepEqual(dueTimesToRun({ ...timing, missed: 'catch_up' }, next, later), [next, later])
    }),
    { numRuns: 400 },
  )
  assert.ok(taken > 50, `${taken} expressions were taken`)
})

test('no day of the year is without its run, whatever the clocks do', () => {
  for (const timeZone of zones) {
    for (const cron of ['30 2 * * *', '0 0 * * *', '15 1 * * *']) {
      const times = following(cron, timeZone, '2026-12-31T23:59', 365)
      assert.equal(new Set(times).size, 365)
      const last = at(times.at(-1) ?? '').getTime() - at(times[0] ?? '').getTime()
      assert.ok(Math.abs(last - 364 * 86_400_000) <= 3_600_000, `${cron} in ${timeZone}`)
    }
  }
})

test('the same hour of the day is another time in winter and in summer', () => {
  assert.deepEqual(following('0 5 * * mon', 'Europe/Vienna', '2026-03-22T00:00', 2), ['2026-03-23T04:00', '2026-03-30T03:00'])
  assert.deepEqual(following('0 5 * * 7', 'UTC', '2026-03-22T00:00', 1), ['2026-03-22T05:00'])
})

test('a day of the month or a day of the week is enough where both are given', () => {
  assert.deepEqual(following('0 0 13 * fri', 'UTC', '2026-10-08T00:00', 3), ['2026-10-09T00:00', '2026-10-13T00:00', '2026-10-16T00:00'])
  assert.equal(nextDueTime({ cron: '0 0 31 2 *', timeZone: 'UTC' }, at('2026-01-01T00:00')), undefined)
})

test('the 29th of February is found where a leap year is left out', () => {
  assert.deepEqual(following('0 0 29 2 *', 'UTC', '2096-03-01T00:00', 1), ['2104-02-29T00:00'])
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

test('a year of outage costs no more than an hour of it', () => {
  const began = process.cpuUsage()
  assert.equal(runs('catch_up', '2020-06-02T01:00', '2026-06-02T02:00', '* * * * *').length, 10)
  assert.equal(runs('catch_up', '2000-06-02T01:00', '2026-06-02T02:00', '0 0 29 2 *').length, 6)
  assert.ok(process.cpuUsage(began).user < 2_000_000)
})
