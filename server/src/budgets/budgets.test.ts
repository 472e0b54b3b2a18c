import assert from 'node:assert/strict'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { givenDatabase } from '../../testing/given-database.ts'
import { startStrictVendor } from '../../testing/strict-vendor.ts'
import { testLogger } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { type Database, openDatabase, readInScope, sql } from '../platform/database/database.ts'
import { listen } from '../platform/database/notifications.ts'
import { newId } from '../platform/ids.ts'
import { type BudgetKey, type Budgets, type LimitSpec, openBudgets, type TakeAsking } from './budgets.ts'

let db: Database
const ends = new AsyncDisposableStack()

before(async () => {
  db = ends.use(await givenDatabase({ maxConnections: 4 }))
})
after(() => ends.disposeAsync())

/** Workers, each with connections of its own to the same database. */
async function givenWorkers(): Promise<{ workers: readonly [Budgets, Budgets, Budgets, Budgets] } & AsyncDisposable> {
  const own = new AsyncDisposableStack()
  const open = async () => {
    const theirs = openDatabase(db.url, { maxConnections: 3 })
    own.defer(() => theirs.close())
    const notifications = await listen(db.url, testLogger)
    own.defer(() => notifications.close())
    const budgets = openBudgets({ db: theirs, notifications, logger: testLogger })
    own.defer(() => budgets.close())
    return budgets
  }
  return { workers: [await open(), await open(), await open(), await open()], [Symbol.asyncDispose]: () => own.disposeAsync() }
}

const keyOf = (host = 'api.vendor.example'): BudgetKey => ({ integration: 'halo', credential: newId(), host })
const acme = newId()
const asking = (more: Partial<TakeAsking> = {}): TakeAsking => ({
  organizationId: acme,
  executionId: newId(),
  urgency: 'background',
  maxWaitMs: 30_000,
  ...more,
})
const refusedAs = (kind: string, sentence: RegExp) => (error: { code?: string; details?: { kind?: string }; message: string }) => {
  assert.deepEqual([error.code, error.details?.kind], ['vendor_error', kind])
  assert.match(error.message, sentence)
  return true
}

/** A way to the database that can be cut. */
async function givenWay(): Promise<{ url: string; cut(): Promise<void> }> {
  const url = new URL(db.url)
  const sockets = new Set<Socket>()
  const { hostname: host, port } = url
  const way = createServer((socket) => {
    const onward = connect({ host, port: Number(port) })
    for (const end of [socket, onward]) sockets.add(end.on('error', () => {}))
    socket.pipe(onward).pipe(socket)
  })
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
  url.host = `127.0.0.1:${(way.address() as AddressInfo).port}`
  return {
    url: url.href,
    async cut() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => way.close(resolve))
    },
  }
}

test('calls that are not there yet take a part of what is in hand, and nothing where it is scarce, paused or counted at once', async () => {
  await using given = await givenWorkers()
  const [budgets] = given.workers
  const ready = (key: BudgetKey, limits: LimitSpec[]) => budgets.takeReady(key, limits, acme, 32).length
  const wide: LimitSpec[] = [{ requests: 6_000, perMs: 60_000 }]
  const key = keyOf()
  assert.equal(ready(key, wide), 0)
  const passes = await Promise.all(Array.from({ length: 200 }, () => budgets.take(key, wide, asking())))
  await until('some are in hand', async () => {
    ;(await budgets.take(key, wide, asking())).release()
    return ready(key, wide) > 0
  })
  for (const pass of passes) pass.release()
  budgets.answered(key, { status: 429, retryAfterMs: 60_000 })
  assert.equal(ready(key, wide), 0)
  const parallel = keyOf()
  ;(await budgets.take(parallel, [{ parallel: 8 }], asking())).release()
  assert.equal(ready(parallel, [{ parallel: 8 }]), 0)
  const free = keyOf()
  ;(await budgets.take(free, [], asking())).release()
  assert.equal(ready(free, []), 32)
})

