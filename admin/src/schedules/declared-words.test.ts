import assert from 'node:assert/strict'
import { test } from 'node:test'
import { declaredWords } from './declared-words.ts'

test('what was declared is said in a line', () => {
  assert.equal(
    declaredWords({ cron: '0 3 * * 1', time_zone: 'Europe/Vienna', organizations: 'mapped:halo', missed: 'catch_up' }),
    'Every Monday at 03:00, Europe/Vienna, for those mapped to halo; missed runs run later',
  )
  assert.equal(
    declaredWords({ cron: '0 0 * * *', time_zone: 'UTC', organizations: 'all', missed: 'skip' }),
    'Every day at 00:00, UTC, for all organizations; missed runs are skipped',
  )
})
