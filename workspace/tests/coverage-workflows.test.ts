import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HaloPsa } from '@crosswalk/integrations/halopsa'
import { Huntress } from '@crosswalk/integrations/huntress'
import { NinjaOne } from '@crosswalk/integrations/ninjaone'
import { mockContext } from '@crosswalk/sdk/testing'
import { createCustomers } from '@crosswalk/simulators/customers'
import { startHaloSimulator } from '@crosswalk/simulators/halopsa'
import { startHuntressSimulator } from '@crosswalk/simulators/huntress'
import { startNinjaSimulator } from '@crosswalk/simulators/ninjaone'
import { customersWithoutHuntress } from '../workflows/customers-without-huntress.ts'
import { devicesMissingInHalopsa } from '../workflows/devices-missing-in-halopsa.ts'

const count = 12

/** Three vendors with the same customers, and a context for one of them, mapped wherever it is. */
async function givenVendors() {
  await using starting = new AsyncDisposableStack()
  const halo = starting.use(await startHaloSimulator({ count, limits: [] }))
  const ninja = starting.use(await startNinjaSimulator({ count }))
  const huntress = starting.use(await startHuntressSimulator({ count, limits: [] }))
  const contextOf = (number: number, entries = 1) => {
    const { listings } = createCustomers({ count })[number - 1] ?? assert.fail(`There is no customer ${number}.`)
    return mockContext({
      integrations: [HaloPsa, NinjaOne, Huntress],
      // A second entry in a vendor is left to a person.
      mappings: (['halopsa', 'ninjaone', 'huntress'] as const).flatMap((integrationName) =>
        listings[integrationName].slice(0, entries).map(({ id, name }) => ({ integrationName, externalOrgId: id, externalOrgName: name })),
      ),
      secrets: {
        halopsa_client_secret: halo.clientSecret,
        ninjaone_client_secret: ninja.clientSecret,
        huntress_api_key: huntress.apiKey,
        huntress_api_secret: huntress.apiSecret,
      },
      config: {
        halopsa_base_url: halo.url,
        halopsa_client_id: halo.clientId,
        ninjaone_base_url: ninja.url,
        ninjaone_client_id: ninja.clientId,
        huntress_api_url: huntress.url,
      },
    })
  }
  const all = starting.move()
  return { halo, contextOf, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

test('devices_missing_in_halopsa names what NinjaOne has and HaloPSA has not, and keeps one ticket about it', async () => {
  await using vendors = await givenVendors()
  const results = await Promise.all(Array.from({ length: count }, (_, index) => devicesMissingInHalopsa(vendors.contextOf(index + 1), {})))
  const number = results.findIndex(({ missing }) => missing.length > 0) + 1
  assert.ok(number > 0, 'a customer has a device without an asset')
  const ctx = vendors.contextOf(number)
  const told = await devicesMissingInHalopsa(ctx, { ticket: true })
  const again = await devicesMissingInHalopsa(vendors.contextOf(number), { ticket: true })
  assert.equal(again.ticket_id, told.ticket_id)
  const ticket = vendors.halo.findTicket(told.ticket_id ?? 0)
  assert.match(ticket?.details ?? '', new RegExp(told.missing[0]?.name ?? 'none'))
  assert.equal(ticket?.notes.length, 1)
})

test('devices_missing_in_halopsa closes the ticket when no device is missing any more', async () => {
  await using vendors = await givenVendors()
  const results = await Promise.all(Array.from({ length: count }, (_, index) => devicesMissingInHalopsa(vendors.contextOf(index + 1), {})))
  const number = results.findIndex(({ missing }) => missing.length === 0) + 1
  assert.ok(number > 0, 'a customer has an asset for every device')
  const ctx = vendors.contextOf(number)
  const halo = await ctx.getIntegration(HaloPsa)
  const { ticketId } = await halo.openOrUpdateTicket({
    key: 'devices missing in HaloPSA',
    workflow: 'devices_missing_in_halopsa',
    summary: 'Devices',
    details: 'One',
  })
  assert.equal((await devicesMissingInHalopsa(vendors.contextOf(number), { ticket: true })).ticket_id, null)
  assert.equal(vendors.halo.findTicket(ticketId)?.statusId, 9)
})

test('a customer with two organizations in NinjaOne, one of them empty, is looked at as one', async () => {
  await using vendors = await givenVendors()
  const number = createCustomers({ count }).findIndex(({ listings }) => listings.ninjaone.length > 1) + 1
  const one = await devicesMissingInHalopsa(vendors.contextOf(number), {})
  const both = await devicesMissingInHalopsa(vendors.contextOf(number, 2), {})
  assert.ok(one.devices > 0)
  assert.deepEqual(both, one)
  const alone = await customersWithoutHuntress(vendors.contextOf(number), {})
  assert.deepEqual(await customersWithoutHuntress(vendors.contextOf(number, 2), {}), alone)
})

test('customers_without_huntress tells apart all, some and none', async () => {
  await using vendors = await givenVendors()
  const results = await Promise.all(Array.from({ length: count }, (_, index) => customersWithoutHuntress(vendors.contextOf(index + 1), {})))
  // The tenth customer is not in Huntress.
  assert.equal(results[9]?.protection, 'none')
  assert.equal(results[9]?.unprotected.length, results[9]?.computers)
  assert.deepEqual(new Set(results.map(({ protection }) => protection)), new Set(['all', 'some', 'none']))
})
