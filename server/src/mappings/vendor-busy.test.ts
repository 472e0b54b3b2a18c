import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { JsonValue } from '@crosswalk/sdk'
import { answer, type SimulatedVendor, simulateVendor, type VendorAnswer } from '@crosswalk/sdk/testing'
import { temporaryWorkspace } from '../../testing/temporary-workspace.ts'
import { testLogger } from '../../testing/test-app.ts'
import { startTestInstallation, type TestInstallation } from '../../testing/test-installation.ts'
import { until } from '../../testing/until.ts'
import { startBatchKeeper } from '../batches/batch-keeper.ts'

// A vendor that asks to wait: discoveries, connection tests, data providers and clients wait for it, and no mapping is called broken.

/** What a vendor asks to wait for does not count. Enough for a machine that is busy with other tests. */
const ownTimeMs = 8_000

const integration = `
import { BaseIntegration, connectionFailure, readJson } from '@crosswalk/sdk'

export class Busy extends BaseIntegration {
  static integrationName = 'busy'
  static timeoutsMs = { discovery: ${ownTimeMs}, test: ${ownTimeMs} }
  supportsOrgMapping() { return true }
  async #get(path, init = {}) {
    const url = await this.context.getConfig('busy_url')
    return readJson(await fetch(url + path, { signal: this.context.signal, ...init }), init)
  }
  async *listOrganizations() {
    for (let page = 1; page <= 3; page++) yield await this.#get('/pages/' + page)
  }
  async getClient() {
    const { token } = await this.#get('/token', { method: 'POST', body: new URLSearchParams({ grant: 'client' }) })
    return { token }
  }
  async testConnection(mapping) {
    try {
      await this.#get('/test/' + mapping.externalOrgId)
      return { success: true, message: 'Connected.' }
    } catch (error) {
      this.context.signal.throwIfAborted()
      if (mapping.externalOrgId === 'throws') throw error
      if (mapping.externalOrgId === 'tells_nothing') return { success: false, message: 'No.' }
      return connectionFailure(error)
    }
  }
}
`
const dataProviderFile = `
import { dataProvider, readJson } from '@crosswalk/sdk'

export const choices = dataProvider({ name: 'choices', description: 'Choices of the vendor.', timeoutMs: ${ownTimeMs} }, async (ctx) =>
  readJson(await fetch((await ctx.getConfig('busy_url')) + '/choices', { signal: ctx.signal })))
`
const workflowFile = `
import { workflow } from '@crosswalk/sdk'

export const usesToken = workflow({ name: 'uses_token', description: 'Uses the client.' }, async (ctx) => {
  return (await ctx.getIntegration('busy')).token
})
`

let vendor: SimulatedVendor
let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let installation: TestInstallation
let keeper: ReturnType<typeof startBatchKeeper>
/** What the vendor says next to each path; after that it is ready. */
let refusals: Record<string, VendorAnswer[]> = {}
const inSeconds = (seconds: number) => answer(429, { message: 'Slow down.' }, { 'retry-after': String(seconds) })

before(async () => {
  const ready = (path: string, value: VendorAnswer | JsonValue) => () => refusals[path]?.shift() ?? value
  vendor = await simulateVendor({
    'GET /pages/:page': ({ params: { page } }) => refusals[`pages/${page}`]?.shift() ?? [{ id: `${page}`, name: `Customer ${page}` }],
    'POST /token': ready('token', { token: 'abc' }),
    'GET /test/:id': ({ params: { id } }) => refusals[`test/${id}`]?.shift() ?? { id: id ?? '' },
    'GET /choices': ready('choices', [{ label: 'One', value: '1' }]),
  })
  workspace = await temporaryWorkspace({
    'integrations/busy.ts': integration,
    'data-providers/choices.ts': dataProviderFile,
    'workflows/uses-token.ts': workflowFile,
  })
  installation = await startTestInstallation(workspace.path)
  const { db, notifications } = installation.api
  keeper = startBatchKeeper({ db, notifications, logger: testLogger, maxQueued: 100 })
  await installation.call('PUT', '/api/config/busy_url', { value: vendor.url, scope: 'global' })
})
after(async () => {
  await keeper.close()
  await installation[Symbol.asyncDispose]()
  await vendor.stop()
  await workspace[Symbol.asyncDispose]()
})
beforeEach(() => {
  vendor.requests.length = 0
  refusals = {}
})

const countOf = (path: string) => vendor.requests.filter((request) => request.path === path).length
let made = 0
async function givenMapping(externalOrgId = `${++made}`) {
  const organization = (await installation.call('POST', '/api/organizations', { name: `Acme ${externalOrgId}` })).body
  const path = `/api/organizations/${organization.id}/integrations`
  const { body } = await installation.call('POST', path, { integration_name: 'busy', external_org_id: externalOrgId })
  const mappingPath = `${path}/${body.id}`
  return {
    organization,
    externalOrgId,
    test: async () => (await installation.call('POST', `${mappingPath}/test`)).body,
    read: async () => (await installation.call('GET', mappingPath)).body,
  }
}
const resultOf = (mapping: Record<string, unknown>) => [mapping.last_test_success, mapping.last_test_result, mapping.last_not_tested_reason]

