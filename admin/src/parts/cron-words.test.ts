import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cronWords } from './cron-words.ts'

test('a cron expression is said as a person says it', () => {
  const said = {
    '0 5 * * 1': 'Every Monday at 05:00',
    '0 3 * * mon,wed': 'Every Monday and Wednesday at 03:00',
    '0 3 * * mon-fri': 'Monday through Friday at 03:00',
    '0 6,18 * * *': 'Every day at 06:00 and 18:00',
    '*/15 * * * *': 'Every 15 minutes',
    '0 3 1 * *': 'At 03:00, on day 1 of the month',
  }
  assert.deepEqual(Object.fromEntries(Object.keys(said).map((cron) => [cron, cronWords(cron)])), said)
})

test('what is no cron expression stays as it is', () => {
  assert.equal(cronWords('every monday'), 'every monday')
})
