import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApi, principalFor } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { authorize } from '../access/auth.ts'
import { inScope, sql } from '../platform/database/database.ts'
import { statisticsRoutes } from './statistics.routes.ts'

type Ran = { status?: string; name?: string; kind?: string; hoursAgo?: number; ms?: number }

async function givenRuns() {
  const api = await givenApi()
  const [acme, globex] = [await givenOrganization(api.db, 'Acme'), await givenOrganization(api.db, 'Globex')]
  let count = 0
  /** As it would stand if it had been asked for in the middle of an earlier hour, or at the beginning of the current one. */
  const ran = (organizationId: string, { status = 'success', name = 'sync', kind = 'workflow', hoursAgo = 0, ms = 100 }: Ran = {}) => {
    count += 1
    const hasEnded = ['success', 'failed', 'timeout', 'cancelled'].includes(status)
    return inScope(api.db, 'allOrganizations', (transaction) =>
      transaction.query(sql`
        insert into executions (id, organization_id, kind, name, status, timeout_ms, caller, created_at, started_at, completed_at)
        select overlay(first_id_at(at)::text placing ${String(count).padStart(12, '0')} from 25)::uuid, ${organizationId}, ${kind}, ${name}, ${status}, 1000,
          '{"type":"api_key","id":"x","name":"x"}', at, at, case when ${hasEnded} then at + make_interval(secs => ${ms / 1_000}::float8) end
        from (select date_trunc('hour', now(), 'UTC') - make_interval(hours => ${hoursAgo})
          + case when ${hoursAgo}::int > 0 then interval '30 minutes' else interval '0' end as at) as time`),
    )
  }
  const statistics = async (query = '', send = api.send) => (await send('GET', `/executions/statistics${query}`)).body
  return { ...api, acme, globex, ran, statistics }
}

test('workflows are counted by hour and outcome, and by workflow with success rate and duration', async () => {
  await using api = await givenRuns()
  const { acme, ran, statistics } = api
  for (const ms of [100, 200, 300, 400]) await ran(acme.id, { ms })
  await ran(acme.id, { status: 'failed', ms: 500, hoursAgo: 2 })
  await ran(acme.id, { status: 'timeout', ms: 1_000, hoursAgo: 2 })
  await ran(acme.id, { status: 'cancelled', name: 'clean', ms: 9_000 })
  await ran(acme.id, { status: 'running', name: 'clean' })
  await ran(acme.id, { kind: 'connection_test' })
  await ran(acme.id, { hoursAgo: 24 })
  const found = await statistics()
  assert.equal(found.hours.length, 24)
  assert.equal(found.hours[0].at, found.since)
  const { at: _now, ...current } = found.hours[23]
  assert.deepEqual(current, { succeeded: 4, failed: 0, cancelled: 1, under_way: 1 })
  const { at: _then, ...before } = found.hours[21]
  assert.deepEqual(before, { succeeded: 0, failed: 2, cancelled: 0, under_way: 0 })
  const clean = { runs: 2, succeeded: 0, failed: 0, cancelled: 1, under_way: 1, success_rate: null, median_ms: null, p95_ms: null }
  const sync = { runs: 6, succeeded: 4, failed: 2, cancelled: 0, under_way: 0, success_rate: 4 / 6, median_ms: 350, p95_ms: 875 }
  assert.deepEqual(found.workflows, [
    { workflow_name: 'sync', ...sync },
    { workflow_name: 'clean', ...clean },
  ])
  assert.deepEqual(found.total, { ...sync, runs: 8, cancelled: 1, under_way: 1 })
  assert.deepEqual([found.is_complete, found.counted_since], [true, found.since])
  assert.equal((await statistics('?hours=26')).total.succeeded, 5)
})

test('where nothing ran, every hour is there and empty', async () => {
  await using api = await givenRuns()
  const { hours, total, workflows } = await api.statistics('?hours=3')
  assert.deepEqual([hours.length, total.runs, total.success_rate, total.median_ms, workflows], [3, 0, null, null, []])
})

test('only the newest are counted where there are too many, and it is said since when', async () => {
  await using api = await givenRuns()
  const { db, acme, ran } = api
  for (const hoursAgo of [5, 4, 3]) await ran(acme.id, { hoursAgo })
  const [route] = statisticsRoutes({ db, maxCounted: 2 })
  const principal = await authorize(async () => [], principalFor([acme], 'canViewHistory'), 'canViewHistory')
  const answer = await route?.handler({ query: { hours: 24 }, principal } as never)
  const body = answer && 'body' in answer ? (answer.body as Record<string, string>) : {} // the route's own view
  assert.equal(body.is_complete, false)
  assert.equal((Date.parse(body.counted_since ?? '') - Date.parse(body.since ?? '')) / 3_600_000, 19.5)
})

test('statistics are closed without a principal and without the permission, and count no other organization', async () => {
  await using api = await givenRuns()
  const { as, acme, globex, ran, statistics } = api
  await ran(acme.id)
  await ran(acme.id)
  await ran(globex.id)
  assert.equal((await as(undefined)('GET', '/executions/statistics')).status, 401)
  assert.equal((await as(principalFor([acme], 'canManageConfig'))('GET', '/executions/statistics')).status, 403)
  const limited = as(principalFor([globex], 'canViewHistory'))
  const runs = async (query: string, send = api.send) => (await statistics(query, send)).total.runs
  assert.deepEqual([await runs(''), await runs(`?org_id=${acme.id}`), await runs(`?org_id=${globex.id}`)], [3, 2, 1])
  assert.deepEqual([await runs('', limited), await runs(`?org_id=${acme.id}`, limited)], [1, 0])
})

test('hours that are none are refused', async () => {
  await using api = await givenRuns()
  for (const query of ['?hours=0', '?hours=169', '?hours=x', '?org_id=x'])
    assert.equal((await api.send('GET', `/executions/statistics${query}`)).status, 400, query)
})
