import assert from 'node:assert/strict'
import { test } from 'node:test'
import { declaredWords } from './declared-words.ts'

test('what an author declared is said in a line, also where only the time is declared', () => {
  assert.equal(
    declaredWords({ schedule: { cron: '0 3 * * 1', timeZone: 'Europe/Vienna', organizations: 'mapped:halo', missed: 'catch_up' } }),
    'Every Monday at 03:00, Europe/Vienna, for those mapped to halo; missed runs are caught up with',
  )
  assert.equal(
    declaredWords({ schedule: { cron: '0 0 * * *' } }),
    'Every day at 00:00, UTC, for all organizations; missed runs are skipped',
  )
  assert.equal(declaredWords({ schedule: null }), 'no schedule')
})