test('four workers use all that a vendor allows, and the vendor refuses nothing', async () => {
  const limit = { requests: 60, perMs: 1_000 }
  await using vendor = await startStrictVendor({ ...limit, delayMs: () => Math.random() * 40 })
  await using given = await givenWorkers()
  const key = keyOf(vendor.host)
  const startedAt = performance.now()
  const statuses = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const budgets = given.workers[index % 4] as Budgets
      const pass = await budgets.take(key, [{ ...limit, share: 1 }], asking({ organizationId: String(index % 7) }))
      const status = await vendor.call()
      budgets.answered(key, { status })
      pass.release()
      return status
    }),
  )
  const tookMs = performance.now() - startedAt
  assert.equal(statuses.filter((status) => status !== 200).length, 0)
  // 58 at once, since two are kept for people: three windows go by.
  assert.ok(tookMs > 3_000 && tookMs < 15_000, `took ${tookMs} ms`)
})

test('calls of two workers keep to a fixed window of the vendor’s clock', async () => {
  const limit = { requests: 30, perMs: 500, window: 'fixed' as const }
  await using vendor = await startStrictVendor({ ...limit, delayMs: () => Math.random() * 10 })
  await using given = await givenWorkers()
  const key = keyOf(vendor.host)
  const statuses = await Promise.all(
    Array.from({ length: 80 }, async (_, index) => {
      const pass = await (given.workers[index % 2] as Budgets).take(key, [{ ...limit, share: 1 }], asking())
      const status = await vendor.call()
      pass.release()
      return status
    }),
  )
  assert.deepEqual(new Set(statuses), new Set([200]))
})

test('behind a batch on two workers a person waits for seconds at most, and an organization with little to do is not last', async () => {
  await using given = await givenWorkers()
  const [one, other] = given.workers
  const key = keyOf()
  const limits: LimitSpec[] = [{ requests: 50, perMs: 1_000, share: 1 }]
  const done: string[] = []
  const call = async (budgets: Budgets, organizationId: string, urgency: 'person' | 'background' = 'background') => {
    const pass = await budgets.take(key, limits, asking({ organizationId, urgency }))
    done.push(urgency === 'person' ? urgency : organizationId)
    pass.release(0)
    return pass.waitedMs
  }
  const [large, small] = [newId(), newId()]
  const batch = Array.from({ length: 200 }, (_, index) => call(index % 2 === 0 ? one : other, large))
  await until('the batch waits', () => done.length >= 20)
  const [person, ...little] = [call(other, large, 'person'), ...Array.from({ length: 10 }, () => call(one, small))]
  assert.ok(((await person) ?? 0) < 5_000)
  await Promise.all(little)
  const behind = done.length
  assert.ok(behind < 180, `the small one had its turn after ${behind} calls of 211`)
  await Promise.all(batch)
})

test('calls at full speed cost hardly any question to the database', async () => {
  await using given = await givenWorkers()
  const [budgets] = given.workers
  const key = keyOf()
  const limits: LimitSpec[] = [{ requests: 100_000, perMs: 60_000 }, { parallel: 4 }]
  for (let call = 0; call < 1_000; call++) (await budgets.take(key, limits, asking())).release()
  assert.ok(budgets.roundTrips <= 50, `${budgets.roundTrips} round trips`)
})

test('a person goes first, also where another worker has used all that a batch may', async () => {
  await using given = await givenWorkers()
  const [busy, other] = given.workers
  const key = keyOf()
  const limits: LimitSpec[] = [{ requests: 20, perMs: 60_000 }]
  const batch = Array.from({ length: 16 }, () => busy.take(key, limits, asking()))
  await Promise.all(batch)
  const controller = new AbortController()
  const waiting = busy.take(key, limits, asking({ maxWaitMs: 90_000, signal: controller.signal }))
  // Half of what the share leaves.
  for (let call = 0; call < 2; call++) await other.take(key, limits, asking({ urgency: 'person', maxWaitMs: 5_000 }))
  await assert.rejects(
    other.take(key, limits, asking({ urgency: 'person', maxWaitMs: 5_000 })),
    refusedAs('rate_limited', /limit of api\.vendor\.example is used.*has room in/),
  )
  controller.abort(new Error('not needed'))
  await assert.rejects(waiting, /not needed/)
})

