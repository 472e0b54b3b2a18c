import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timeZoneProblem, zoneNamed } from './time-zone.ts'

test('an offset is no time zone, and the sentence says that an IANA name is meant', () => {
  for (const offset of ['+02:00', '-0530', '+2', '02:00', '\u221205:00'])
    assert.match(timeZoneProblem(offset) ?? '', /offset.*IANA name/, offset)
  for (const name of ['Europe/Vienna', 'UTC', 'Etc/GMT-2']) assert.equal(timeZoneProblem(name), undefined, name)
})

test('an abbreviation without summer time is refused, and a zone has its usual letters', () => {
  for (const name of ['EST', 'mst', 'HST']) assert.match(timeZoneProblem(name) ?? '', /has no summer time.*'America\/New_York'/)
  assert.equal(timeZoneProblem('EST5EDT'), undefined)
  assert.equal(zoneNamed('europe/VIENNA'), 'Europe/Vienna')
  assert.equal(zoneNamed('utc'), 'UTC')
})
