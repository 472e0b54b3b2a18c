import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createCustomers } from '@crosswalk/simulators/customers'
import { simulations } from '@crosswalk/simulators/simulate'
import { testAdminKey } from '../testing/test-app.ts'
import { createTestDatabase } from '../testing/test-database.ts'
import { until } from '../testing/until.ts'
import { endProcess, startApiProcess, startWorkerProcess } from '../testing/worker-process.ts'

// The shipped workflows on people, as they are for real use: over Microsoft Graph and HaloPSA at once, through the gateway.

const cleanup = new AsyncDisposableStack()
let url = ''
let organizationId = ''
const urls = new Map<string, string>()
// biome-ignore lint/suspicious/noExplicitAny: a test reads any answer's JSON and asserts what it needs of it
type Json = any

async function call(method: string, path: string, body?: unknown): Promise<Json> {
  const response = await fetch(`${url}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${testAdminKey}`,
      'x-organization-id': organizationId,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  assert.ok(response.ok, JSON.stringify(answer))
  return answer
}

async function run(workflow_name: string, parameters: object): Promise<Json> {
  const { status, result, error } = await call('POST', '/workflows/execute?wait=60', { workflow_name, parameters })
  assert.equal(status, 'success', JSON.stringify(error))
  return result
}

before(async () => {
  const database = await createTestDatabase()
  cleanup.defer(() => database[Symbol.asyncDispose]())
  const env = { CROSSWALK_INTEGRATIONS: 'all' }
  const api = await startApiProcess(database.url, { env })
  cleanup.defer(() => endProcess(api.child, 'SIGTERM'))
  const worker = await startWorkerProcess(database.url, { env, workspace: join(import.meta.dirname, '../../workspace') })
  cleanup.defer(() => endProcess(worker, 'SIGTERM'))
  url = api.url
  organizationId = (await call('POST', '/organizations', { name: 'Harbour Dental' })).id
  const [customer] = createCustomers({ count: 5 })
  for (const name of ['microsoft_graph', 'halopsa'] as const) {
    const vendor = await simulations[name]?.({ count: 5 })
    assert.ok(vendor)
    cleanup.defer(() => vendor.stop())
    urls.set(name, vendor.url)
    for (const [key, value] of Object.entries(vendor.config)) await call('PUT', `/config/${key}`, { value, scope: 'global' })
    for (const [key, value] of Object.entries(vendor.secrets)) await call('POST', '/secrets', { key, value, scope: 'global' })
    const [listed] = customer?.listings[name] ?? []
    await call('POST', `/organizations/${organizationId}/integrations`, { integration_name: name, external_org_id: listed?.id })
  }
})
after(() => cleanup.disposeAsync())

const optionsOf = async (provider: string): Promise<{ label: string; value: string }[]> =>
  (await call('POST', `/data-providers/${provider}/options`, {})).options

test('a user is onboarded from options of the tenant, again without a change, offboarded, and it is all taken back', async () => {
  const [license] = await optionsOf('microsoft_graph_licenses')
  const [colleague] = await optionsOf('microsoft_graph_users')
  assert.match(license?.label ?? '', /free\)$/)
  const parameters = { given_name: 'Ines', surname: 'Costa', license: license?.value, like_user: colleague?.value }
  const made = await run('onboard_user', parameters)
  assert.deepEqual(
    made.changes.slice(0, 2).map(({ change }: { change: string }) => change),
    ['user_created', 'license_assigned'],
  )
  assert.ok(made.ticket_id > 0)
  assert.deepEqual((await run('onboard_user', parameters)).changes, [])
  assert.ok((await optionsOf('microsoft_graph_users')).length > 0)

  const left = await run('offboard_user', { user: made.user_id, when: 'now', keep_mailbox: false })
  assert.deepEqual(
    left.changes.slice(0, 3).map(({ change }: { change: string }) => change),
    ['sign_in_blocked', 'sessions_ended', 'password_replaced'],
  )
  assert.ok(left.changes.some(({ change }: { change: string }) => change === 'license_removed'))
  const back = await run('undo_user_changes', { changes: left.changes })
  assert.deepEqual(
    back.kept.map(({ change }: Json) => change.change),
    ['password_replaced', 'sessions_ended'],
  )
  assert.equal((await run('undo_user_changes', { changes: made.changes })).undone[0].change, 'user_created')
})

