import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Accepted, type Answer, startFleet } from '../testing/fleet.ts'

import { startOwnPostgres } from '../testing/own-postgres.ts'
import { testAdminKey } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'

/** Longer than a worker without a lease counts as alive. */
const seconds = Number(process.env.CROSSWALK_OUTAGE_SECONDS ?? 15)
const takeoverSeconds = 6

test(`nothing is lost while PostgreSQL is away for ${seconds} s, and everything continues by itself afterwards`, {
  timeout: (seconds + 285) * 1_000,
}, async (context) => {
  await using postgres = await startOwnPostgres()
  // Executions take a few seconds each, so that the outage begins and ends in the midst of many.
  await using fleet = await startFleet({
    databaseUrl: postgres.url,
    workers: 2,
    apis: 1,
    takeoverSeconds,
    random: Math.random,
    logLevel: 'info',
    vendorDelayMs: 150,
    sharesRunners: true,
  })
  const [api] = fleet.apis
  const batch = await fleet.insist('POST', '/api/workflows/execute', {
    workflow_name: 'answers',
    parameters: { value: 'in a batch' },
    organizations: await givenOrganizations(150),
  })
  assert.equal(batch.status, 202, JSON.stringify(batch.body))

  const accepted: Accepted[] = []
  const refused: Answer[] = []
  let isOver = false
  const loading = fleet.load({ pauseMs: () => 80, isOver: () => isOver, accepted, onRefused: (answer) => refused.push(answer) })
  await until(
    'many run',
    async () => (await fleet.rowsOf(`select from executions where status = 'running' and name <> 'answers'`)).length > 15,
  )
  const acting = { 'x-organization-id': fleet.organizationId }
  // More lines than are held back for the database: it has to wait in its midst.
  const talking = String(
    (await fleet.insist('POST', '/api/workflows/execute?wait=0', { workflow_name: 'talks', parameters: { lines: 3_000 } }, acting)).body
      .execution_id,
  )
  const following = fetch(`${api?.url}/api/executions/${talking}/logs`, {
    headers: { authorization: `Bearer ${testAdminKey}`, accept: 'text/event-stream' },
  }).then((response) => response.text())
  const waiting = fleet.ask(
    api,
    'POST',
    `/api/workflows/execute?wait=${seconds + 60}`,
    { workflow_name: 'many_steps', parameters: { chains: 1, length: 20, url: fleet.vendor.url } },
    acting,
  )
  await delay(300)

  await postgres.stop()
  const stoppedAt = Date.now()
  const late = [fleet.add('worker'), fleet.add('api')]
  const isReady = async () => (await fleet.ask(api, 'GET', '/readyz'))?.status === 200
  await until('the API is not ready', async () => !(await isReady()))
  await until('the load is refused', () => refused.length > 0)
  await delay(stoppedAt + seconds * 1_000 - Date.now())
  assert.equal(await isReady(), false)
  await postgres.start()
  const startedAt = Date.now()
  await until('the API is ready again', isReady)
  context.diagnostic(
    `ready again ${Date.now() - startedAt} ms after PostgreSQL accepted connections; ${refused.length} requests were refused meanwhile`,
  )
  const before = accepted.length
  await until('executions are accepted again', () => accepted.length > before + 5)
  isOver = true
  await loading
  await until('who was started meanwhile works', () => late.every(({ url }) => url))
  await fleet.settle(180_000)
  context.diagnostic(`${accepted.length} executions accepted; all had ended ${Date.now() - startedAt} ms after the return`)

  for (const { status, retryAfter, body } of refused) {
    assert.equal(status, 503)
    assert.equal(body.error, 'database_unavailable')
    assert.ok(Number(retryAfter) > 0, 'it says when to come again')
  }
  const rows = []
  for (const execution of accepted) rows.push(await fleet.assertWhole(execution, ''))
  assert.deepEqual(
    [...fleet.workers, ...fleet.apis, ...late].map(({ starts }) => starts),
    [1, 1, 1, 1, 1],
    'no process had to be started again',
  )
  assert.equal(Math.max(...rows.map(({ claim }) => claim)), 1, 'workers kept what they had')
  const followed = await following
  assert.equal(followed.split('event: log\n').length - 1, 3_000, 'a follower was sent each line')
  assert.match(followed, /event: ended/)
  assert.equal((await waiting)?.body.status, 'success', 'the one that waited got the result')
  const ofBatch = await fleet.rowsOf<{ count: number; organizations: number; good: number }>(`
    select count(*)::int as count, count(distinct organization_id)::int as organizations, count(*) filter (where status = 'success')::int as good
    from executions where name = 'answers'`)
  assert.deepEqual(ofBatch, [{ count: 150, organizations: 150, good: 150 }], 'each organization of the batch had its turn once')

  for (const { output } of [...fleet.workers, ...fleet.apis]) {
    const told = (sentence: string) => output.split('\n').filter((line) => line.includes(sentence)).length
    assert.ok(told('the database does not answer; what needs it waits') >= 1, 'the outage is told of')
    assert.ok(told('the database does not answer; what needs it waits') <= 5 + seconds / 30, 'it is not told of for each statement')
    assert.ok(told('the database answers again') >= 1, 'its end is told of')
  }

  async function givenOrganizations(count: number): Promise<string[]> {
    const made = await Promise.all(
      Array.from({ length: count }, (_, index) => fleet.insist('POST', '/api/organizations', { name: `Customer ${index}` })),
    )
    return made.map(({ body }) => String(body.id))
  }
})
