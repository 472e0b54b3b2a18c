import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowsOf } from './log-rows.ts'

test('a line of a log breaks between words, and in a word only where it is longer than a row', () => {
  const cases: [text: string, columns: number, rows: number][] = [
    ['', 10, 1],
    ['0123456789', 10, 1],
    ['two words here', 10, 2],
    ['eight by tenths', 8, 2],
    ['0123456789 ', 10, 1],
    ['0123456789   x', 10, 2],
    ['a 0123456789', 10, 2],
    ['a 01234567890', 10, 3],
    [`${'x'.repeat(95)} tail`, 10, 10],
    [`${'x'.repeat(98)} tail`, 10, 11],
  ]
  for (const [text, columns, rows] of cases) assert.equal(rowsOf(text, columns), rows, text)
})
