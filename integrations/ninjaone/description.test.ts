import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mockContext } from '@crosswalk/sdk/testing'
import { startNinjaSimulator } from '@crosswalk/simulators/ninjaone'
import { checkAgainst, type Overlay } from '../testing/vendor-description.ts'
import { NinjaOne } from './ninjaone.ts'

const overlay: Overlay = {
  operations: { 'GET /v2/alerts': 'the part of the description that is at hand has no alerts' },
}

const excerpt = new URL('description-excerpt.json', import.meta.url)

test('what the integration asks and what the simulator answers fit the description of NinjaOne', async () => {
  const check = checkAgainst('ninjaone', { excerpt, overlay, isForToken: ({ path }) => path === '/ws/oauth/token' })
  await using ninja = await startNinjaSimulator({ count: 120, onExchange: check.judge })
  const externalOrgId = String(ninja.organizations.list()[0]?.id)
  const ctx = mockContext({
    secrets: { ninjaone_client_secret: ninja.clientSecret },
    config: { ninjaone_base_url: ninja.url, ninjaone_client_id: ninja.clientId },
    integrations: [NinjaOne],
    mappings: [{ integrationName: 'ninjaone', externalOrgId, externalOrgName: 'x' }],
  })
  assert.ok((await Array.fromAsync(new NinjaOne(ctx).listOrganizations())).flat().length > 100)
  const client = await ctx.getIntegration(NinjaOne)
  await client.getOrganization()
  await client.listLocations()
  await client.listEndUsers()
  await client.listAlerts()
  const [device] = await client.listDevices()
  assert.ok(device)
  await client.getDevice(device.id)
  assert.deepEqual(check.problems(), [])
  assert.deepEqual(check.judged(), [
    'GET /v2/device/{id}',
    'GET /v2/organization/{id}',
    'GET /v2/organization/{id}/devices',
    'GET /v2/organization/{id}/end-users',
    'GET /v2/organization/{id}/locations',
    'GET /v2/organizations',
  ])
})
