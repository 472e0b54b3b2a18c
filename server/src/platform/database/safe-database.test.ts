import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StartError } from '../start-error.ts'
import { requireSafeDatabase } from './safe-database.ts'

const isTaken = (databaseUrl: string | null, allowsPlainDatabase = false) => {
  try {
    requireSafeDatabase({ databaseUrl, allowsPlainDatabase })
    return true
  } catch (error) {
    assert.ok(error instanceof StartError && error.code === 'plain_database_refused')
    assert.ok(!error.message.includes('hunter2'), 'the password is not told')
    return false
  }
}

test('a database on another machine is reached with TLS, or where plain text was asked for', () => {
  const away = 'postgresql://me:hunter2@db.example.com:5432/crosswalk'
  assert.equal(isTaken(away), false)
  assert.equal(isTaken(`${away}?sslmode=disable`), false)
  assert.equal(isTaken(`${away}?sslmode=allow`), false)
  assert.equal(isTaken('postgresql:///crosswalk?host=10.0.0.5'), false)
  for (const query of ['sslmode=require', 'sslmode=verify-full', 'ssl=true', 'sslnegotiation=direct'])
    assert.equal(isTaken(`${away}?${query}`), true, query)
  assert.equal(isTaken(away, true), true)
})

test('a database on this machine needs none', () => {
  assert.equal(isTaken(null), true)
  for (const host of ['127.0.0.1:5432', 'localhost', '[::1]:5432'])
    assert.equal(isTaken(`postgresql://me:hunter2@${host}/crosswalk`), true, host)
  assert.equal(isTaken('postgresql:///crosswalk?host=/var/run/postgresql'), true)
})
