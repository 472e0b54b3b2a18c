import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { givenOrganization } from '../../testing/given-installation.ts'
import { temporaryWorkspace } from '../../testing/temporary-workspace.ts'
import { testLogger } from '../../testing/test-app.ts'
import { startTestInstallation, type TestInstallation } from '../../testing/test-installation.ts'
import { until } from '../../testing/until.ts'
import { startBatchKeeper } from '../batches/batch-keeper.ts'
import { readInScope, sql } from '../platform/database/database.ts'

const provider = `
import { dataProvider } from '@crosswalk/sdk'
import { z } from 'zod'
export const sites = dataProvider(
  { name: 'sites', description: 'Sites.', parameters: z.object({ region: z.string().optional() }) },
  async (ctx, { region = 'eu' }) => {
    if (region === 'down') throw new Error('The vendor is away.')
    if (region === 'sometimes' && ctx.org.name === 'Globex') throw new Error('The vendor knows no Globex.')
    return [1, 2].map((n) => ({ label: 'Site ' + n, value: (region === 'same' && ctx.org.name !== 'Other' ? 'any' : ctx.org.name) + '-' + region + '-' + n }))
  },
)
`
const rooms = `
import { dataProvider } from '@crosswalk/sdk'
import { z } from 'zod'
export const rooms = dataProvider(
  { name: 'rooms', description: 'Rooms.', parameters: z.object({ site: z.string().meta({ dataProvider: 'sites', closed: true }) }) },
  async (_ctx, { site }) => [{ label: 'Room', value: site + '/1' }],
)
`
const workflows = `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'
const site = z.string().meta({ label: 'Site', dataProvider: 'sites', closed: true })
export const chosen = workflow(
  {
    name: 'chosen',
    description: 'Takes sites.',
    parameters: z.object({
      zebra: z.string().optional(),
      region: z.string().optional(),
      a: site.optional(),
      much_longer: z.array(site).optional(),
      b: z.object({ inner: site.nullable() }).optional(),
      open: z.string().meta({ dataProvider: 'sites' }).optional(),
    }),
  },
  async (_ctx, parameters) => ({ zz: 1, b: 2, given: parameters }),
)
export const much = workflow({ name: 'much', description: 'Returns much, or fails much.', parameters: z.object({ fail: z.boolean().default(false) }) }, async (ctx, { fail }) => {
  if (fail) throw Object.assign(new Error('x'.repeat(7_000)), { details: { rows: 'y'.repeat(20_000), kept: 1 } })
  return { zz: 'x'.repeat(20_000), a: ctx.org.name }
})
`

let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let installation: TestInstallation
let acme: string
let globex: string

