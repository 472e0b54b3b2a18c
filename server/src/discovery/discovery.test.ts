import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endExecution, givenPublished, integrationDefinition } from '../../testing/given-definitions.ts'
import { givenVendor } from '../../testing/given-discovery.ts'
import { until } from '../../testing/until.ts'
import { systemActing } from '../audit/audit.ts'
import { cancelExecution } from '../engine/state/cancellation.ts'
import { getExecution } from '../engine/state/executions.ts'
import { inScope, readInScope, sql } from '../platform/database/database.ts'
import { discoveryEnd } from './discovery.durable.ts'

const acmeCorp = { id: '12345', name: 'Acme Corp', metadata: { code: 'ACME001', tier: 'premium' } }
const wayne = { id: '67890', name: 'Wayne Enterprises', metadata: {} }

test('the vendor is asked once, and then the list is answered while it is fresh', async () => {
  await using given = await givenVendor()
  given.vendor.pages = [[wayne], [acmeCorp]]
  const first = await given.discover()
  assert.equal(first.status, 200)
  assert.deepEqual(first.body.organizations, [wayne, acmeCorp], "in the vendor's order")
  assert.equal(Date.parse(first.body.cache_expires_at) - Date.parse(first.body.cached_at), 3_600_000)
  assert.deepEqual([first.body.stale, first.body.last_error], [false, null])
  assert.deepEqual((await given.discover()).body, first.body)
  assert.equal(given.worker.taken.length, 1)
  const [execution] = given.worker.taken
  assert.deepEqual([execution?.kind, execution?.name, execution?.organizationId, execution?.timeoutMs], ['discovery', 'halo', null, 60_000])
})

test('a list that the caller has already is not sent again', async () => {
  await using given = await givenVendor()
  given.vendor.pages = [[acmeCorp]]
  const { headers } = await given.discover()
  const ask = (etag: unknown) => given.send('GET', '/integrations/halo/discover', undefined, { 'if-none-match': String(etag) })
  assert.equal((await ask(headers.etag)).status, 304)
  await given.discover('?refresh=true')
  assert.equal((await ask(headers.etag)).status, 200)
})

test('refresh asks the vendor again, and shows renamed, new and vanished organizations', async () => {
  await using given = await givenVendor()
  given.vendor.pages = [[acmeCorp, wayne]]
  await given.discover()
  given.vendor.pages = [
    [
      { id: '1', name: 'New' },
      { ...acmeCorp, name: 'Acme plc' },
    ],
  ]
  const { body } = await given.discover('?refresh=true')
  assert.deepEqual(
    body.organizations.map(({ name }: { name: string }) => name),
    ['New', 'Acme plc'],
  )
  assert.equal(given.worker.taken.length, 2)
  const stored = await given.send('GET', '/integrations/halo/external-organizations')
  const [acme] = stored.body.external_organizations
  assert.deepEqual(
    [acme.name, acme.previous_names.map(({ name }: { name: string }) => name), acme.gone_at],
    ['Acme plc', ['Acme Corp'], null],
  )
  const gone = await given.send('GET', '/integrations/halo/external-organizations?gone=true')
  assert.deepEqual(
    gone.body.external_organizations.map(({ id }: { id: string }) => id),
    ['67890'],
  )
  given.vendor.pages = [[wayne]]
  assert.deepEqual((await given.discover('?refresh=true')).body.organizations, [wayne], 'one that comes back is there again')
})

test('simultaneous calls share one run', async () => {
  await using given = await givenVendor()
  given.vendor.pages = [[acmeCorp]]
  const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => given.discover(index % 2 ? '?refresh=true' : '')))
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  const runs = await readInScope<{ count: number }>(given.db, 'allOrganizations', sql`select count(*)::int as count from discovery_runs`)
  assert.deepEqual([given.worker.taken.length, runs[0]?.count], [1, 1])
})

async function expire(given: Awaited<ReturnType<typeof givenVendor>>) {
  await inScope(given.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`update discovery_runs set expires_at = now() - interval '1 minute' where is_success`),
  )
}

test('an expired list is answered as stale, with the reason, while the vendor is down', async () => {
  await using given = await givenVendor()
  given.vendor.pages = [[acmeCorp, wayne]]
  const good = await given.discover()
  await expire(given)
  Object.assign(given.vendor, { pages: [], failure: 'fetch failed: connect ECONNREFUSED 127.0.0.1:1', details: { code: 'ECONNREFUSED' } })
  const { status, body } = await given.discover()
  assert.deepEqual([status, body.stale, body.organizations, body.cached_at], [200, true, [acmeCorp, wayne], good.body.cached_at])
  assert.equal(body.last_error.error, 'discovery_failed')
  assert.match(
    body.last_error.message,
    /ECONNREFUSED 127.0.0.1:1. HaloPSA could not be reached: check the config 'API URL' \(halo_api_url\)/,
  )
  assert.ok(Date.parse(body.last_error.at) > Date.parse(body.cached_at))
  given.vendor.failure = undefined
  given.vendor.pages = [[wayne]]
  const again = await given.discover()
  assert.deepEqual([again.body.stale, again.body.last_error, again.body.organizations], [false, null, [wayne]])
})

