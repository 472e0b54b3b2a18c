import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import pg from 'pg'
import { asked, isKind, tokenTest } from '../../../testing/given-tokens.ts'
import { createTestApp, type TestApp, testLogger } from '../../../testing/test-app.ts'
import { fetchDirectly, startTokenVendor, type TokenVendor } from '../../../testing/token-vendor.ts'
import { until } from '../../../testing/until.ts'
import { openDatabase } from '../../platform/database/database.ts'
import type { DomainError } from '../../platform/errors.ts'
import type { FetchOutside } from './asking.ts'
import { Tokens, type WantedToken } from './tokens.ts'

// Workers that are lost in the middle of a renewal, at vendors that replace the refresh token each time.

const parts = new AsyncDisposableStack()
let app: TestApp
let vendor: TokenVendor

before(async () => {
  app = parts.use(await createTestApp())
  vendor = parts.use(await startTokenVendor())
})
beforeEach(() => {
  vendor.tokenRequests.length = 0
})
after(() => parts.disposeAsync())

const { givenWorkers, wanted, age } = tokenTest(parts, () => ({ app, vendor }))

/** A worker that dies once the vendor has its request, in whatever state that leaves the vendor. */
async function loseWorker(want: WantedToken): Promise<void> {
  const [lost, asking] = [Promise.withResolvers<never>(), Promise.withResolvers<void>()]
  parts.defer(() => lost.reject(new Error('gone')))
  const db = openDatabase(app.databaseUrl, { maxConnections: 1 })
  const { notifications, keyring } = app
  const fetchOutside: FetchOutside = (request) => {
    void fetchDirectly(request).finally(asking.resolve)
    return lost.promise
  }
  void new Tokens({ db, notifications, keyring, fetchOutside, logger: testLogger, giveUpMs: 1_000_000 }).get(want, asked()).catch(() => {})
  await asking.promise
  await db.close()
  await age(want.key, 20)
}

/** Takes each refresh token once, and the one before for as long as it is lenient. */
function givenRotation({ isLenient }: { isLenient: boolean }): string[] {
  const presented: string[] = []
  let newest = 'first'
  vendor.answer = ({ fields }) => {
    const refresh = fields.refresh_token ?? ''
    if (refresh !== newest && !(isLenient && presented.at(-1) === refresh)) {
      presented.push(refresh)
      return { status: 400, body: { error: 'invalid_grant', error_description: 'Token has been rotated.' } }
    }
    presented.push(refresh)
    newest = `refresh-${presented.length}`
    return { body: { access_token: `access-${presented.length}`, refresh_token: newest, expires_in: 3_600 } }
  }
  return presented
}

test('a worker that is lost with a new refresh token has the old one tried once, which many vendors still take', async () => {
  const want = wanted({}, true)
  const presented = givenRotation({ isLenient: true })
  await loseWorker(want)
  assert.equal((await givenWorkers(1)[0]?.get(want, asked()))?.token, 'access-2')
  assert.deepEqual(presented, ['first', 'first'])
  await age(want.key, 4_000)
  assert.equal((await givenWorkers(1)[0]?.get(want, asked()))?.token, 'access-3')
})

test('where the vendor refuses the old refresh token after that, the failure says just this, and the vendor is not asked again', async () => {
  const want = wanted({}, true)
  const presented = givenRotation({ isLenient: false })
  await loseWorker(want)
  const isLost = ({ message, details }: DomainError) => {
    assert.match(
      message,
      /^A renewal at 127\.0\.0\.1 was cut off around .* UTC\..*\(invalid_grant: Token has been rotated\)\. Connect again\.$/,
    )
    assert.partialDeepStrictEqual(details, {
      kind: 'credentials',
      reason: 'renewal_lost',
      remedy: 'Connect again.',
      vendor_code: 'invalid_grant',
    })
    return true
  }
  const [one, other] = givenWorkers(2)
  await assert.rejects(async () => one?.get(want, asked()), isLost)
  await age(want.key, 86_400)
  await assert.rejects(async () => other?.get(want, asked()), isLost)
  assert.deepEqual(presented, ['first', 'first'])
  const unsure = wanted({}, true)
  vendor.answer = () => (vendor.tokenRequests.length === 3 ? { body: '<html>' } : { status: 401, body: { error: 'invalid_client' } })
  await assert.rejects(async () => one?.get(unsure, asked()), isKind('invalid_response'))
  await age(unsure.key, 60)
  await assert.rejects(
    async () => one?.get(unsure, asked()),
    ({ details }: DomainError) => details.reason === undefined,
  )
  vendor.answer = () => ({ status: 400, body: { error: 'invalid_grant' } })
  await age(unsure.key, 60)
  await assert.rejects(async () => one?.get(unsure, asked()), /was cut off.*\(invalid_grant\)/)
})

test('a worker that has the answer and was cut off from the database alone stores it before others take over', async () => {
  const want = wanted({}, true)
  const presented = givenRotation({ isLenient: false })
  const blocking = new pg.Client({ connectionString: app.databaseUrl, options: '-c crosswalk.scope=all' })
  await blocking.connect()
  parts.defer(() => blocking.end())
  const [cutOff, other] = givenWorkers(2)
  const gate = Promise.withResolvers<void>()
  const { answer } = vendor
  vendor.answer = async (given) => {
    await gate.promise
    return (await answer?.(given)) ?? {}
  }
  const first = cutOff?.get(want, asked())
  await until('the vendor is asked', () => vendor.tokenRequests.length === 1)
  await blocking.query('begin')
  await blocking.query(`select from vendor_tokens where token_key = $1 for no key update`, [want.key])
  gate.resolve()
  await until('it waits to store', async () => {
    const { rows } = await blocking.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%update vendor_tokens%'`,
    )
    return rows.length > 0
  })
  await blocking.query(`update vendor_tokens set renewing_until = now() - interval '1 second' where token_key = $1`, [want.key])
  const second = other?.get(want, asked())
  await blocking.query('commit')
  assert.deepEqual([(await first)?.token, (await second)?.token], ['access-1', 'access-1'])
  assert.deepEqual(presented, ['first'])
})

test('a worker that stops waits for a renewal that nobody waits for', async () => {
  const want = wanted({}, true)
  givenRotation({ isLenient: false })
  const [worker] = givenWorkers(1)
  await worker?.get(want, asked())
  await age(want.key, 3_500)
  const { answer } = vendor
  const gate = Promise.withResolvers<void>()
  vendor.answer = async (given) => {
    await gate.promise
    return (await answer?.(given)) ?? {}
  }
  const [stopping] = givenWorkers(1)
  void stopping?.get(want, asked())
  await until('the vendor is asked', () => vendor.tokenRequests.length === 2)
  const closing = stopping?.close()
  gate.resolve()
  await closing
  assert.equal((await givenWorkers(1)[0]?.get(want, asked()))?.token, 'access-2')
  assert.equal(vendor.tokenRequests.length, 2)
})
