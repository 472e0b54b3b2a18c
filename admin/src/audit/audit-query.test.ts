import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditQuery, noFilter } from './audit-query.ts'

test('nothing is asked for where nothing is filtered, or where a day is none', () => {
  assert.deepEqual(auditQuery(noFilter), {})
  for (const day of ['0', 'yesterday', '2026-13-41x', '12/31/2026']) assert.deepEqual(auditQuery({ ...noFilter, from: day, to: day }), {})
})

test('a day lasts from its begin to the begin of the next one, where the person is', () => {
  const { since = '', until = '' } = auditQuery({ ...noFilter, from: '2026-12-31', to: '2026-12-31' })
  assert.deepEqual([since, until], [new Date(2026, 11, 31).toISOString(), new Date(2027, 0, 1).toISOString()])
})