test('without any list, and where a refresh was wanted, a failure is 502 with reason, guidance and execution', async () => {
  await using given = await givenVendor()
  Object.assign(given.vendor, { failure: 'The vendor answered with status 401.', details: { status_code: 401 } })
  const first = await given.discover()
  assert.deepEqual([first.status, first.body.error], [502, 'discovery_failed'])
  assert.deepEqual(first.body.details, {
    integration_name: 'halo',
    reason: 'The vendor answered with status 401.',
    guidance:
      "HaloPSA did not accept the credentials: check the secret 'API key' (halo_api_key), and that the account may read organizations.",
    execution_id: given.worker.taken[0]?.id,
  })
  // Beside what an API says at its start, such as that its pages are not built.
  const lines = given.logged().trim().split('\n')
  const told = lines.map((line) => JSON.parse(line)).filter(({ code }) => code !== undefined)
  assert.deepEqual(
    told.map(({ level, code, reason, err }) => ({ level, code, reason, err })),
    [{ level: 40, code: 'discovery_failed', reason: first.body.details.reason, err: undefined }],
  )
  Object.assign(given.vendor, { failure: undefined, pages: [[acmeCorp]] })
  await given.discover()
  Object.assign(given.vendor, { failure: 'No.', details: {} })
  assert.equal((await given.discover('?refresh=true')).status, 502)
  const still = await given.discover()
  assert.deepEqual([still.body.organizations, still.body.stale, still.body.last_error.message], [[acmeCorp], false, 'No.'])
})

test('guidance that an error of the integration has is told in place of ours', async () => {
  await using given = await givenVendor()
  const own = { kind: 'not_found', guidance: 'The key may not list them.' }
  Object.assign(given.vendor, { failure: 'GET /list answered 404', details: own })
  const { body } = await given.discover()
  assert.equal(body.details.guidance, 'The key may not list them.')
  assert.match(body.message, /could not be listed: GET \/list answered 404\. The key may not list them\.$/)
})

test('a run that fails after some pages marks nothing as gone', async () => {
  await using given = await givenVendor()
  given.vendor.pages = [[acmeCorp, wayne]]
  await given.discover()
  Object.assign(given.vendor, { pages: [[{ id: '1', name: 'New' }]], failure: 'The third page was empty.' })
  assert.equal((await given.discover('?refresh=true')).status, 502)
  const { body } = await given.send('GET', '/integrations/halo/external-organizations?gone=true')
  assert.equal(body.count, 0)
  const runs = await given.send('GET', '/integrations/halo/discovery-runs')
  assert.deepEqual(
    runs.body.runs.map((run: { status: string; organization_count: number; error: { message: string } | null }) => [
      run.status,
      run.organization_count,
      run.error?.message,
    ]),
    [
      ['failed', 1, 'The third page was empty.'],
      ['success', 2, undefined],
    ],
  )
})

test('who does not wait is told which execution to look at, and the next call joins it', async () => {
  await using given = await givenVendor()
  const held = Promise.withResolvers<void>()
  Object.assign(given.vendor, { pages: [[acmeCorp]], hold: held.promise })
  const first = await given.discover('?wait=0')
  assert.equal(first.status, 202)
  assert.deepEqual((await given.discover('?wait=0&refresh=true')).body.execution_id, first.body.execution_id)
  assert.ok(['pending', 'running'].includes(first.body.status))
  const waiting = given.discover()
  held.resolve()
  assert.equal((await waiting).status, 200)
  assert.equal(given.worker.taken.length, 1)
})

test('a run whose execution was cancelled, or is not there any more, does not block the next', async () => {
  await using given = await givenVendor()
  given.worker[Symbol.dispose]()
  const start = async () => (await given.discover('?wait=0&refresh=true')).body.execution_id as string
  const cancelled = await start()
  await cancelExecution(given.db, systemActing, await getExecution(given.db, 'allOrganizations', cancelled), [discoveryEnd])
  const unnoticed = await start()
  assert.notEqual(unnoticed, cancelled)
  await inScope(given.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`update executions set status = 'cancelled' where id = ${unnoticed}`),
  )
  assert.equal((await given.discover()).body.error, 'discovery_failed')
  const removed = await start()
  assert.notEqual(removed, unnoticed)
  await inScope(given.db, 'allOrganizations', (transaction) => transaction.query(sql`delete from executions where id = ${removed}`))
  const next = await start()
  assert.ok(next && next !== removed)
})

test('the end of a run may come twice', async () => {
  await using given = await givenVendor()
  given.vendor.pages = [[acmeCorp]]
  const { body } = await given.discover()
  const [execution] = given.worker.taken
  assert.ok(execution)
  await endExecution(given.db, [discoveryEnd], execution, {
    status: 'failed',
    result: null,
    error: { type: 'Error', message: 'Late.', details: {} },
  })
  assert.deepEqual((await given.discover()).body, body)
})

test('a list that is never fresh asks the vendor each time', async () => {
  await using given = await givenVendor({ discoveryCacheSeconds: 0 })
  given.vendor.pages = [[acmeCorp]]
  for (let time = 1; time <= 2; time++) {
    assert.deepEqual((await given.discover()).body.organizations, [acmeCorp])
    assert.equal(given.worker.taken.length, time)
  }
  await givenPublished(given.db, integrationDefinition('halo'))
  await until('the list is kept for an hour again', async () => (await given.discover()).status === 200)
})
