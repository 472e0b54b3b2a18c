import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fromErrorData } from '@crosswalk/sdk'
import { type SimulatedVendor, simulateVendor } from '@crosswalk/sdk/testing'
import { givenOrganization } from '../../../testing/given-installation.ts'
import { temporaryWorkspace } from '../../../testing/temporary-workspace.ts'
import { testLogger } from '../../../testing/test-app.ts'
import { startTestInstallation, type TestInstallation } from '../../../testing/test-installation.ts'
import { until } from '../../../testing/until.ts'
import { startBatchKeeper } from '../../batches/batch-keeper.ts'
import { reviveError } from '../../runner/context.ts'
import { describeFailure } from '../../runner/failures.ts'
import { noteIntegration } from '../../runner/integration-failures.ts'
import { waitForExecution } from '../state/executions.ts'

// An integration whose vendor cannot be reached, refuses, or whose secret is not set, in a workflow and in a data provider.

const integration = `
import { BaseIntegration, readJson } from '@crosswalk/sdk'

export class Shop extends BaseIntegration {
  static integrationName = 'shop'
  static displayName = 'The Shop'
  static secrets = { shop_key: { label: 'API key', required: true } }
  static config = { shop_url: { label: 'API URL' } }
  supportsOrgMapping() { return true }
  async getClient(mapping) {
    const key = await this.context.getSecret('shop_key')
    const url = await this.context.getConfig('shop_url', '')
    const send = async (path) => readJson(await fetch(url + path + '?key=' + key))
    return {
      list: async () => send('/organizations/' + mapping.externalOrgId + '/orders'),
      open: async () => send('/keys/' + key),
    }
  }
  async testConnection(mapping) {
    await (await this.getClient(mapping)).list()
    return { success: true, message: 'It is open.' }
  }
}
`
const workflow = (name: string, body: string) => `
export const ${name} = workflow({ name: '${name}', description: 'Asks the shop.' }, async (ctx) => { ${body} })`
const workflows = `
import { workflow } from '@crosswalk/sdk'
${workflow('lists', "return (await ctx.getIntegration('shop')).list()")}
${workflow('opens', "return (await ctx.getIntegration('shop')).open()")}
${workflow('wraps', "const shop = await ctx.getIntegration('shop'); try { await shop.list() } catch (cause) { throw new Error('The orders were not read', { cause }) }")}
${workflow('gives_up', "await (await ctx.getIntegration('shop')).list().catch(() => {}); throw new Error('Nothing was ordered.')")}
${workflow('asks_itself', "await fetch('http://127.0.0.1:9/mine')")}
`
const provider = `
import { dataProvider } from '@crosswalk/sdk'
export const orders = dataProvider({ name: 'orders', description: 'Orders.' }, async (ctx) => (await ctx.getIntegration('shop')).list())
`

let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let vendor: SimulatedVendor
let installation: TestInstallation
let organizationId: string
const nowhere = 'http://127.0.0.1:9'

before(async () => {
  vendor = await simulateVendor({})
  workspace = await temporaryWorkspace({
    'integrations/shop.ts': integration,
    'workflows/all.ts': workflows,
    'data-providers/orders.ts': provider,
  })
  installation = await startTestInstallation(workspace.path)
  organizationId = (await givenOrganization(installation.api.db, 'Acme')).id
  await send('POST', `/api/organizations/${organizationId}/integrations`, { integration_name: 'shop', external_org_id: '42' })
  await send('PUT', '/api/config/shop_url', { value: nowhere, scope: 'global' })
  await send('POST', '/api/secrets', { key: 'shop_key', value: 'correct-horse', scope: 'global' })
})
after(async () => {
  await installation[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
  await vendor.stop()
})

async function send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object) {
  const answer = await installation.call(method, url, body, { 'x-organization-id': organizationId })
  assert.ok(answer.status < 300, JSON.stringify(answer.body))
  return answer.body
}
const errorOf = async (workflowName: string) => (await send('POST', '/api/workflows/execute', { workflow_name: workflowName })).error

const reach =
  "The Shop could not be reached: check the config 'API URL' (shop_url) and the mapping data, and that the worker's network lets it through."

test('a call on a client that reaches nobody says which it was, why, what to do, and whose it was', async () => {
  const { type, message, details } = await errorOf('lists')
  assert.deepEqual([type, message], ['TypeError', 'GET http://127.0.0.1:9/organizations/42/orders could not be reached: bad port.'])
  assert.deepEqual([details.integration_name, details.guidance, details.failure_kind], ['shop', reach, 'network'])
})

