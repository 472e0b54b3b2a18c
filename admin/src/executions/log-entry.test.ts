import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entriesLike, entriesWithin, entryOf, localTime, rankOf, timeOf } from './log-entry.ts'

const line = {
  sequence: 3,
  timestamp: '2026-01-02T03:04:05.678Z',
  level: 'warn',
  message: 'Two users [a.b] are gone',
  data: { count: 2 },
} as const

test('a log line is kept as one text of which the parts are known', () => {
  const entry = entryOf(line)
  assert.equal(entry.text, `${localTime(Date.parse(line.timestamp))} warn  Two users [a.b] are gone {"count":2}`)
  assert.equal(Date.parse(timeOf(entry)), Date.parse(line.timestamp))
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

test('a time is that of the clock here, and says how far that is from UTC', () => {
  const before = process.env.TZ
  try {
    for (const [zone, text] of [
      ['Europe/Vienna', '2026-01-02T04:04:05.678+01:00'],
      ['America/St_Johns', '2026-01-01T23:34:05.678-03:30'],
      ['UTC', '2026-01-02T03:04:05.678Z'],
    ] as const) {
      process.env.TZ = zone
      assert.equal(localTime(Date.parse(line.timestamp)), text)
    }
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
})

test('the lines of a span of time are those in it, ends included', () => {
  const at = Date.parse(line.timestamp)
  const entries = [0, 1, 2, 3].map((number) =>
    entryOf({ ...line, sequence: number, timestamp: new Date(at + number * 1_000).toISOString() }),
  )
  assert.deepEqual(
    entriesWithin(entries, at + 1_000, at + 2_000).map(({ sequence }) => sequence),
    [1, 2],
  )
})
