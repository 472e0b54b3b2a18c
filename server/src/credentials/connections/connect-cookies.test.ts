import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserOf, cookieFor, pageCookieFor, pageSeenBy } from './connect-cookies.ts'

const token = 'x'.repeat(43)
const overTls = { 'x-forwarded-proto': 'https' }

test('behind TLS the cookies of connecting are of this host and over TLS, and no others are taken', () => {
  assert.match(cookieFor(overTls, token), /^__Host-crosswalk_connect=x{43}; Path=\/; .*HttpOnly; SameSite=Lax; Secure$/)
  assert.match(pageCookieFor(overTls, token), /^__Host-crosswalk_connect_page=.*HttpOnly; SameSite=Strict; Secure$/)
  assert.match(cookieFor({}, token), /^crosswalk_connect=x{43}; Path=\/api\/connections; .*SameSite=Lax$/)
  const cookie = `crosswalk_connect=${token}; crosswalk_connect_page=${token}`
  assert.deepEqual([browserOf({ cookie }), pageSeenBy({ cookie })], [token, token])
  assert.deepEqual([browserOf({ ...overTls, cookie }), pageSeenBy({ ...overTls, cookie })], [undefined, undefined])
  assert.equal(browserOf({ ...overTls, cookie: `a=b; __Host-crosswalk_connect=${token}` }), token)
})
