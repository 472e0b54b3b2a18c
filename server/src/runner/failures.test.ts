import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EgressRefusedError, failureReason, VendorError } from '@crosswalk/sdk'
import { describeFailure } from './failures.ts'

const described = (thrown: unknown) => describeFailure(thrown, '/workspace').message

test('a sentence that says why a call failed gets no more of what Node says of any', () => {
  const away = Object.assign(new Error('getaddrinfo ENOTFOUND vendor.example'), { code: 'ENOTFOUND' })
  const sentence = 'GET https://vendor.example/users could not be reached: no host has that name (ENOTFOUND).'
  const unreached = new VendorError('unavailable', sentence, {}, { cause: new TypeError('fetch failed', { cause: away }) })
  assert.equal(described(unreached), sentence)
  assert.equal(failureReason(unreached), sentence)
  assert.equal(described(new TypeError('fetch failed', { cause: away })), 'fetch failed: getaddrinfo ENOTFOUND vendor.example')

  const cut = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })
  const broken = 'GET https://vendor.example/users answered 200, and its body broke off: the connection was broken off (UND_ERR_SOCKET).'
  assert.equal(described(new VendorError('unavailable', broken, {}, { cause: new TypeError('terminated', { cause: cut }) })), broken)
})

test('a refusal of the gateway is told once', () => {
  const sentence = 'Author code may not connect to 10.1.2.3:80: it is a private address.'
  const cause = new TypeError('fetch failed', { cause: new EgressRefusedError(sentence) })
  assert.equal(described(new VendorError('egress_refused', sentence, {}, { cause })), sentence)
  assert.equal(
    described(new Error('Sites could not be read.', { cause: new Error('The vendor is away.') })),
    'Sites could not be read: The vendor is away.',
  )
})
