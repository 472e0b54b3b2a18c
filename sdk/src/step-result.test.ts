import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCrosswalkError } from './index.ts'
import { isPlainData, isRecorded } from './step-result.ts'

test('plain data is JSON, undefined, dates, big integers, and maps and sets of such', () => {
  const twice = { a: 1 }
  for (const value of [
    null,
    undefined,
    'x',
    1,
    true,
    1n,
    [1, [2]],
    { a: { b: [] } },
    new Date(0),
    new Map([['a', new Set([1n])]]),
    [twice, twice],
  ])
    assert.ok(isRecorded('plain', value))
})

test('what cannot be read back as it was is not recorded', () => {
  const cycle: Record<string, unknown> = {}
  cycle.itself = cycle
  for (const value of [
    () => 1,
    Symbol('x'),
    new URL('http://x.example'),
    Promise.resolve(1),
    cycle,
    { deep: [new Map([[1, () => 1]])] },
    new Error('x'),
  ])
    assert.ok(!isPlainData(value) && !isRecorded('not plain', value))
  assert.ok(!isRecorded('a proxy looks plain and cannot be copied', new Proxy({ a: 1 }, {})))
})

test('a result of more than 16 MiB is refused, and what is just below is not', () => {
  const mebibyte = 1024 * 1024
  assert.ok(isRecorded('much', '.'.repeat(16 * mebibyte - 100)))
  assert.throws(
    () => isRecorded('much', '.'.repeat(16 * mebibyte)),
    (error) => isCrosswalkError(error, 'step_result_too_large') && /'much' returned more than 16 MiB.*Return a summary/.test(error.message),
  )
})
