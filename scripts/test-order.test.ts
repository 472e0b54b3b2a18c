import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inOrder } from './test-order.ts'

test('files that keep the processors busy and files that wait take turns, and the short ones come last', () => {
  const files = [
    'sdk/src/a.test.ts',
    'e2e/a.test.ts',
    'e2e/b.test.ts',
    'cli/src/a.test.ts',
    'server/tests/a.test.ts',
    'server/tests/b.test.ts',
  ]
  const ordered = inOrder(files)
  assert.deepEqual(ordered.toSorted(), files.toSorted())
  assert.equal(ordered.at(-1), 'sdk/src/a.test.ts')
  assert.deepEqual(
    ordered.map((file) => file.startsWith('e2e/')),
    [false, true, false, true, false, false],
  )
})
