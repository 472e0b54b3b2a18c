import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SpareRunners } from './spare-runners.ts'

test('all who ask at once while there is no room for a spare are told that there is none', async () => {
  let starts = 0
  const spares = new SpareRunners(1, async () => {
    // Without an end, nothing else would ever run again.
    assert.ok(++starts < 100)
    return undefined
  })
  assert.deepEqual(await Promise.all(Array.from({ length: 5 }, () => spares.take())), Array(5).fill(undefined))
})
