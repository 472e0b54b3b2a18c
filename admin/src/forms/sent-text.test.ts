import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sentText } from './sent-text.ts'

test('what was sent has the labels of its options, and is shown as it is where they have none', () => {
  const choices = [
    { value: 'room-1', label: 'Room of Globex' },
    { value: 2, label: 'Second floor' },
  ]
  assert.equal(sentText('room-1', choices), 'Room of Globex')
  assert.equal(sentText(['room-1', 2, 'room-9'], choices), 'Room of Globex, Second floor, room-9')
  assert.equal(sentText('2', choices), '2')
  assert.equal(sentText(true, []), 'Yes')
  assert.equal(sentText({ a: 1 }, []), '{"a":1}')
  assert.equal(sentText([{ a: 1 }], []), '[{"a":1}]')
  assert.equal(sentText([], []), '[]')
})