test('what one worker holds at the same time is divided once another wants some, and freed when it ends', async () => {
  await using given = await givenWorkers()
  const [first, second] = given.workers
  const key = keyOf()
  const limits: LimitSpec[] = [{ parallel: 2 }]
  let underWay = 0
  let peak = 0
  const done = [0, 0]
  const call = async (index: number) => {
    const pass = await (index === 0 ? first : second).take(key, limits, asking())
    peak = Math.max(peak, ++underWay)
    await new Promise((resolve) => setTimeout(resolve, 5))
    underWay--
    done[index] = (done[index] ?? 0) + 1
    pass.release()
  }
  const held = await Promise.all([first.take(key, limits, asking()), first.take(key, limits, asking())])
  const calls = [...Array.from({ length: 40 }, () => call(0)), ...Array.from({ length: 40 }, () => call(1))]
  await until('the second worker has told that it waits', async () => {
    const rows = await readInScope<{ count: number }>(
      db,
      'allOrganizations',
      sql`select count(*)::int as count from budget_workers join budgets on budgets.id = budget_id where credential = ${key.credential} and demand > 0`,
    )
    return rows[0]?.count === 2
  })
  for (const pass of held) pass.release()
  await Promise.all(calls)
  assert.deepEqual([peak, done], [2, [40, 40]])
  const [one] = await Promise.all([first.take(key, limits, asking()), second.take(key, limits, asking())])
  one.release()
  await first.close()
  await second.take(key, limits, asking({ maxWaitMs: 5_000 }))
})

test('a worker that is gone holds its places until its lease ends, and what it took of a window counts on', async () => {
  await using given = await givenWorkers()
  const [gone, other] = given.workers
  const key = keyOf()
  const limits: LimitSpec[] = [{ parallel: 1 }, { requests: 2, perMs: 600_000, share: 1 }]
  await gone.take(key, limits, asking())
  const waiting = other.take(key, limits, asking({ urgency: 'person' }))
  await readInScope(db, 'allOrganizations', sql`update budget_workers set leased_until_ms = 0 where permits > 0 returning 1 as done`)
  await waiting
  await assert.rejects(other.take(key, limits, asking({ urgency: 'person', maxWaitMs: 2_000 })), refusedAs('rate_limited', /./))
})

test('after a 429 everyone with that credential waits, in each worker, and no one with another', async () => {
  await using given = await givenWorkers()
  const [first, second] = given.workers
  const key = keyOf()
  await second.take(key, [], asking())
  first.answered(key, { status: 429, retryAfterMs: 3_600_000 })
  await until('the second worker has heard of it', () =>
    second.take(key, [], asking({ maxWaitMs: 1 })).then(
      () => false,
      (error) => refusedAs('rate_limited', /asked for a pause, which ends in 15 min:/)(error),
    ),
  )
  await second.take(keyOf(), [], asking())
})

test('a pause that the vendor gives no time for is short, and longer each time', async () => {
  await using given = await givenWorkers()
  const [budgets] = given.workers
  const key = keyOf()
  await budgets.take(key, [], asking())
  const pauseOf = async () => {
    const rows = await readInScope<{ strikes: number; ms: number }>(
      db,
      'allOrganizations',
      sql`select strikes, (extract(epoch from paused_until - paused_at) * 1000)::int as ms from budgets where credential = ${key.credential}`,
    )
    return rows[0]
  }
  for (const [strikes, ms] of [
    [1, 1_000],
    [2, 2_000],
  ] as const) {
    // Several at once are one pause.
    for (let call = 0; call < 3; call++) budgets.answered(key, { status: 429 })
    await until('the pause is known', async () => (await pauseOf())?.strikes === strikes)
    assert.ok(Math.abs(((await pauseOf())?.ms ?? 0) - ms) < 100)
    const { waitedMs } = await budgets.take(key, [], asking())
    assert.ok(waitedMs > ms - 300, `waited ${waitedMs} ms`)
  }
})

