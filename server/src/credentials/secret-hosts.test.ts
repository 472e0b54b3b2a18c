import assert from 'node:assert/strict'
import { test } from 'node:test'
import { destinationOf } from './secret-hosts.ts'

test('a host is compared without the dot that its name may end in, and in lower case', () => {
  const hosts = ['https://EVIL.example./x', 'https://evil.example:8443', 'https://[::1]/'].map(
    (url) => destinationOf(new URL(url), false).host,
  )
  assert.deepEqual(hosts, ['evil.example', 'evil.example', '::1'])
})
