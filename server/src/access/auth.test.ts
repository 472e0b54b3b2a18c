import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionDigests, digestOfKey } from './auth.ts'

test('each key has its own digest, whichever came over the same connection before', () => {
  const digests = new ConnectionDigests()
  const [one, other] = [{}, {}]
  for (const [connection, key] of [
    [one, 'first'],
    [one, 'first'],
    [one, 'second'],
    [other, 'first'],
    [one, 'first'],
    [one, 'firs'],
  ] as const)
    assert.deepEqual(digests.of(connection, key), digestOfKey(key))
})
