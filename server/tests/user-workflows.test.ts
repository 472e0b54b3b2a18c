import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createCustomers } from '@crosswalk/simulators/customers'
import { type GivenVendors, givenVendors, type Json } from '../testing/given-vendors.ts'
import { shippedWorkspace } from '../testing/test-installation.ts'
import { until } from '../testing/until.ts'

// The shipped workflows on people, as they are for real use: over Microsoft Graph and HaloPSA at once, through the gateway.

let given: GivenVendors
let organizationId = ''
const urls = new Map<string, string>()

const send = (method: string, path: string, body?: unknown): Promise<Json> => given.send(method, path, body, organizationId)

async function run(workflow_name: string, parameters: object): Promise<Json> {
  const { status, result, error } = await send('POST', '/workflows/execute?wait=60', { workflow_name, parameters })
  assert.equal(status, 'success', JSON.stringify(error))
  return result
}

before(async () => {
  given = await givenVendors(shippedWorkspace)
  organizationId = (await given.send('POST', '/organizations', { name: 'Harbour Dental' })).id
  const [customer] = createCustomers({ count: 5 })
  for (const name of ['microsoft_graph', 'halopsa'] as const) {
    urls.set(name, (await given.connect(name, { count: 5 })).url)
    const [listed] = customer?.listings[name] ?? []
    await send('POST', `/organizations/${organizationId}/integrations`, { integration_name: name, external_org_id: listed?.id })
  }
})
after(() => given[Symbol.asyncDispose]())

const optionsOf = async (provider: string): Promise<{ label: string; value: string }[]> =>
  (await send('POST', `/data-providers/${provider}/options`, {})).options

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
  const { execution_id: id } = await send('POST', '/workflows/execute?wait=0', order)
  const read = () => send('GET', `/executions/${id}`)
  await until('the offboarding waits', async () => (await read()).status === 'waiting')
  const execution = await read()
  assert.ok(Math.abs(Date.parse(execution.waiting.until) - Date.parse(at)) < 60_000)
  assert.equal(execution.progress.message, `Waits until ${at}`)
  assert.equal((await send('POST', `/executions/${id}/cancel`)).status, 'cancelled')
  const left = await run('offboard_user', { user, when: 'now' })
  assert.equal(left.changes[0].change, 'sign_in_blocked', 'nothing was taken away before')
})

test('licenses are compared with invoices over both vendors', async () => {
  const { rows, differences } = await run('compare_licenses', { open_ticket: true })
  assert.ok(rows.length > 0 && rows.some(({ billed }: Json) => billed > 0))
  assert.equal(differences, rows.filter(({ difference }: Json) => difference !== 0).length)
})

test('what ends the access to a tenant stands among what needs attention, until it is repaired', async () => {
  const { mappings } = await send('GET', '/mappings?integration_name=microsoft_graph')
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
    return (await send('GET', '/mappings?attention=needs_repair')).mappings
  }
  await change({ application: 'without_roles', delegated: 'not_granted', relationships_end_in_days: 12 })
  const [mapping] = await needed()
  assert.deepEqual(
    mapping.problems.map(({ code }: Json) => code),
    [null, 'AADSTS65001', null],
  )
  assert.match(mapping.problems[0].repair_url, /\/adminconsent\?client_id=/)
  assert.ok(Date.parse(mapping.problems[2].due_at) > Date.now())
  assert.equal((await send('GET', '/attention')).needs_repair, 1)
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
