import assert from 'node:assert/strict'
import { test } from 'node:test'
import { securityHeaders } from './security-headers.ts'

test('has the policy of answers that are no page, and tells browsers to stay with TLS only where this process ends it', () => {
  const plain = securityHeaders(false)
  assert.equal(
    plain['content-security-policy'],
    "default-src 'none';object-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  )
  assert.equal(plain['x-content-type-options'], 'nosniff')
  assert.equal(plain['referrer-policy'], 'no-referrer')
  assert.equal(plain['x-powered-by'], undefined)
  assert.equal(plain['strict-transport-security'], undefined)
  assert.equal(securityHeaders(true)['strict-transport-security'], 'max-age=31536000')
})