before(async () => {
  workspace = await temporaryWorkspace({
    'data-providers/sites.ts': provider,
    'data-providers/rooms.ts': rooms,
    'workflows/all.ts': workflows,
  })
  installation = await startTestInstallation(workspace.path)
  acme = (await givenOrganization(installation.api.db, 'Acme')).id
  globex = (await givenOrganization(installation.api.db, 'Globex')).id
})
after(async () => {
  await installation[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

const execute = (parameters: object, more: object = {}, organizationId = acme) =>
  installation.call(
    'POST',
    '/api/workflows/execute',
    { workflow_name: 'chosen', parameters, ...more },
    { 'x-organization-id': organizationId },
  )

async function inBatch(workflow_name: string, parameters: object, meanwhile?: () => Promise<unknown>) {
  const { api, call } = installation
  const order = { workflow_name, parameters, organizations: [acme, globex] }
  const { batch_id } = (await call('POST', '/api/workflows/execute', order)).body
  await meanwhile?.()
  const keeper = startBatchKeeper({ db: api.db, notifications: api.notifications, logger: testLogger, maxQueued: 100 })
  try {
    await until('it has ended', async () => (await call('GET', `/api/batches/${batch_id}`)).body.status === 'finished')
    const { executions } = (await call('GET', `/api/batches/${batch_id}/executions`)).body
    // biome-ignore lint/suspicious/noExplicitAny: a test reads any answer's JSON and asserts what it needs of it
    return executions as any[]
  } finally {
    await keeper.close()
  }
}

test('a closed field takes what its data provider offers this organization, and every other value is a 400 that names it', async () => {
  const good = { a: 'Acme-eu-1', much_longer: ['Acme-eu-1', 'Acme-eu-2'], b: { inner: null }, open: 'anything' }
  const taken = (await execute(good)).body
  assert.equal(taken.status, 'success')
  // To be asked for options is a step around the data provider, and none that it leaves behind.
  assert.deepEqual((await installation.call('GET', `/api/executions/${taken.execution_id}/logs`)).body.logs, [])
  assert.equal((await execute({})).body.status, 'success')
  const { status, body } = await execute({ a: 'Globex-eu-1', much_longer: ['Acme-eu-2', 'x'], b: { inner: 'Acme-us-1' } })
  assert.deepEqual([status, body.error], [400, 'validation_failed'])
  assert.deepEqual(Object.keys(body.details), ['parameters.a', 'parameters.much_longer.1', 'parameters.b.inner'])
  assert.match(body.message, /parameters\.a is not one of the options that 'sites' offers for this organization/)
})

test('the provider is asked with the fields of the form that are its own parameters, and where it fails nothing runs', async () => {
  assert.equal((await execute({ region: 'us', a: 'Acme-us-1' })).body.status, 'success')
  assert.equal((await execute({ region: 'us', a: 'Acme-eu-1' })).status, 400)
  assert.deepEqual((await execute({ region: 'down', a: 'Acme-eu-1' })).body.error, 'data_provider_failed')
})

test('what an idempotency key was used for is answered, whatever is offered by then', async () => {
  const first = await execute({ a: 'Acme-eu-1' }, { idempotency_key: 'k' })
  await readInScope(installation.api.db, 'allOrganizations', sql`update organizations set name = 'Acme Ltd' where id = ${acme}`)
  const again = await execute({ a: 'Acme-eu-1' }, { idempotency_key: 'k' })
  await readInScope(installation.api.db, 'allOrganizations', sql`update organizations set name = 'Acme' where id = ${acme}`)
  assert.deepEqual([again.status, again.body.execution_id], [200, first.body.execution_id])
})

const forMany = (parameters: object, more: object = {}) =>
  installation.call('POST', '/api/workflows/execute', { workflow_name: 'chosen', parameters, organizations: 'all', ...more })

test('an order for many is refused with the field and the organizations that are not offered its value', async () => {
  const { status, body } = await forMany({ a: 'Acme-eu-1', b: { inner: 'x' } })
  assert.deepEqual([status, body.error], [400, 'validation_failed'])
  assert.deepEqual(body.details, {
    'parameters.a': ["is not one of the options that 'sites' offers for Globex"],
    'parameters.b.inner': ["is not one of the options that 'sites' offers for Acme, Globex"],
  })
  assert.match(body.message, /The parameters do not fit the workflow 'chosen': parameters\.a is not one of/)
  assert.equal((await forMany({ a: 'Acme-eu-1' }, { organizations: [acme] })).status, 202)
  // Nothing can be said of anybody.
  assert.deepEqual((await forMany({ region: 'down', a: 'x' })).body.error, 'data_provider_failed')
  // What the data provider itself does not take.
  assert.deepEqual(Object.keys((await forMany({ region: 'down', a: 7 })).body.details), ['parameters.a'])
})

test('an order whose key was used is answered, whatever is offered by then', async () => {
  const order = { organizations: [acme], idempotency_key: 'many' }
  const first = await forMany({ a: 'Acme-eu-1' }, order)
  await readInScope(installation.api.db, 'allOrganizations', sql`update organizations set name = 'Acme Ltd' where id = ${acme}`)
  const again = await forMany({ a: 'Acme-eu-1' }, order)
  await readInScope(installation.api.db, 'allOrganizations', sql`update organizations set name = 'Acme' where id = ${acme}`)
  assert.deepEqual([again.status, again.body.batch_id], [202, first.body.batch_id])
})

test('a schedule is not set to what some of its organizations are not offered, and is not run with it', async () => {
  const put = (body: object) => installation.call('PUT', '/api/schedules/chosen', { cron: '0 3 * * *', ...body })
  const refused = await put({ parameters: { a: 'Acme-eu-1' } })
  assert.deepEqual([refused.status, Object.keys(refused.body.details)], [400, ['parameters.a']])
  assert.equal((await put({ parameters: { a: 'Acme-eu-1' }, organizations: [acme] })).status, 200)
  assert.equal((await put({ organizations: 'all' })).status, 400)
  assert.equal((await put({ is_paused: true })).status, 200, 'what does not touch it is not judged')
  await readInScope(installation.api.db, 'allOrganizations', sql`update organizations set name = 'Acme Ltd' where id = ${acme}`)
  const run = await installation.call('POST', '/api/schedules/chosen/run')
  await readInScope(installation.api.db, 'allOrganizations', sql`update organizations set name = 'Acme' where id = ${acme}`)
  assert.deepEqual([run.status, run.body.error], [400, 'validation_failed'])
})

test('of whom nothing was known when a batch was ordered, its own execution asks', async () => {
  const items = await inBatch('chosen', { region: 'sometimes', a: 'Acme-sometimes-1' })
  const byName = new Map(items.map((item) => [item.org_name, item]))
  assert.equal(byName.get('Acme').status, 'success')
  assert.equal(byName.get('Globex').status, 'failed')
  assert.match(byName.get('Globex').error.message, /The vendor knows no Globex/)
})

test('what is not offered any more when it begins fails, for the organizations that it is so for', async () => {
  const rename = (name: string) =>
    readInScope(installation.api.db, 'allOrganizations', sql`update organizations set name = ${name} where id = ${globex}`)
  const items = await inBatch('chosen', { region: 'same', a: 'any-same-1' }, () => rename('Other'))
  await rename('Globex')
  const byId = new Map(items.map((item) => [item.org_id, item]))
  assert.equal(byId.get(acme).status, 'success')
  assert.deepEqual([byId.get(globex).status, byId.get(globex).error.details.code], ['failed', 'validation_failed'])
  assert.deepEqual(Object.keys(byId.get(globex).error.details).sort(), ['code', 'parameters.a'])
})

test('a closed parameter of a data provider itself takes only what is offered, too', async () => {
  const ask = (parameters: object) =>
    installation.call('POST', '/api/data-providers/rooms/options', { parameters }, { 'x-organization-id': acme })
  assert.deepEqual((await ask({ site: 'Acme-eu-1' })).body.options, [{ label: 'Room', value: 'Acme-eu-1/1' }])
  const { status, body } = await ask({ site: 'Globex-eu-1' })
  assert.deepEqual([status, body.error, Object.keys(body.details)], [400, 'validation_failed', ['parameters.site']])
  assert.match(body.message, /^The parameters do not fit the data provider 'rooms'/)
})

test('the fields of a form and of a result are in the order in which their author wrote them', async () => {
  const { body } = await installation.call('GET', '/api/workflows/chosen')
  assert.deepEqual(Object.keys(body.parameters_schema.properties), ['zebra', 'region', 'a', 'much_longer', 'b', 'open'])
  const given = { open: 'x', region: 'eu', a: 'Acme-eu-1', zebra: 'z' }
  const ran = (await execute(given)).body
  assert.equal(JSON.stringify(Object.keys(ran.result)), '["zz","b","given"]')
  const { body: shown } = await installation.call('GET', `/api/executions/${ran.execution_id}`)
  assert.equal(JSON.stringify(shown.parameters), JSON.stringify(given))
  assert.deepEqual(Object.keys(shown.result), ['zz', 'b', 'given'])
})

test('the list of a batch shows how a large result begins and says that it is cut, and errors in short', async () => {
  for (const item of await inBatch('much', {})) {
    assert.equal(item.result_truncated, true)
    assert.match(item.result, /^\{"zz":"x{900,}…$/)
    const { body } = await installation.call('GET', `/api/executions/${item.execution_id}`)
    assert.deepEqual(body.result, { zz: 'x'.repeat(20_000), a: item.org_name })
  }
  const isShort = (error: { message: string; details: object }) => {
    assert.match(error.message, /^x+… \(7000 characters in all\)$/)
    assert.ok(JSON.stringify(error).length < 1_000)
  }
  const failed = await inBatch('much', { fail: true })
  for (const item of failed) isShort(item.error)
  const { executions } = (await installation.call('GET', '/api/executions?workflow_name=much&status=failed')).body
  for (const execution of executions) isShort(execution.error)
  const { body } = await installation.call('GET', `/api/executions/${failed[0].execution_id}`)
  assert.equal(body.error.message.length, 7_000)
  assert.equal((await inBatch('chosen', {}))[0].result_truncated, false)
})
