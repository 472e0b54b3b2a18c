import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { givenOrganization } from '../../../testing/given-installation.ts'
import { asked, isKind, tokenTest } from '../../../testing/given-tokens.ts'
import { createTestApp, type TestApp, testLogger, testMasterKey } from '../../../testing/test-app.ts'
import { fetchDirectly, startTokenVendor, type TokenVendor } from '../../../testing/token-vendor.ts'
import { until } from '../../../testing/until.ts'
import { systemActing } from '../../audit/audit.ts'
import { inScope, openDatabase, readInScope, sql } from '../../platform/database/database.ts'
import type { DomainError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { openKeyring } from '../../values/secrets/keyring.ts'
import { rotateMasterKey } from '../../values/secrets/rotation.ts'
import { SecretText } from '../../values/secrets/secret-text.ts'
import { deleteSecret, setSecret } from '../../values/secrets/secrets.ts'
import { putTokenWithin, storingTokens, tokenTopic } from './keeping.ts'
import { resealVendorTokens } from './resealing.ts'
import { tokenRetention } from './retention.queries.ts'
import { insertToken } from './tokens.queries.ts'
import { Tokens } from './tokens.ts'

const parts = new AsyncDisposableStack()
let app: TestApp
let vendor: TokenVendor
let acme: string

before(async () => {
  app = parts.use(await createTestApp())
  vendor = parts.use(await startTokenVendor())
  acme = (await givenOrganization(app.db, 'Acme')).id
})
beforeEach(() => {
  vendor.tokenRequests.length = 0
  vendor.answer = undefined
  vendor.expiresIn = 3_600
})
after(() => parts.disposeAsync())

const { givenWorkers, wanted, age } = tokenTest(parts, () => ({ app, vendor }))

test('fifty executions on four workers that meet an expired token have it renewed once, and none fails', async () => {
  const want = wanted({ owner: acme })
  const first = await givenWorkers(1)[0]?.get(want, asked())
  await age(want.key, 4_000)
  const workers = givenWorkers(4)
  const held = await Promise.all(Array.from({ length: 50 }, (_, index) => workers[index % 4]?.get(want, asked())))
  assert.equal(vendor.tokenRequests.length, 2)
  assert.equal(new Set(held.map((one) => one?.token)).size, 1)
  assert.notEqual(held[0]?.token, first?.token)
})

test('a token that a vendor refuses is renewed once for all who were refused it', async () => {
  const want = wanted()
  const workers = givenWorkers(3)
  const held = await Promise.all(workers.map((worker) => worker.get(want, asked())))
  const refusedVersion = held[0]?.version
  const again = await Promise.all([...workers, ...workers].map((worker) => worker.get(want, asked({ refusedVersion }))))
  assert.equal(vendor.tokenRequests.length, 2)
  assert.deepEqual(new Set(again.map(({ version }) => version)).size, 1)
  assert.notEqual(again[0]?.version, refusedVersion)
  await assert.rejects(
    async () => workers[0]?.get(want, asked({ refusedVersion: again[0]?.version })),
    isKind('credentials'),
    'the second in a row is no matter of the token',
  )
})

test('a token that was taken and is refused soon after another is renewed too: it has died', async () => {
  const want = wanted()
  const [worker] = givenWorkers(1)
  const first = await worker?.get(want, asked())
  const second = await worker?.get(want, asked({ refusedVersion: first?.version }))
  worker?.taken(second?.version ?? '')
  const third = await worker?.get(want, asked({ refusedVersion: second?.version }))
  assert.equal(vendor.tokenRequests.length, 3)
  await assert.rejects(async () => worker?.get(want, asked({ refusedVersion: third?.version })), isKind('credentials'))
})

test('a token that is refused while it cannot be renewed is told with the reason of that, each time', async () => {
  const want = wanted()
  const [worker] = givenWorkers(1)
  await worker?.get(want, asked())
  vendor.answer = () => ({ status: 400, body: { error: 'invalid_grant', error_description: 'The consent was withdrawn' } })
  for (let time = 0; time < 3; time++) {
    const held = await worker?.get(want, asked())
    await assert.rejects(
      async () => worker?.get(want, asked({ refusedVersion: held?.version })),
      (error: Error) => /gives no token for these credentials \(400\): The consent was withdrawn/.test(error.message),
    )
  }
  assert.equal(vendor.tokenRequests.length, 2, 'the pause after a failure holds')
})

test('to connect again is said where a consent has ended, and not where the vendor does not take the client', async () => {
  const [worker] = givenWorkers(1)
  const remedyFor = async (error: string) => {
    vendor.answer = () => ({ status: 400, body: { error } })
    const want = { ...wanted({ key: error }), connection: 'account', remedy: 'Connect it again.' }
    await insertToken(app.db, { ...want, id: newId() })
    const failure = await worker?.get(want, asked()).catch((thrown: DomainError) => thrown.details)
    return [(failure as Record<string, unknown>).vendor_code, (failure as Record<string, unknown>).remedy]
  }
  assert.deepEqual(await remedyFor('invalid_grant'), ['invalid_grant', 'Connect it again.'])
  assert.deepEqual(await remedyFor('invalid_client'), ['invalid_client', undefined])
})

test('the token of a connection that is gone is refused, and leaves nothing behind', async () => {
  const want = { ...wanted({ key: 'connection gone' }), connection: 'account', remedy: 'Connect it again.' }
  const [worker] = givenWorkers(1)
  const refused = await worker?.get(want, asked()).catch((thrown: DomainError) => thrown)
  assert.match((refused as DomainError).message, /there is nothing to renew it with\. Connect it again\./)
  assert.partialDeepStrictEqual((refused as DomainError).details, {
    kind: 'credentials',
    connection: 'account',
    remedy: 'Connect it again.',
  })
  assert.equal(vendor.tokenRequests.length, 0)
  assert.deepEqual(await readInScope(app.db, 'allOrganizations', sql`select id from vendor_tokens where token_key = 'connection gone'`), [])
})

test('tokens that are taken by one thing and refused by another make two requests for tokens at most', async () => {
  const want = wanted()
  const [worker] = givenWorkers(1)
  const asking = async () => {
    let version = (await worker?.get(want, asked()))?.version ?? ''
    for (let times = 0; times < 10; times++) {
      worker?.taken(version)
      version = (await worker?.get(want, asked({ refusedVersion: version })))?.version ?? ''
    }
  }
  await assert.rejects(asking, isKind('credentials'))
  assert.equal(vendor.tokenRequests.length, 3)
})

test('a token is renewed before its end, and nobody waits for that', async () => {
  const want = wanted()
  await givenWorkers(1)[0]?.get(want, asked())
  await age(want.key, 3_500)
  const gate = Promise.withResolvers<void>()
  vendor.answer = async () => {
    await gate.promise
    return { body: { access_token: 'the next', expires_in: 3_600 } }
  }
  const [slow, other] = givenWorkers(2)
  const early = slow?.get(want, asked())
  await until('it is asked for', () => vendor.tokenRequests.length === 2)
  assert.match((await other?.get(want, asked()))?.token ?? '', /^token-of-the-vendor/)
  gate.resolve()
  assert.equal((await early)?.token, 'the next')
})

test('without a lifetime a token is used until it is refused; status 201 and no token type will do', async () => {
  vendor.answer = () => ({ status: 201, body: { access_token: 'forever' } })
  const want = wanted()
  const [worker] = givenWorkers(1)
  const held = await worker?.get(want, asked())
  assert.equal(held?.token, 'forever')
  await age(want.key, 40 * 86_400)
  assert.equal((await givenWorkers(1)[0]?.get(want, asked()))?.token, 'forever')
  vendor.answer = () => ({ body: { access_token: 'another' } })
  assert.equal((await worker?.get(want, asked({ refusedVersion: held?.version })))?.token, 'another')
})

test('a refresh token that the vendor replaces is kept before it is used, and each is used once', async () => {
  let count = 0
  vendor.answer = ({ fields }) => {
    assert.equal(fields.refresh_token, count === 0 ? 'first' : `refresh-${count}`)
    count++
    return { body: { access_token: `access-${count}`, refresh_token: `refresh-${count}`, expires_in: 3_600 } }
  }
  const want = wanted({}, true)
  for (let round = 1; round <= 3; round++) {
    const held = await Promise.all(givenWorkers(3).map((worker) => worker.get(want, asked())))
    assert.deepEqual(new Set(held.map(({ token }) => token)), new Set([`access-${round}`]))
    await age(want.key, 4_000)
  }
  assert.equal(vendor.tokenRequests.length, 3)
})

test('a worker that is lost during a renewal leaves it to another one, after it is not heard of any more', async () => {
  const want = wanted()
  const [lost, asking] = [Promise.withResolvers<never>(), Promise.withResolvers<void>()]
  const db = openDatabase(app.databaseUrl, { maxConnections: 1 })
  const { notifications, keyring } = app
  const fetchOutside = () => {
    asking.resolve()
    return lost.promise
  }
  const given = { db, notifications, keyring, fetchOutside, logger: testLogger, giveUpMs: 1_000_000 }
  const dying = new Tokens(given)
  void dying.get(want, asked()).catch(() => {})
  await asking.promise
  await db.close()
  const next = givenWorkers(1)[0]?.get(want, asked())
  await age(want.key, 20)
  assert.match((await next)?.token ?? '', /^token-of-the-vendor/)
  assert.equal(vendor.tokenRequests.length, 1)
  // What it brings comes too late, and harms nobody.
  lost.reject(Object.assign(new Error('gone'), { code: 'gateway_lost' }))
})

test('a renewal that fails backs off for everybody, with its reason; a person who waits is not held up by that', async () => {
  vendor.answer = () => ({ status: 400, body: { error: 'invalid_client', error_description: 'The secret has expired.' } })
  const want = wanted()
  const [one, other] = givenWorkers(2)
  const check = (error: DomainError) =>
    isKind('credentials')(error) &&
    error.details.vendor_code === 'invalid_client' &&
    error.details.vendor_message === 'The secret has expired.'
  await assert.rejects(async () => one?.get(want, asked()), check)
  await assert.rejects(async () => other?.get(want, asked()), check)
  assert.equal(vendor.tokenRequests.length, 1)
  vendor.answer = undefined
  await age(want.key, 6)
  await readInScope(
    app.db,
    'allOrganizations',
    sql`update vendor_tokens set next_attempt_at = now() + interval '10 minutes' where token_key = ${want.key} returning id`,
  )
  await assert.rejects(async () => other?.get(want, asked()), check)
  assert.match((await other?.get(want, asked({ isPerson: true })))?.token ?? '', /^token-of-the-vendor/)
})

test('a vendor that is down for a moment is asked again at once; for longer, it is unavailable until it is tried again', async () => {
  const want = wanted()
  const [worker] = givenWorkers(1)
  vendor.answer = () => (vendor.tokenRequests.length === 1 ? { status: 503 } : { body: { access_token: 'late', expires_in: 60 } })
  assert.equal((await worker?.get(want, asked()))?.token, 'late')
  const down = wanted({ requestFor: () => ({ method: 'POST', url: 'http://127.0.0.1:1/token', headers: {}, body: '', secrets: [] }) })
  await assert.rejects(async () => worker?.get(down, asked()), isKind('unavailable'))
  await assert.rejects(
    async () => worker?.get(down, asked()),
    (error: DomainError) => isKind('unavailable')(error) && Number(error.details.retry_after_ms) > 0,
  )
})

test('who wants a young token gets another where there is an older one', async () => {
  const [first, second] = givenWorkers(2) as [Tokens, Tokens]
  const one = wanted()
  const old = await first.get(one, asked())
  await until('the token has some age', () => performance.now() - old.askedAt > 20)
  const young = await second.get(one, asked({ maxAgeMs: 20 }))
  assert.notEqual(young.version, old.version)
  assert.equal((await second.get(one, asked({ maxAgeMs: 60_000 }))).version, young.version)
  const either = (await first.get(one, asked({ maxAgeMs: 60_000 }))).version
  assert.ok([old.version, young.version].includes(either), 'both are young enough')
  assert.equal(vendor.tokenRequests.length, 2)
})

test('a vendor that gives no young token is told to who wants one, and others use the one that is good', async () => {
  const [tokens] = givenWorkers(1) as [Tokens]
  const one = wanted()
  const old = await tokens.get(one, asked())
  vendor.answer = () => ({ status: 400, body: { error: 'invalid_client' } })
  await assert.rejects(tokens.get(one, asked({ maxAgeMs: 0 })), isKind('credentials'))
  assert.equal((await tokens.get(one, asked())).version, old.version)
})

test('after days of failures nobody tries any more until a person does', async () => {
  vendor.answer = () => ({ status: 401, body: { error: 'invalid_client' } })
  const want = wanted()
  const [worker] = givenWorkers(1, { giveUpMs: 3 * 86_400_000 })
  await assert.rejects(async () => worker?.get(want, asked()), isKind('credentials'))
  await age(want.key, 4 * 86_400)
  vendor.answer = undefined
  await assert.rejects(async () => worker?.get(want, asked()), /not tried any more until/)
  assert.equal(vendor.tokenRequests.length, 1)
  assert.match((await worker?.get(want, asked({ isPerson: true })))?.token ?? '', /^token-of-the-vendor/)
})

test('a web page, an answer without a token and a redirect are no tokens', async () => {
  const [worker] = givenWorkers(1)
  for (const answer of [{ body: '<html>Sign in</html>' }, { body: { ok: true } }, { status: 302, headers: { location: '/elsewhere' } }]) {
    vendor.answer = () => answer
    await assert.rejects(async () => worker?.get(wanted(), asked()), isKind('invalid_response'))
  }
})

test('a secret that is set again or deleted ends the tokens that were had for it', async () => {
  const secret = (organizationId: string | null, value: string) =>
    setSecret(app.db, app.keyring, systemActing, { key: 'ninja_secret', organizationId, value: new SecretText(value) })
  const count = async () =>
    (
      await readInScope(
        app.db,
        'allOrganizations',
        sql`select from vendor_tokens where 'own ninja_secret' = any(secret_marks)
      or 'global ninja_secret' = any(secret_marks)`,
      )
    ).length
  await secret(null, 'for all')
  await secret(acme, 'for Acme')
  const [worker] = givenWorkers(1)
  await worker?.get(wanted({ secretMarks: ['global ninja_secret'] }), asked())
  await worker?.get(wanted({ owner: acme, secretMarks: ['own ninja_secret'] }), asked())
  assert.equal(await count(), 2)
  await secret(acme, 'another for Acme')
  assert.equal(await count(), 1)
  await deleteSecret(app.db, systemActing, { key: 'ninja_secret', organizationId: null })
  assert.equal(await count(), 0)
})

/** What people are shown of the renewals of a token. */
const failureOf = async (key: string) =>
  (
    await readInScope<{ kind: string | null }>(
      app.db,
      'allOrganizations',
      sql`select last_error ->> 'kind' as kind from vendor_tokens where token_key = ${key}`,
    )
  )[0]?.kind

test('a token that is good although its renewal failed is renewed once that may be tried again, and not only when it ends', async () => {
  const [worker] = givenWorkers(1) as [Tokens]
  const want = wanted()
  const held = await worker.get(want, asked())
  vendor.answer = () => ({ status: 503 })
  await assert.rejects(worker.get(want, asked({ refusedVersion: held.version })), isKind('unavailable'))
  const count = vendor.tokenRequests.length
  // The vendor has come to itself, and takes the token again.
  vendor.answer = undefined
  assert.equal((await worker.get(want, asked())).version, held.version)
  assert.deepEqual([await failureOf(want.key), vendor.tokenRequests.length], ['unavailable', count])
  await age(want.key, 20)
  app.db.tell(tokenTopic, held.id)
  await until('it is renewed', async () => {
    await worker.get(want, asked())
    return (await failureOf(want.key)) === null
  })
  assert.equal(vendor.tokenRequests.length, count + 1)
})

test('of a token that is good, credentials that were refused are tried again when a person asks, and by nobody else', async () => {
  const [worker] = givenWorkers(1) as [Tokens]
  const want = wanted()
  const held = await worker.get(want, asked())
  vendor.answer = () => ({ status: 401, body: { error: 'invalid_client' } })
  await assert.rejects(worker.get(want, asked({ refusedVersion: held.version })), isKind('credentials'))
  vendor.answer = undefined
  const count = vendor.tokenRequests.length
  await age(want.key, 20)
  app.db.tell(tokenTopic, held.id)
  for (let time = 0; time < 5; time++) assert.equal((await worker.get(want, asked())).version, held.version)
  assert.deepEqual([await failureOf(want.key), vendor.tokenRequests.length], ['credentials', count])
  await until('it is renewed', async () => {
    await worker.get(want, asked({ isPerson: true }))
    return (await failureOf(want.key)) === null
  })
  assert.equal(vendor.tokenRequests.length, count + 1)
})

test('where a person connects again, all workers use what came, and nothing of the account before', async () => {
  const workers = givenWorkers(3)
  const want = wanted({ owner: acme }, true)
  for (const worker of workers) await worker.get(want, asked())
  const { owner, key, integration, host, secretMarks } = want
  const answer = { token: 'of-another-account', refreshToken: 'another', livesMs: 3_600_000, fields: {} }
  const id = await storingTokens(app, owner, (transaction, masterKey) =>
    putTokenWithin(transaction, masterKey, { owner, key, integration, host, secretMarks }, answer, performance.now()),
  )
  app.db.tell(tokenTopic, id)
  await until('all of them use it', async () => {
    const used = await Promise.all(workers.map((worker) => worker.get(want, asked())))
    return used.every(({ token }) => token === 'of-another-account')
  })
  assert.equal(vendor.tokenRequests.length, 1)
})

test('tokens are sealed, move to another master key, and are forgotten when nobody uses them', async () => {
  const want = wanted({ owner: acme })
  const held = await givenWorkers(1)[0]?.get(want, asked())
  const rows = await readInScope<{ row: string }>(app.db, 'allOrganizations', sql`select vendor_tokens::text as row from vendor_tokens`)
  assert.ok(held)
  const secrets = [held.token, Buffer.from(held.token).toString('hex'), 'hush']
  for (const { row } of rows) for (const secret of secrets) assert.ok(!row.includes(secret))
  const nextKey = Buffer.alloc(32, 9).toString('base64')
  await rotateMasterKey(app.db, testMasterKey, nextKey, { also: [resealVendorTokens] })
  const keyring = await openKeyring(app.db, nextKey)
  const { db, notifications } = app
  const worker = new Tokens({ db, notifications, keyring, fetchOutside: fetchDirectly, logger: testLogger, giveUpMs: 1_000_000 })
  const count = vendor.tokenRequests.length
  assert.equal((await worker.get(want, asked())).token, held.token)
  assert.equal(vendor.tokenRequests.length, count)
  const before = new Date(Date.now() - 1_000_000)
  await age(want.key, 2_000)
  const deleted = await inScope(app.db, 'allOrganizations', (transaction) =>
    tokenRetention.deleteSome(transaction, { before, now: new Date(), limit: 10 }),
  )
  assert.ok(deleted.deleted > 0)
})
