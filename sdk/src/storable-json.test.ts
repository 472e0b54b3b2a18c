import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storageProblem } from './storable-json.ts'

test('JSON that the database cannot hold is refused before it gets there', () => {
  let deep: unknown = 'end'
  for (let depth = 0; depth < 50_000; depth++) deep = [deep]
  assert.match(storageProblem(deep, 1e9) ?? '', /nested/)
  assert.match(storageProblem({ a: ['x\0y'] }, 1_000) ?? '', /NUL/)
  assert.match(storageProblem({ 'a\ud800': 1 }, 1_000) ?? '', /Unicode/)
  assert.match(storageProblem({ a: 'ä'.repeat(500) }, 1_000) ?? '', /at most 1000 bytes/)
  assert.match(storageProblem({ a: Number.POSITIVE_INFINITY }, 1_000) ?? '', /too large/)
  assert.equal(storageProblem({ a: ['😀', null, 1.5, { b: true }] }, 1_000), undefined)
})
