import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { getTypeParser } from './column-types.ts'

const ours: (text: string) => unknown = getTypeParser(pg.types.builtins.TIMESTAMPTZ)
const driver: (text: string) => unknown = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ)

test('reads times as the driver does, whichever way PostgreSQL writes them', () => {
  const texts = [
    '2026-11-28 09:30:00+00',
    '2026-11-28 09:30:00.1+00',
    '2026-11-28 09:30:00.123456+00',
    '2026-11-28 23:59:59.999999+00',
    '2026-11-28 09:30:00.5+01',
    '2026-11-28 09:30:00+05:30',
    '2024-02-29 00:00:00+00',
    '0099-01-01 00:00:00+00',
    '10000-01-01 00:00:00+00',
    '0044-03-15 12:00:00+00 BC',
    '1850-01-01 00:00:00.25-00:01:15',
    'infinity',
    '-infinity',
  ]
  for (const text of texts) assert.deepEqual(ours(text), driver(text), text)
})

test('leaves other columns, and times in binary form, to the driver', () => {
  const { INT4, JSONB, TIMESTAMPTZ } = pg.types.builtins
  for (const type of [INT4, JSONB]) assert.equal(getTypeParser(type), pg.types.getTypeParser(type))
  assert.equal(getTypeParser(TIMESTAMPTZ, 'binary'), pg.types.getTypeParser(TIMESTAMPTZ, 'binary'))
})