test('a discovery waits as the vendor asks, beyond its own time, and reads no page again', async () => {
  refusals = { 'pages/2': [inSeconds(4), inSeconds(5)], 'pages/3': [answer(503)] }
  const startedAt = performance.now()
  const { status, body } = await installation.call('GET', '/api/integrations/busy/discover?refresh=true')
  assert.deepEqual([status, body.organizations?.length], [200, 3], JSON.stringify(body))
  assert.deepEqual(
    [1, 2, 3].map((page) => countOf(`/pages/${page}`)),
    [1, 3, 2],
  )
  assert.ok(performance.now() - startedAt > ownTimeMs, 'it waited for longer than its own time')
})

test('a discovery that is asked to wait for longer than it may fails, and names both times', async () => {
  refusals = { 'pages/2': [inSeconds(901)] }
  const { status, body } = await installation.call('GET', '/api/integrations/busy/discover?refresh=true')
  assert.deepEqual([status, body.error], [502, 'discovery_failed'])
  assert.match(body.message, /The vendor asks to wait 15 min 1 s; a discovery waits at most 15 min\./)
  assert.match(body.message, /wait 15 min 1 s and try again/)
})

test('a vendor that is down without saying for how long is asked four times, within seconds', async () => {
  refusals = { 'pages/1': [1, 2, 3, 4, 5].map(() => answer(503)) }
  const { status, body } = await installation.call('GET', '/api/integrations/busy/discover?refresh=true')
  assert.deepEqual([status, countOf('/pages/1')], [502, 4], JSON.stringify(body))
})

test('a connection test waits and continues', async () => {
  const mapping = await givenMapping()
  refusals = { [`test/${mapping.externalOrgId}`]: [inSeconds(1), inSeconds(1)] }
  assert.equal((await mapping.test()).success, true)
  assert.deepEqual(resultOf(await mapping.read()), [true, 'Connected.', null])
  assert.equal(countOf(`/test/${mapping.externalOrgId}`), 3)
})

test('a connection test that could not be made says so, and leaves what is known of the mapping', async () => {
  const mapping = await givenMapping()
  const refuse = () => {
    refusals = { [`test/${mapping.externalOrgId}`]: [inSeconds(500)] }
  }
  refuse()
  const { success, message, details } = await mapping.test()
  assert.deepEqual([success, details.not_tested, details.retry_after_ms], [false, 'vendor_busy', 500_000])
  assert.match(message, /429 Too Many Requests.*The vendor asks to wait 8 min 20 s; a connection test waits at most 2 min in all/)
  const untested = await mapping.read()
  assert.deepEqual(resultOf(untested), [null, null, message])
  assert.ok(Date.parse(untested.last_not_tested_at) > 0)
  await mapping.test()
  assert.deepEqual(resultOf(await mapping.read()), [true, 'Connected.', null])
  refuse()
  await mapping.test()
  assert.deepEqual(resultOf(await mapping.read()), [true, 'Connected.', message])
})

test('it is not made either where the integration throws what the vendor said, or does not pass it on', async () => {
  for (const id of ['throws', 'tells_nothing']) {
    const mapping = await givenMapping(id)
    refusals = { [`test/${id}`]: [inSeconds(500)] }
    assert.equal((await mapping.test()).details.not_tested, 'vendor_busy', id)
    refusals = { [`test/${id}`]: [answer(404)] }
    const { success, details } = await mapping.test()
    assert.deepEqual([success, details.not_tested], [false, undefined], id)
    assert.equal((await mapping.read()).last_test_success, false)
  }
})

test('a batch of tests tells those that were not made from those that failed, and makes them again', async () => {
  const [works, fails, busy] = [await givenMapping(), await givenMapping(), await givenMapping()]
  refusals = { [`test/${fails.externalOrgId}`]: [answer(401)], [`test/${busy.externalOrgId}`]: [inSeconds(500)] }
  const organizations = [works, fails, busy].map(({ organization }) => organization.id)
  const { body: batch } = await installation.call('POST', '/api/mappings/test', { organizations })
  const path = `/api/batches/${batch.batch_id}`
  const finished = async () => {
    await until('the batch has finished', async () => (await installation.call('GET', path)).body.status === 'finished')
    return (await installation.call('GET', path)).body.counts
  }
  const { success, failed, not_tested } = await finished()
  assert.deepEqual([success, failed, not_tested], [1, 1, 1])
  const { executions } = (await installation.call('GET', `${path}/executions?status=not_tested`)).body
  assert.deepEqual(
    executions.map((item: { org_id: string }) => item.org_id),
    [busy.organization.id],
  )
  assert.match(executions[0].error.message, /429 Too Many Requests/)
  await installation.call('POST', `${path}/retry-failed`)
  assert.equal((await finished()).success, 3)
})

test('a data provider waits, and so does a client that is being made', async () => {
  const { organization } = await givenMapping()
  const headers = { 'x-organization-id': organization.id }
  refusals = { choices: [inSeconds(1)], token: [inSeconds(1)] }
  const options = await installation.call('POST', '/api/data-providers/choices/options', {}, headers)
  assert.deepEqual([options.status, options.body.options?.length], [200, 1], JSON.stringify(options.body))
  const { body } = await installation.call('POST', '/api/workflows/execute', { workflow_name: 'uses_token' }, headers)
  assert.deepEqual([body.status, body.result, countOf('/token')], ['success', 'abc', 2], JSON.stringify(body))
})
