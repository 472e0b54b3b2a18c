import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitingText } from './waiting-text.ts'

const now = new Date(2026, 2, 4, 9, 30)
const until = (...at: [number, number, number, number, number]) => new Date(...at).toISOString()

test('a wait says until when: the time where that is today, else with the day, and with another year', () => {
  assert.equal(waitingText({ for: 'time', until: until(2026, 2, 4, 14, 5) }, now, 'en-GB'), 'Waiting until 14:05')
  assert.match(waitingText({ for: 'time', until: until(2026, 2, 6, 14, 5) }, now, 'en-GB'), /^Waiting until 6 Mar(,| at) 14:05$/)
  assert.match(waitingText({ for: 'time', until: until(2027, 0, 6, 14, 5) }, now, 'en-GB'), /^Waiting until 6 Jan 2027(,| at) 14:05$/)
})

test('a wait says what it is for where that is no time', () => {
  assert.equal(waitingText({ for: 'event', until: null }, now, 'en-GB'), 'Waiting for an event')
  assert.equal(waitingText({ for: 'person', until: until(2026, 2, 4, 14, 5) }, now, 'en-GB'), 'Waiting for a person until 14:05')
})
