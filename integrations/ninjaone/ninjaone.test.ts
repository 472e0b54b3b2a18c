import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VendorError } from '@crosswalk/sdk'
import { mockContext } from '@crosswalk/sdk/testing'
import { type NinjaOptions, startNinjaSimulator } from '@crosswalk/simulators/ninjaone'
import { NinjaOne } from './ninjaone.ts'

async function givenNinja(options: NinjaOptions & { secret?: string } = {}) {
  const ninja = await startNinjaSimulator(options)
  const idOf = (number: number) => String(ninja.organizations.list().find(({ customer }) => customer.number === number)?.id)
  const ctx = mockContext({
    secrets: { ninjaone_client_secret: options.secret ?? ninja.clientSecret },
    config: { ninjaone_base_url: ninja.url, ninjaone_client_id: ninja.clientId },
    integrations: [NinjaOne],
    mappings: [{ integrationName: 'ninjaone', externalOrgId: idOf(1), externalOrgName: 'Harbour Dental' }],
    wait: async () => {},
  })
  const integration = new NinjaOne(ctx)
  const list = async () => (await Array.fromAsync(integration.listOrganizations())).flat()
  const testOf = (externalOrgId: string) =>
    integration.testConnection({
      id: null,
      integrationName: 'ninjaone',
      externalOrgId,
      externalOrgName: 'x',
      mappingData: {},
      isActive: true,
    })
  return { ninja, ctx, list, testOf, idOf, client: await ctx.getIntegration(NinjaOne), [Symbol.asyncDispose]: ninja.stop }
}

test('discovery lists every organization, however short the pages are', async () => {
  await using it = await givenNinja({ count: 250, maxPageSize: 70 })
  const listed = await it.list()
  assert.deepEqual(
    listed.map(({ id }) => id),
    it.ninja.organizations.list().map(({ id }) => String(id)),
  )
  assert.equal(it.ninja.counts.tokens, 1)
})

test('a list that repeats a page is incomplete, and one of which a page fails is no list', async () => {
  await using it = await givenNinja({ count: 250 })
  it.ninja.faults.begin({ kind: 'page_repeats' })
  await assert.rejects(it.list(), (error: unknown) => error instanceof VendorError && error.kind === 'incomplete')
  it.ninja.faults.clear()
  it.ninja.faults.begin({ kind: 'error', status: 500, after: 1 })
  await assert.rejects(it.list(), (error: unknown) => error instanceof VendorError && error.kind === 'unavailable')
})

test('a connection test names the organization, and tells apart what can be wrong', async () => {
  await using it = await givenNinja()
  const good = await it.testOf(it.idOf(1))
  assert.deepEqual([good.success, good.message], [true, 'Successfully connected to Harbour Dental LTD'])
  const kindOf = async (externalOrgId = it.idOf(1)) => (await it.testOf(externalOrgId)).details?.kind
  assert.equal(await kindOf('999999'), 'not_found')
  assert.equal(await kindOf('x'), 'not_found')
  it.ninja.faults.begin({ kind: 'forbidden' })
  assert.equal(await kindOf(), 'permission')
  it.ninja.faults.clear()
  it.ninja.faults.begin({ kind: 'html' })
  assert.equal(await kindOf(), 'invalid_response')
  await it.ninja.stop()
  assert.equal(await kindOf(), 'unavailable')
  await using wrong = await givenNinja({ secret: 'wrong' })
  const refused = await wrong.testOf('3')
  assert.equal(refused.details?.kind, 'credentials')
  assert.match(String(refused.details?.guidance), /region/)
})

test('a client gives what its organization has, and nothing of another', async () => {
  await using it = await givenNinja()
  assert.equal((await it.client.getOrganization()).name, 'Harbour Dental LTD')
  assert.ok((await it.client.listLocations()).length > 0)
  assert.ok((await it.client.listEndUsers()).every(({ email }) => email?.endsWith('@harbourdental.example')))
  const [device] = await it.client.listDevices()
  assert.ok(device)
  assert.match(String(device.lastContactAt), /^\d{4}-/)
  assert.equal((await it.client.getDevice(device.id)).name, device.name)
  await assert.rejects(
    it.client.getDevice(Number(it.idOf(2)) * 1_000 + 1),
    (error: unknown) => error instanceof VendorError && error.kind === 'not_found',
  )
})

test('alerts come with their device, and only those of the organization', async () => {
  await using it = await givenNinja()
  const byCustomer = async (number: number) => {
    const ctx = mockContext({
      secrets: { ninjaone_client_secret: it.ninja.clientSecret },
      config: { ninjaone_base_url: it.ninja.url, ninjaone_client_id: it.ninja.clientId },
      integrations: [NinjaOne],
      mappings: [{ integrationName: 'ninjaone', externalOrgId: it.idOf(number), externalOrgName: 'x' }],
    })
    return await (await ctx.getIntegration(NinjaOne)).listAlerts()
  }
  const alerts = (await Promise.all([1, 2, 3, 4, 5].map(byCustomer))).flat()
  assert.ok(alerts.length > 0)
  assert.equal(new Set(alerts.map(({ uid }) => uid)).size, alerts.length)
})
