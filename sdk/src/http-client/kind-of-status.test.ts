import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kindOfStatus } from './kind-of-status.ts'

test('a 403 that says that there were too many requests is no matter of permissions', () => {
  const limited = [
    'Rate limit reached, try again later',
    'API calls are throttled',
    '{"code":"rate_limit_exceeded"}',
    '{"reason":"rateLimitExceeded"}',
    '{"reason":"userRateLimitExceeded"}',
    'error: TOO_MANY_REQUESTS',
    '{"error":"quota-exceeded"}',
  ]
  for (const said of limited) assert.equal(kindOfStatus(403, said), 'rate_limited', said)
  const forbidden = [
    '',
    'You may not list corporate limits',
    'Missing scope rate_limits:read',
    'not authorized: UpdateRateLimitPolicy',
    'Forbidden',
  ]
  for (const said of forbidden) assert.equal(kindOfStatus(403, said), 'permission', said)
})