test('a secret in the address is masked', async () => {
  assert.equal((await errorOf('opens')).message, 'GET http://127.0.0.1:9/keys/[secret] could not be reached: bad port.')
})

test('so it is where the code wraps the error, but not where it throws one of its own, nor of its own calls', async () => {
  const { message, details } = await errorOf('wraps')
  assert.match(message, /^The orders were not read: GET .* could not be reached: bad port\.$/)
  assert.deepEqual([details.integration_name, details.guidance], ['shop', reach])
  for (const name of ['gives_up', 'asks_itself']) {
    const own = (await errorOf(name)).details
    assert.deepEqual([own.integration_name, own.guidance], [undefined, undefined])
  }
})

test('the error of a step and of an item of a batch say it too', async () => {
  const { api } = installation
  const keeper = startBatchKeeper({ db: api.db, notifications: api.notifications, logger: testLogger, maxQueued: 100 })
  try {
    const order = { workflow_name: 'lists', organizations: [organizationId] }
    const { batch_id: batchId } = (await installation.call('POST', '/api/workflows/execute', order)).body
    await until('it has ended', async () => (await send('GET', `/api/batches/${batchId}`)).status === 'finished')
    const [item] = (await send('GET', `/api/batches/${batchId}/executions`)).executions
    assert.deepEqual([item.error.details.integration_name, item.error.details.guidance], ['shop', reach])
    const { steps } = await send('GET', `/api/executions/${item.execution_id}`)
    assert.deepEqual([steps[0].name, steps[0].error.details.integration_name], ['shop.list', 'shop'])
  } finally {
    await keeper.close()
  }
})

test('a vendor that answers and refuses is told by its status', async () => {
  await send('PUT', '/api/config/shop_url', { value: vendor.url, scope: 'global' })
  const { details } = await errorOf('lists')
  assert.deepEqual([details.code, details.integration_name], ['http_error', 'shop'])
  assert.match(details.guidance, /^The Shop does not know this external organization id/)
  await send('PUT', '/api/config/shop_url', { value: nowhere, scope: 'global' })
})

test('a client that cannot be made because a secret is not set says which, and whose it is', async () => {
  await send('DELETE', '/api/secrets/shop_key?scope=global')
  const { message, details } = await errorOf('lists')
  assert.match(message, /^The secret 'shop_key' is not set/)
  assert.deepEqual([details.code, details.integration_name, details.key], ['secret_not_found', 'shop', 'shop_key'])
  assert.equal(
    details.guidance,
    "Set 'API key' (shop_key) among the credentials of The Shop, for this organization or globally, and try again.",
  )
  await send('POST', '/api/secrets', { key: 'shop_key', value: 'correct-horse', scope: 'global' })
})

test('a data provider says it in its answer and in its execution', async () => {
  const { status, body } = await installation.call(
    'POST',
    '/api/data-providers/orders/options',
    {},
    { 'x-organization-id': organizationId },
  )
  assert.deepEqual([status, body.details.integration_name, body.details.guidance], [502, 'shop', reach])
  const execution = await waitForExecution(installation.api, { organizationId }, body.details.execution_id, 60_000)
  assert.deepEqual([execution.error?.details.integration_name, execution.error?.details.guidance], ['shop', reach])
})

test('the execution of a connection test that threw says it, and its answer says it once', async () => {
  const { body } = await installation.call('POST', '/api/integrations/shop/test', { org_id: organizationId, external_org_id: '42' })
  assert.equal(body.message, `GET ${nowhere}/organizations/42/orders could not be reached: bad port. ${reach}`)
  const { error } = await send('GET', `/api/executions/${body.details.execution_id}`)
  assert.deepEqual([error.details.integration_name, error.details.guidance], ['shop', reach])
})

test('whose a recorded failure was is still known where it is answered again', () => {
  const thrown = new TypeError('GET http://a.example/ could not be reached: bad port.', { cause: new Error('bad port') })
  noteIntegration(thrown, 'shop')
  const recorded = describeFailure(thrown, workspace.path)
  assert.equal(describeFailure(new Error('again', { cause: reviveError(recorded) }), workspace.path).details.integration_name, 'shop')
  assert.equal(describeFailure(fromErrorData(recorded), workspace.path).details.integration_name, undefined, 'the note makes it so')
})
