import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type Accepted, type Answer, startFleet } from '../testing/fleet.ts'
import { startOwnPostgres } from '../testing/own-postgres.ts'
import { until } from '../testing/until.ts'

/** Longer than a worker without a lease counts as alive. */
const readOnlyMs = 5_000
const takeoverSeconds = 3

test('nothing is lost while the database is read-only, and everything continues by itself once it takes changes', {
  timeout: 300_000,
}, async (context) => {
  await using postgres = await startOwnPostgres()
  await using fleet = await startFleet({
    databaseUrl: postgres.url,
    workers: 2,
    apis: 1,
    takeoverSeconds,
    random: Math.random,
    logLevel: 'info',
    vendorDelayMs: 100,
  })
  const [api] = fleet.apis
  const asSuperuser = async (...statements: string[]) => {
    const client = new pg.Client({ connectionString: postgres.superuserUrl })
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }

  await outage(
    'made read-only, with all of its connections',
    () => asSuperuser('alter system set default_transaction_read_only = on', 'select pg_reload_conf()'),
    () => asSuperuser('alter system reset default_transaction_read_only', 'select pg_reload_conf()'),
  )
  await outage(
    'a standby, and promoted',
    async () => {
      await postgres.stop()
      await postgres.startAsStandby()
    },
    () => asSuperuser('select pg_promote()'),
  )
  for (const { output, starts } of [...fleet.workers, ...fleet.apis]) {
    assert.equal(starts, 1, 'no process had to be started again')
    const told = (sentence: string) => output.split('\n').filter((line) => line.includes(sentence)).length
    assert.ok(told('the database is read-only, as a standby is; what needs it waits') >= 2, 'the log says so')
    assert.ok(told('the database is read-only, as a standby is; what needs it waits') <= 6, 'not for each statement')
    assert.ok(told('the database takes changes again') >= 2, 'its end is told of')
  }

  async function outage(name: string, begin: () => Promise<unknown>, end: () => Promise<unknown>): Promise<void> {
    const accepted: Accepted[] = []
    const refused: Answer[] = []
    let isOver = false
    const loading = fleet.load({ pauseMs: () => 100, isOver: () => isOver, accepted, onRefused: (answer) => refused.push(answer) })
    await until('many run', async () => (await fleet.rowsOf(`select from executions where status = 'running'`)).length > 5)
    const readiness = async () => fleet.ask(api, 'GET', '/readyz')
    await begin()
    const isToldWhy = () => refused.some(({ body }) => /is read-only/.test(String(body.message)))
    await until('the load is refused, and told why', isToldWhy)
    await until('the API is not ready', async () => JSON.stringify((await readiness())?.body).includes('read-only'))
    await delay(readOnlyMs)
    assert.equal((await readiness())?.status, 503)
    const listed = await fleet.ask(api, 'GET', '/api/executions')
    assert.deepEqual([listed?.status, listed?.body.error], [503, 'database_unavailable'], 'nothing is read from a standby')
    const before = accepted.length
    const refusedBefore = refused.length
    await end()
    const endedAt = Date.now()
    await until('executions are accepted again', () => accepted.length > before)
    context.diagnostic(
      `${name}: ${refusedBefore} requests refused meanwhile, ${refused.length - refusedBefore} afterwards; accepted again ${Date.now() - endedAt} ms after its end`,
    )
    isOver = true
    await loading
    await fleet.settle(180_000)
    await until('the API is ready again', async () => (await readiness())?.status === 200)
    for (const { status, retryAfter, body } of refused) {
      assert.deepEqual([status, body.error], [503, 'database_unavailable'])
      assert.ok(Number(retryAfter) > 0, 'it says when to come again')
    }
    for (const execution of accepted) await fleet.assertWhole(execution, `${name}, `)
  }
})
