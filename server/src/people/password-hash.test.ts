import assert from 'node:assert/strict'
import { scryptSync } from 'node:crypto'
import { test } from 'node:test'
import { hashPassword, isPasswordOf } from './password-hash.ts'

const password = 'seven brown llamas sing'

test('a password is kept as a hash of its own salt, with the cost that is advised', async () => {
  const [one, other] = await Promise.all([hashPassword(password), hashPassword(password)])
  assert.match(one, /^scrypt\$15\$8\$3\$[\w-]{22}\$[\w-]{86}$/)
  assert.notEqual(one, other)
  assert.equal(await isPasswordOf({ hash: one, password }), true)
  assert.equal(await isPasswordOf({ hash: one, password: `${password}!` }), false)
})

test('hashes that were made before are still taken', async () => {
  const salt = '00112233445566778899aabbccddeeff'
  const key = scryptSync(password, salt, 64, { N: 2 ** 14, r: 16, p: 1, maxmem: 64 * 1024 * 1024 }).toString('hex')
  assert.equal(await isPasswordOf({ hash: `${salt}:${key}`, password }), true)
  assert.equal(await isPasswordOf({ hash: `${salt}:${key}`, password: 'another' }), false)
})

test('what is no hash is nobody’s', async () => {
  for (const hash of ['', 'scrypt$', ':', 'text']) assert.equal(await isPasswordOf({ hash, password }), false)
})
