import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type GivenVendors, givenVendors } from '../testing/given-vendors.ts'

// An API and a worker as they are for real use, and vendors on loopback: the ready-made integrations with the gateway between them.

let given: GivenVendors
before(async () => {
  given = await givenVendors()
})
after(() => given[Symbol.asyncDispose]())

test('what comes along is not connected until its credentials are set', async () => {
  const integrationsOf = async () => (await given.call('GET', '/integrations?limit=200')).body.integrations
  const ready = (await integrationsOf()).filter((each: { is_ready_made: boolean }) => each.is_ready_made)
  assert.ok(
    ['halopsa', 'huntress', 'microsoft_graph', 'ninjaone'].every((name) => ready.some((each: { name: string }) => each.name === name)),
  )
  assert.ok(ready.every((each: { is_connected: boolean }) => !each.is_connected))
  await given.connect('halopsa', { count: 40 })
  assert.equal((await given.call('GET', '/integrations/halopsa')).body.is_connected, true)
})

for (const [name, customer] of [
  ['halopsa', 'Harbour Dental Ltd'],
  ['ninjaone', 'Harbour Dental LTD'],
  ['microsoft_graph', 'Harbour Dental Limited'],
  ['huntress', 'Harbour Dental'],
] as const) {
  test(`${name} discovers its customers and tests a mapping, and its credentials are put in on the way`, async () => {
    const vendor = await given.connect(name, { count: 40 })
    const { id } = (await given.call('POST', '/organizations', { name: `Harbour Dental of ${name}` })).body
    const { status, body } = await given.call('GET', `/integrations/${name}/discover?refresh=true`)
    assert.equal(status, 200, JSON.stringify(body))
    const found = body.organizations.find((each: { name: string }) => each.name === customer)
    assert.ok(found, JSON.stringify(body.organizations.slice(0, 3)))
    const mapping = { integration_name: name, external_org_id: found.id, external_org_name: found.name }
    const saved = await given.call('POST', `/organizations/${id}/integrations`, mapping)
    assert.equal(saved.status, 201, JSON.stringify(saved.body))
    const tested = await given.call('POST', `/organizations/${id}/integrations/${saved.body.id}/test`)
    assert.deepEqual([tested.body.success, tested.body.message], [true, `Successfully connected to ${customer}`])
    await fetch(`${vendor.url}/_control/faults`, { method: 'POST', body: JSON.stringify({ kind: 'credentials_refused' }) })
    const refused = await given.call('POST', `/organizations/${id}/integrations/${saved.body.id}/test`)
    assert.deepEqual([refused.body.success, refused.body.details?.kind], [false, 'credentials'], JSON.stringify(refused.body))
  })
}
