import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entriesLike, entryOf, rankOf, timeOf } from './log-entry.ts'

const line = {
  sequence: 3,
  timestamp: '2026-01-02T03:04:05.678Z',
  level: 'warn',
  message: 'Two users [a.b] are gone',
  data: { count: 2 },
} as const

test('a log line is kept as one text of which the parts are known', () => {
  const entry = entryOf(line)
  assert.equal(entry.text, '2026-01-02T03:04:05.678Z warn  Two users [a.b] are gone {"count":2}')
  assert.equal(timeOf(entry), line.timestamp)
  assert.equal(entry.text.slice(entry.messageAt, entry.dataAt), line.message)
  assert.equal(entry.text.slice(entry.dataAt), ' {"count":2}')
  assert.equal(entryOf({ ...line, data: null }).text.length, entryOf({ ...line, data: null }).dataAt)
})

test('only a line of plain characters has a height that can be told from its length', () => {
  assert.deepEqual(
    ['plain', 'two\nrows', 'a\ttab', 'Yılmaz'].map((message) => entryOf({ ...line, message }).isPlain),
    [true, false, false, false],
  )
})

test('a log is searched for text as it stands, in any case, and by the least level', () => {
  const entries = [entryOf(line), entryOf({ ...line, sequence: 4, level: 'info', message: 'axb' })]
  assert.equal(entriesLike(entries, rankOf('debug'), ''), entries)
  assert.deepEqual(
    entriesLike(entries, rankOf('debug'), '[A.B]').map(({ sequence }) => sequence),
    [3],
  )
  assert.deepEqual(entriesLike(entries, rankOf('debug'), 'COUNT').length, 2)
  assert.deepEqual(
    entriesLike(entries, rankOf('warn'), '').map(({ sequence }) => sequence),
    [3],
  )
})
