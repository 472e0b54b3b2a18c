import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mockContext } from '@crosswalk/sdk/testing'
import { startHaloSimulator } from '@crosswalk/simulators/halopsa'
import { checkAgainst, type Overlay } from '../testing/vendor-description.ts'
import { HaloPsa } from './halopsa.ts'

const partOfIt = 'the part of the description that is at hand has lists only'
const overlay: Overlay = {
  operations: {
    'GET /authinfo': 'it comes before the API, and is in no description',
    'GET /Client/{id}': partOfIt,
    'GET /Tickets/{id}': partOfIt,
    'POST /Tickets': partOfIt,
    'POST /Actions': partOfIt,
    'GET /AzureADConnection': partOfIt,
    'GET /AzureADConnection/{id}': partOfIt,
  },
}

const excerpt = new URL('description-excerpt.json', import.meta.url)

test('what the integration asks and what the simulator answers fit the description of HaloPSA', async () => {
  const check = checkAgainst('halopsa', { excerpt, base: '/api', overlay, isForToken: ({ path }) => path === '/auth/token' })
  await using halo = await startHaloSimulator({ count: 120, onExchange: check.judge })
  const ctx = mockContext({
    secrets: { halopsa_client_secret: halo.clientSecret },
    config: { halopsa_base_url: halo.url, halopsa_client_id: halo.clientId, halopsa_include_inactive: true },
    integrations: [HaloPsa],
    mappings: [{ integrationName: 'halopsa', externalOrgId: '12', externalOrgName: 'Harbour Dental Ltd' }],
  })
  assert.equal((await Array.fromAsync(new HaloPsa(ctx).listOrganizations())).flat().length, 121)
  const client = await ctx.getIntegration(HaloPsa)
  await client.getClient()
  await client.listSites()
  const [user] = await client.listUsers({ includeInactive: true })
  await client.findUser({ azureObjectId: user?.azureObjectId ?? '', email: user?.email ?? '' })
  await client.findUser({ email: 'nobody@harbourdental.example' })
  await client.listAssets()
  await client.listAgents()
  await client.listTickets()
  await client.listTickets({ isOpen: false })
  const { ticketId } = await client.openOrUpdateTicket({ key: 'k', summary: 'Disk full', details: 'C:' })
  await client.openOrUpdateTicket({ key: 'k', summary: 'Disk full', details: 'C:' })
  await client.getTicket(ticketId)
  await client.closeTicketsOf({ key: 'k', note: 'Gone' })
  assert.deepEqual(check.problems(), [])
  assert.deepEqual(check.judged(), ['GET /Agent', 'GET /Asset', 'GET /Client', 'GET /Site', 'GET /Tickets', 'GET /Users'])
})