test('of two onboardings of the same person at once one makes the user, and the other finds it', async () => {
  const parameters = { given_name: 'Ada', surname: 'Brook' }
  const results = await Promise.all([1, 2].map(() => run('onboard_user', parameters)))
  assert.equal(results[0].user_id, results[1].user_id)
  const created = results.flatMap(({ changes }) => changes).filter(({ change }: Json) => change === 'user_created')
  assert.equal(created.length, 1)
})

test('who leaves later is waited for where everybody sees it, and keeps access when that is cancelled', async () => {
  const { user_id: user } = await run('onboard_user', { given_name: 'Omar', surname: 'Haddad' })
  const at = new Date(Date.now() + 3_600_000).toISOString()
  const order = { workflow_name: 'offboard_user', parameters: { user, when: 'later', at } }
  const { execution_id: id } = await call('POST', '/workflows/execute?wait=0', order)
  const read = () => call('GET', `/executions/${id}`)
  await until('the offboarding waits', async () => (await read()).status === 'waiting')
  const execution = await read()
  assert.ok(Math.abs(Date.parse(execution.waiting.until) - Date.parse(at)) < 60_000)
  assert.equal(execution.progress.message, `Waits until ${at}`)
  assert.equal((await call('POST', `/executions/${id}/cancel`)).status, 'cancelled')
  const left = await run('offboard_user', { user, when: 'now' })
  assert.equal(left.changes[0].change, 'sign_in_blocked', 'nothing was taken away before')
})

test('licenses are compared with invoices over both vendors', async () => {
  const { rows, differences } = await run('compare_licenses', { open_ticket: true })
  assert.ok(rows.length > 0 && rows.some(({ billed }: Json) => billed > 0))
  assert.equal(differences, rows.filter(({ difference }: Json) => difference !== 0).length)
})

test('what ends the access to a tenant stands among what needs attention, until it is repaired', async () => {
  const { mappings } = await call('GET', '/mappings?integration_name=microsoft_graph')
  const { external_org_id: tenant } = mappings[0]
  const change = async (body: object) => {
    const changed = await fetch(`${urls.get('microsoft_graph')}/_control/tenants/${tenant}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    assert.ok(changed.ok)
  }
  const needed = async () => {
    await run('check_microsoft_consent', {})
    return (await call('GET', '/mappings?attention=needs_repair')).mappings
  }
  await change({ application: 'without_roles', delegated: 'not_granted', relationships_end_in_days: 12 })
  const [mapping] = await needed()
  assert.deepEqual(
    mapping.problems.map(({ code }: Json) => code),
    [null, 'AADSTS65001', null],
  )
  assert.match(mapping.problems[0].repair_url, /\/adminconsent\?client_id=/)
  assert.ok(Date.parse(mapping.problems[2].due_at) > Date.now())
  assert.equal((await call('GET', '/attention')).needs_repair, 1)
  await change({ application: 'granted', delegated: 'granted', relationships_end_in_days: 300 })
  assert.deepEqual(await needed(), [])
  // The tokens of that check are good for an hour, whatever becomes of the consent.
  await change({ application: 'unknown', delegated: 'not_granted' })
  const [withdrawn] = await needed()
  assert.deepEqual(
    withdrawn.problems.map(({ code }: Json) => code),
    ['AADSTS700016', 'AADSTS65001'],
  )
  await change({ application: 'granted', delegated: 'granted' })
  await until('the repair is seen', async () => (await needed()).length === 0)
})
