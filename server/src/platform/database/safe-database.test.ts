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
  // As the driver reads them: what is empty is not there, and of two the last counts.
  for (const query of ['sslmode=', 'host=', 'ssl=true&ssl=0', 'sslmode=verify-full&sslmode=disable', 'host=localhost&host=db.example.com'])
    assert.equal(isTaken(`${away}?${query}`), false, query)
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

test('a URL that names no host leads where the environment says', (t) => {
  const before = process.env.PGHOST
  t.after(() => (before === undefined ? delete process.env.PGHOST : (process.env.PGHOST = before)))
  process.env.PGHOST = 'db.example.com'
  assert.equal(isTaken('postgresql:///crosswalk'), false)
  delete process.env.PGHOST
  assert.equal(isTaken('postgresql:///crosswalk'), true)
})
