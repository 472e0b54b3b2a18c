import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unknownVariableNotices } from './unknown-variables.ts'

test('a variable that nobody reads is named with the one that was probably meant', () => {
  assert.deepEqual(unknownVariableNotices({ CROSSWALK_PROT: '7072', CROSSWALK_PORT: '7071', CROSSWALK_URL: 'http://x', PATH: '/bin' }), [
    'The variable CROSSWALK_PROT is set, and Crosswalk has none of that name: it does nothing. Did you mean CROSSWALK_PORT?',
  ])
  assert.deepEqual(unknownVariableNotices({ CROSSWALK_QQQ: '' }), [
    'The variable CROSSWALK_QQQ is set, and Crosswalk has none of that name: it does nothing.',
  ])
})

test('every variable that the documentation names is known', async () => {
  const { readFile } = await import('node:fs/promises')
  const text = await readFile(new URL('../../../docs/operating.md', import.meta.url), 'utf8')
  const named = [...text.matchAll(/^\| `(CROSSWALK_[A-Z_]+)`/gm)].map(([, name = '']) => name)
  assert.ok(named.length > 10)
  assert.deepEqual(unknownVariableNotices(Object.fromEntries(named.map((name) => [name, 'x']))), [])
})
