import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextTimes, timeZones } from './next-times.ts'

test('the next times are those of the time zone', () => {
  const [first, second, ...rest] = nextTimes('0 5 * * 1', 'Asia/Tokyo', 2) ?? []
  assert.ok(first && second)
  // Tokyo has no summer time: five in the morning there is eight in the evening before, in UTC.
  assert.match(first.toISOString(), /T20:00:00/)
  assert.equal(first.getUTCDay(), 0)
  assert.equal(second.getTime() - first.getTime(), 7 * 86_400_000)
  assert.deepEqual(rest, [])
})

test('what the server would refuse has no next times', () => {
  assert.equal(nextTimes('every monday', 'UTC', 1), undefined)
  assert.equal(nextTimes('0 0 5 * * 1', 'UTC', 1), undefined)
  assert.equal(nextTimes('0 5 * * 1', 'Europe/Nowhere', 1), undefined)
  assert.deepEqual(nextTimes('0 5 31 2 *', 'UTC', 1), [])
})

test('the time zones to choose from are each there once, with the one that is set', () => {
  const zones = timeZones('Europe/Vienna')
  assert.deepEqual([zones[0], zones.includes('Europe/Vienna'), zones.length], ['UTC', true, new Set(zones).size])
})
