import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserOf, cookieFor, pageCookieFor, pageSeenBy } from './connect-cookies.ts'

const token = 'x'.repeat(43)
const overTls = { 'x-forwarded-proto': 'https' }

test('behind TLS the cookies of connecting are taken over TLS alone, and no others are', () => {
  assert.match(cookieFor(overTls, token), /^__Secure-crosswalk_connect=x{43}; Path=\/api\/connections; .*HttpOnly; SameSite=Lax; Secure$/)
  assert.match(pageCookieFor(overTls, token), /^__Secure-crosswalk_connect_page=.*HttpOnly; SameSite=Strict; Secure$/)
  const cookie = `crosswalk_connect=${token}; crosswalk_connect_page=${token}`
  assert.deepEqual([browserOf({ cookie }), pageSeenBy({ cookie })], [token, token])
  assert.deepEqual([browserOf({ ...overTls, cookie }), pageSeenBy({ ...overTls, cookie })], [undefined, undefined])
  assert.equal(browserOf({ ...overTls, cookie: `a=b; __Secure-crosswalk_connect=${token}` }), token)
})