test('organizations that share a credential and declare different limits are held to the strictest, in every worker', async () => {
  await using given = await givenWorkers()
  const [first, second, third] = given.workers
  const key = keyOf()
  const limits = (requests: number) => [{ requests, perMs: 600_000, share: 1 }]
  const take = async (budgets: Budgets, requests: number, by: Partial<BudgetKey> = {}) =>
    (await budgets.take({ ...key, ...by }, limits(requests), asking({ organizationId: newId(), maxWaitMs: 5_000 }))).release()
  await take(first, 100)
  await take(second, 6)
  // The other worker is told. Until then it uses what it has taken, which counts.
  await until('the larger limit holds no more', () =>
    take(first, 100).then(
      () => false,
      (error) => refusedAs('rate_limited', /What may be used of the limit/)(error),
    ),
  )
  await assert.rejects(take(third, 50), refusedAs('rate_limited', /What may be used/))
  await assert.rejects(
    take(third, 50, { integration: null }),
    refusedAs('rate_limited', /What may be used/),
    'a workflow, by the same credential',
  )
  const old = sql`update budgets set declared = jsonb_set(declared, '{sliding:600000,at_ms}', '0') where credential = ${key.credential}`
  await readInScope(db, 'allOrganizations', old)
  await take(given.workers[3], 200)
})

test('what was taken and is not used is given back', async () => {
  await using given = await givenWorkers()
  const [hasty, other] = given.workers
  const key = keyOf()
  const limits: LimitSpec[] = [{ requests: 100, perMs: 60_000, share: 1 }]
  const spent = async () => {
    const rows = await readInScope<{ count: number }>(
      db,
      'allOrganizations',
      sql`select sum(count)::int as count from budget_spent join budgets on budgets.id = budget_id where credential = ${key.credential}`,
    )
    return rows[0]?.count ?? 0
  }
  for (let call = 0; call < 40; call++) (await hasty.take(key, limits, asking())).release()
  await until('only what was used counts', async () => (await spent()) === 40)
  await Promise.all(Array.from({ length: 58 }, () => other.take(key, limits, asking())))
  await other.close()
  assert.equal(await spent(), 98)
})

test('while the database is away a call waits for its own time, and nothing is let through uncounted', async () => {
  const way = await givenWay()
  await using own = new AsyncDisposableStack()
  const theirs = openDatabase(way.url, { maxConnections: 3 })
  own.defer(() => theirs.close())
  const notifications = await listen(way.url, testLogger)
  own.defer(() => notifications.close())
  const budgets = openBudgets({ db: theirs, notifications, logger: testLogger })
  own.defer(() => budgets.close())
  const key = keyOf()
  const limits: LimitSpec[] = [{ requests: 100, perMs: 1_000 }]
  ;(await budgets.take(key, limits, asking())).release()
  await way.cut()
  await assert.rejects(
    budgets.take(key, limits, asking({ maxWaitMs: 700 })),
    refusedAs('unavailable', /The database does not answer, so calls to api\.vendor\.example cannot be counted/),
  )
})

test('a vendor that nobody called for long is called as ever, by the first who asks as well', async (t) => {
  await using given = await givenWorkers()
  const [here] = given.workers
  const [first, second] = [keyOf('first.vendor.example'), keyOf('second.vendor.example')]
  const limits = [{ requests: 1_000, perMs: 60_000 }]
  const call = async (key: BudgetKey, declared: LimitSpec[]) => (await here.take(key, declared, asking({ maxWaitMs: 5_000 }))).release()
  for (const [key, declared] of [
    [first, limits],
    [second, []],
  ] as const)
    await call(key, [...declared])
  const now = performance.now.bind(performance)
  for (const hours of [1, 2]) {
    t.mock.method(performance, 'now', () => now() + hours * 3_600_000)
    await call(second, [])
    await call(first, limits)
  }
})
