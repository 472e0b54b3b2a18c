import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createTestApp, type TestApp, testLogger } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { readInScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { openBreaker } from './breakers.queries.ts'
import { type BudgetKey, type Budgets, type Outcome, openBudgets } from './budgets.ts'
import { listVendors } from './vendors.queries.ts'

let app: TestApp
let here: Budgets
let there: Budgets

before(async () => {
  app = await createTestApp()
  const { db, notifications } = app
  here = openBudgets({ db, notifications, logger: testLogger })
  there = openBudgets({ db, notifications, logger: testLogger })
})
after(async () => {
  await Promise.all([here.close(), there.close()])
  await app[Symbol.asyncDispose]()
})

const keyOf = (host: string, credential = 'one'): BudgetKey => ({ integration: 'halo', credential, host })
const take = (budgets: Budgets, key: BudgetKey, organizationId: string) =>
  budgets.take(key, [], { organizationId, executionId: newId(), urgency: 'background', maxWaitMs: 5_000 })
/** What is said where it is not called; undefined where it is. */
const refusalOf = (budgets: Budgets, key: BudgetKey, organizationId = newId()) =>
  take(budgets, key, organizationId).then(
    () => undefined,
    (error: { details: { kind: string }; message: string }) => `${error.details.kind}: ${error.message}`,
  )
const fail = (key: BudgetKey, outcomes: Outcome[]) => {
  for (const outcome of outcomes) here.answered(key, outcome)
}
const times = (count: number, outcome: Outcome) => Array.from({ length: count }, () => outcome)
const refusedTo = (organizationId: string) => ({ failure: { code: 'ECONNREFUSED', message: 'refused' }, organizationId })
const refused = refusedTo('acme')
/** What people see of it. */
const shown = async (host: string) =>
  (await listVendors(app.db, 'allOrganizations', { integration: undefined, afterId: undefined, limit: 100 })).find(
    (row) => row.host === host,
  )
/** The time is over for which it is not called. */
const passTime = (host: string) =>
  readInScope(
    app.db,
    'allOrganizations',
    sql`update vendor_breakers set open_until = now() where host = ${host} returning pg_notify('crosswalk', 'vendors.breaker ' || id)`,
  )

test('a vendor that cannot be reached is not called by any worker, then by one, and by all once that one is answered', async () => {
  const key = keyOf('down.example')
  fail(key, [...times(3, refused), refusedTo('globex')])
  assert.equal(await refusalOf(here, key), undefined)
  fail(key, [refusedTo('globex')])
  await until('the other worker knows', async () => (await refusalOf(there, key)) !== undefined)
  const other = keyOf('down.example', 'other')
  const sentence =
    /^unavailable: down\.example is not called for now, since the last calls to it failed \(ECONNREFUSED\)\. It is tried again in \d+ s/
  for (const budgets of [here, there]) assert.match((await refusalOf(budgets, other)) ?? '', sentence)
  assert.equal(await refusalOf(here, keyOf('up.example')), undefined)

  await passTime('down.example')
  await until('one may try', async () => (await refusalOf(here, key)) === undefined)
  assert.match((await refusalOf(there, key)) ?? '', /is tried again in/)
  here.answered(key, { status: 200 })
  await until('all may call again', async () => (await refusalOf(there, key)) === undefined)
})

test('a person who clicks is let through, and finds out whether the vendor is there', async () => {
  const key = keyOf('clicked.example')
  fail(key, [...times(3, refused), ...times(2, refusedTo('globex'))])
  assert.match((await refusalOf(here, key)) ?? '', /is tried again in/)
  const clicked = { organizationId: null, executionId: newId(), urgency: 'person', maxWaitMs: 5_000 } as const
  const startedAtMs = Date.now()
  const pass = await here.take(key, [], clicked)
  pass.release()
  // What was under way when it failed says nothing of now; what the person had made says that it is back, to all.
  here.answered(key, { status: 200, startedAtMs: startedAtMs - 60_000 })
  assert.match((await refusalOf(here, key)) ?? '', /is tried again in/)
  for (const budgets of [here, there])
    await until('all may call', async () => {
      here.answered(key, { status: 200, startedAtMs: Date.now() })
      return (await refusalOf(budgets, key)) === undefined
    })
})

test('a try that fails has everybody wait for longer', async () => {
  const key = keyOf('still-down.example')
  fail(key, [...times(3, refused), ...times(2, refusedTo('globex'))])
  await until(
    'it is known',
    async () =>
      (await readInScope(app.db, 'allOrganizations', sql`select from vendor_breakers where host = 'still-down.example'`)).length > 0,
  )
  await passTime('still-down.example')
  await until('one may try', async () => (await refusalOf(here, key)) === undefined)
  here.answered(key, refused)
  await until('it is longer', async () => /tried again in (1[1-9]|20) s/.test((await refusalOf(there, key)) ?? ''))
})

test("what fails for one caller alone, or is the caller's doing, closes nothing for the others", async () => {
  const bad = keyOf('shared.example', 'bad')
  fail(bad, [...times(20, { status: 401, organizationId: 'acme' }), ...times(20, { status: 404, organizationId: 'acme' })])
  fail(bad, times(20, { failure: { code: 'egress_refused', message: 'refused' }, organizationId: 'acme' }))
  assert.equal(await refusalOf(here, bad), undefined)
  fail(bad, times(5, { status: 500, organizationId: 'acme' }))
  const ofAcme = (key: BudgetKey) => refusalOf(here, key, 'acme')
  await until('its own calls wait', async () => (await ofAcme(bad)) !== undefined)
  assert.equal(await refusalOf(here, keyOf('shared.example', 'good')), undefined)
})

test('an organization whose calls find nobody, as code can have it, holds up none that calls with the same credential', async () => {
  const key = keyOf('reachable.example')
  for (const credential of ['one', 'two']) fail(keyOf('reachable.example', credential), times(20, refused))
  await until('its own calls wait', async () => (await refusalOf(here, key, 'acme')) !== undefined)
  assert.equal(await refusalOf(here, key), undefined)
  fail(key, [refusedTo('globex')])
  assert.equal(await refusalOf(here, key), undefined, 'one more says little')
})

test('a vendor that fails for one organization in one worker and for another in another is called by none', async () => {
  const key = keyOf('split.example')
  const failing = (organizationId: string) => times(5, { status: 503, organizationId })
  fail(key, failing('acme'))
  await until('those of one wait', async () => (await refusalOf(here, key, 'acme')) !== undefined)
  assert.equal(await refusalOf(there, keyOf('split.example', 'other')), undefined)
  for (const outcome of failing('globex')) there.answered(key, outcome)
  for (const budgets of [here, there])
    await until('all wait', async () => (await refusalOf(budgets, keyOf('split.example', 'other'))) !== undefined)
})

test('a try that has no room in the budget is left to the next, and one that had to wait for it is made', async () => {
  const key = keyOf('narrow.example')
  const limits = [{ parallel: 1 }]
  const asking = (maxWaitMs: number) => ({ organizationId: newId(), executionId: newId(), urgency: 'background' as const, maxWaitMs })
  const kindOf = (error: { details: { kind: string } }) => error.details.kind
  const isProbed = async () =>
    (await readInScope(app.db, 'allOrganizations', sql`select from vendor_breakers where id = ${key.host} and probe_until > now()`))
      .length > 0
  const first = await here.take(key, limits, asking(5_000))
  fail(key, [...times(3, refused), ...times(2, refusedTo('globex'))])
  await until('it is known', async () => (await shown(key.host))?.down_until instanceof Date)
  await passTime(key.host)
  await until('one may try, and finds no room', async () => (await here.take(key, limits, asking(200)).catch(kindOf)) === 'rate_limited')
  await until('nobody tries it', async () => !(await isProbed()))
  const waiting = here.take(key, limits, asking(5_000))
  await until('it is tried', isProbed)
  const since = performance.now()
  await until('it has waited', () => performance.now() - since > 200)
  first.release()
  const pass = await waiting
  assert.ok(pass.waitedMs > 100, String(pass.waitedMs))
  here.answered(key, { status: 200 })
  pass.release()
  await until('all may call again', async () => (await shown(key.host))?.down_until === null)
})

test('those whose calls alone waited do not wait for longer than all others, once the vendor is back', async () => {
  const key = keyOf('both.example')
  fail(key, times(5, { status: 503, organizationId: 'acme' }))
  await until('those of one wait', async () => (await refusalOf(here, key, 'acme')) !== undefined)
  fail(key, times(2, { status: 503, organizationId: 'globex' }))
  await until('all wait, and nobody alone', async () => {
    const rows = await readInScope<{ id: string }>(app.db, 'allOrganizations', sql`select id from vendor_breakers where host = ${key.host}`)
    return rows.length === 1 && rows[0]?.id === key.host
  })
  await passTime(key.host)
  // Of all, the one whose calls waited alone before is the first to try.
  await until('it may try', async () => (await refusalOf(here, key, 'acme')) === undefined)
  here.answered(key, { status: 200, organizationId: 'acme' })
  for (const budgets of [here, there]) await until('all may call again', async () => (await refusalOf(budgets, key, 'acme')) === undefined)
})

test('whose calls alone fail while nobody calls the vendor does not wait for longer either', async () => {
  const key = keyOf('late.example')
  // Of another worker, and this one has not heard of it.
  await openBreaker(app.db, { id: key.host, host: key.host, credential: null, caller: null, reason: 'status 503' })
  const told: string[] = []
  const stop = app.notifications.on('vendors.breaker', null, (id) => void told.push(decodeURIComponent(id)))
  fail(key, times(5, { status: 503, organizationId: 'acme' }))
  await until('its own calls waited', () => told.some((id) => id.startsWith(`${key.host} `)))
  stop()
  await until('all wait, and nobody alone', async () => {
    const rows = await readInScope<{ id: string }>(app.db, 'allOrganizations', sql`select id from vendor_breakers where host = ${key.host}`)
    return rows.length === 1 && rows[0]?.id === key.host
  })
})

test('whose calls wait is shown, also where the credential is of everybody', async () => {
  const key = keyOf('shown.example')
  await take(here, key, newId())
  assert.equal((await shown(key.host))?.down_until, null)
  fail(key, times(5, { status: 503, organizationId: 'acme' }))
  await until('one organization is', async () => (await shown(key.host))?.down_callers === 1)
  fail(key, times(5, { status: 503, organizationId: 'globex' }))
  await until('all are', async () => {
    const { down_callers, down_until } = (await shown(key.host)) ?? {}
    return down_callers === null && down_until !== null
  })
})

test('faults of a vendor for several callers are its own', async () => {
  const key = keyOf('faulty.example')
  fail(key, [...times(3, { status: 502, organizationId: 'acme' }), ...times(2, { status: 500, organizationId: 'globex' })])
  await until('all wait', async () => (await refusalOf(there, keyOf('faulty.example', 'other'))) !== undefined)
})
