import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { isDatabaseAway, outlastOutages, watchOutages } from './outages.ts'

const databaseError = (code: string) => Object.assign(new pg.DatabaseError('refused', 7, 'error'), { code })
const systemError = (code: string) => Object.assign(new Error(code), { code })

test('a database that is gone, starting, stopping, or out of space is away; one that refuses a statement is not', () => {
  for (const code of ['57P01', '57P02', '57P03', '25006', '53100', '53300', '08006'])
    assert.equal(isDatabaseAway(databaseError(code)), true, code)
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EPIPE', 'ENETUNREACH']) assert.equal(isDatabaseAway(systemError(code)), true, code)
  for (const code of ['23505', '42P01', '57014', '22P02']) assert.equal(isDatabaseAway(databaseError(code)), false, code)
  assert.equal(isDatabaseAway(new Error('anything')), false)
})

test('work that is safe to repeat is repeated while the database is away, and no longer than that', async () => {
  const failures = [systemError('ECONNREFUSED'), databaseError('57P03')]
  const outlasted = await outlastOutages(async () => {
    const failure = failures.shift()
    if (failure) throw failure
    return 'done'
  })
  assert.equal(outlasted, 'done')
  await assert.rejects(
    outlastOutages(async () => Promise.reject(databaseError('42P01'))),
    { code: '42P01' },
  )
  await assert.rejects(
    outlastOutages(
      async () => Promise.reject(systemError('ECONNREFUSED')),
      () => true,
    ),
    { code: 'ECONNREFUSED' },
  )
})

test('an outage is told of when it begins, twice a minute, and at its end', () => {
  const lines: string[] = []
  let at = 0
  const outages = watchOutages(
    {
      error: (_details: unknown, sentence?: string) => void lines.push(String(sentence)),
      info: (_details: unknown, sentence?: string) => void lines.push(String(sentence)),
    },
    () => at,
  )
  for (; at < 45_000; at += 100) outages.failed(systemError('ECONNREFUSED'))
  assert.equal(outages.isGoingOn, true)
  outages.succeeded()
  assert.deepEqual(lines, [
    'the database does not answer; what needs it waits',
    'the database does not answer; what needs it waits',
    'the database answers again',
  ])
  assert.equal(outages.isGoingOn, false)
})

test('a full disk is told of by name, and lasts although reading succeeds', () => {
  const lines: string[] = []
  let at = 0
  const outages = watchOutages(
    {
      error: (_details: unknown, sentence?: string) => void lines.push(String(sentence)),
      info: (_details: unknown, sentence?: string) => void lines.push(String(sentence)),
    },
    () => at,
  )
  for (; at < 20_000; at += 1_000) {
    outages.failed(databaseError('53100'))
    outages.succeeded()
    assert.equal(outages.isDiskFull, true)
  }
  at += 10_000
  assert.equal(outages.isDiskFull, false)
  outages.succeeded()
  assert.deepEqual(lines, [
    'the disk of the database is full; what has to be written waits until there is space on it',
    'the database has space again',
  ])
})
