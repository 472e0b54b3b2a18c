import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { simulations } from '@crosswalk/simulators/simulate'
import { testAdminKey } from '../testing/test-app.ts'
import { createTestDatabase } from '../testing/test-database.ts'
import { endProcess, startApiProcess, startWorkerProcess } from '../testing/worker-process.ts'

// An API and a worker as they are for real use, and vendors on loopback: the ready-made integrations with the gateway between them.

const cleanup = new AsyncDisposableStack()
let url = ''
// biome-ignore lint/suspicious/noExplicitAny: a test reads any answer's JSON and asserts what it needs of it
type Answer = { status: number; body: any }

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${url}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${testAdminKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}

/** Starts a vendor and stores what connects its integration. */
async function connect(name: string) {
  const start = simulations[name]
  assert.ok(start, name)
  const vendor = await start({ count: 40 })
  cleanup.defer(() => vendor.stop())
  for (const [key, value] of Object.entries(vendor.config)) await call('PUT', `/config/${key}`, { value, scope: 'global' })
  for (const [key, value] of Object.entries(vendor.secrets)) await call('POST', '/secrets', { key, value, scope: 'global' })
  return vendor
}

before(async () => {
  const database = await createTestDatabase()
  cleanup.defer(() => database[Symbol.asyncDispose]())
  const env = { CROSSWALK_INTEGRATIONS: 'all' }
  const api = await startApiProcess(database.url, { env })
  cleanup.defer(() => endProcess(api.child, 'SIGTERM'))
  const worker = await startWorkerProcess(database.url, { env })
  cleanup.defer(() => endProcess(worker, 'SIGTERM'))
  url = api.url
})
after(() => cleanup.disposeAsync())

test('what comes along is not connected until its credentials are set', async () => {
  const integrationsOf = async () => (await call('GET', '/integrations?limit=200')).body.integrations
  const ready = (await integrationsOf()).filter((each: { is_ready_made: boolean }) => each.is_ready_made)
  assert.ok(
    ['halopsa', 'huntress', 'microsoft_graph', 'ninjaone'].every((name) => ready.some((each: { name: string }) => each.name === name)),
  )
  assert.ok(ready.every((each: { is_connected: boolean }) => !each.is_connected))
  await connect('halopsa')
  assert.equal((await call('GET', '/integrations/halopsa')).body.is_connected, true)
})

for (const [name, customer] of [
  ['halopsa', 'Harbour Dental Ltd'],
  ['ninjaone', 'Harbour Dental LTD'],
  ['microsoft_graph', 'Harbour Dental Limited'],
  ['huntress', 'Harbour Dental'],
] as const) {
  test(`${name} discovers its customers and tests a mapping, and its credentials are put in on the way`, async () => {
    const vendor = await connect(name)
    const { id } = (await call('POST', '/organizations', { name: `Harbour Dental of ${name}` })).body
    const { status, body } = await call('GET', `/integrations/${name}/discover?refresh=true`)
    assert.equal(status, 200, JSON.stringify(body))
    const found = body.organizations.find((each: { name: string }) => each.name === customer)
    assert.ok(found, JSON.stringify(body.organizations.slice(0, 3)))
    const mapping = { integration_name: name, external_org_id: found.id, external_org_name: found.name }
    const saved = await call('POST', `/organizations/${id}/integrations`, mapping)
    assert.equal(saved.status, 201, JSON.stringify(saved.body))
    const tested = await call('POST', `/organizations/${id}/integrations/${saved.body.id}/test`)
    assert.deepEqual([tested.body.success, tested.body.message], [true, `Successfully connected to ${customer}`])
    await fetch(`${vendor.url}/_control/faults`, { method: 'POST', body: JSON.stringify({ kind: 'credentials_refused' }) })
    const refused = await call('POST', `/organizations/${id}/integrations/${saved.body.id}/test`)
    assert.deepEqual([refused.body.success, refused.body.details?.kind], [false, 'credentials'], JSON.stringify(refused.body))
  })
}
