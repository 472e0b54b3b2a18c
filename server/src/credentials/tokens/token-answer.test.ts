import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AnswerPlaces, oauth2Places, readTokenAnswer } from './token-answer.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const answered = (body: unknown, status = 200, places: AnswerPlaces = oauth2Places) =>
  readTokenAnswer({ status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) }, places, 'login.example', now)
const lifeOf = (expires_in: unknown) => {
  const read = answered({ access_token: 'a-token', expires_in })
  return 'failure' in read ? read.failure : read.livesMs
}

test('how long a token lives is read from a number or its text, and anything else says nothing', () => {
  assert.deepEqual(['3600', 3600, 59.5, '1e3'].map(lifeOf), [3_600_000, 3_600_000, 59_500, 1_000_000])
  assert.deepEqual(
    [0, -1, '', 'soon', null, true, [3600], {}].map(lifeOf),
    Array.from({ length: 8 }, () => null),
  )
  assert.equal(lifeOf(1e12), 10 * 366 * 86_400_000)
})

test('when a token ends is read as a time, or in seconds or milliseconds since 1970', () => {
  const places = { ...oauth2Places, expiresIn: undefined, expiresAt: 'ends' }
  const lifeUntil = (ends: unknown) => {
    const read = answered({ access_token: 'a-token', ends }, 200, places)
    return 'failure' in read ? read.failure : read.livesMs
  }
  const ends = now + 60_000
  assert.deepEqual(
    [ends, ends / 1_000, String(ends / 1_000), new Date(ends).toISOString()].map(lifeUntil),
    [60_000, 60_000, 60_000, 60_000],
  )
  assert.deepEqual([now - 1, 'tomorrow', ''].map(lifeUntil), [null, null, null])
})

test('a token of any type that is some word for bearer is one, and what takes a key to use is none', () => {
  for (const token_type of ['BEARER', 'bearer', 'BearerToken', 'access_token', '', 7, undefined])
    assert.ok('token' in answered({ access_token: 'a-token', token_type }), String(token_type))
  for (const token_type of ['mac', 'DPoP', 'pop']) {
    const read = answered({ access_token: 'a-token', token_type })
    assert.ok('failure' in read && read.failure.kind === 'invalid_response')
    assert.match(read.failure.message, new RegExp(`of the type ${token_type}, .* Set the client there to bearer tokens`))
  }
})

test('what is no token is of the kind that says who can mend it', () => {
  const kinds: [unknown, number, string][] = [
    [{ error: 'invalid_client' }, 200, 'credentials'],
    [{ error: 'invalid_grant' }, 400, 'credentials'],
    [{ error: 'temporarily_unavailable' }, 400, 'unavailable'],
    [{ error: 'server_error' }, 400, 'unavailable'],
    [{ error: 'slow_down' }, 400, 'rate_limited'],
    [{}, 429, 'rate_limited'],
    [{}, 503, 'unavailable'],
    [{}, 404, 'invalid_response'],
    [{}, 302, 'invalid_response'],
    ['<html>Sign in</html>', 200, 'invalid_response'],
    ['', 200, 'invalid_response'],
    [{ access_token: '' }, 200, 'invalid_response'],
    [{ access_token: 7 }, 200, 'invalid_response'],
    [{ access_token: 'two\nlines' }, 200, 'invalid_response'],
    [{ access_token: 'x'.repeat(40_000) }, 200, 'invalid_response'],
    [[{ access_token: 'a-token' }], 200, 'invalid_response'],
  ]
  for (const [body, status, kind] of kinds) {
    const read = answered(body, status)
    assert.ok('failure' in read, JSON.stringify(body))
    assert.equal(read.failure.kind, kind, JSON.stringify(body).slice(0, 100))
  }
})
