import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mockContext } from '@crosswalk/sdk/testing'
import { startHuntressSimulator } from '@crosswalk/simulators/huntress'
import { checkAgainst, type Overlay } from '../testing/vendor-description.ts'
import { Huntress } from './huntress.ts'

const withoutRequired = {
  reason: 'it requires microsoft_365_tenant_id, microsoft_365_users_count and notify_emails, which it does not have among its properties',
  change: ({ required: _required, ...schema }: Record<string, unknown>) => schema,
}
const unanswered = 'it is of the public documentation, and in no operation of the description'
const overlay: Overlay = {
  schemas: {
    Organization: withoutRequired,
    OrganizationWithActualProductUsages: withoutRequired,
    Actor: {
      reason: 'the type of its properties is "Object", which is none of JSON Schema',
      change: (schema) => JSON.parse(JSON.stringify(schema).replaceAll('"Object"', '"object"')),
    },
  },
  answers: {
    'GET /v1/organizations/{id} 401': unanswered,
    'GET /v1/organizations/{id} 404': unanswered,
    'GET /v1/organizations 429': unanswered,
  },
}

const excerpt = new URL('description-excerpt.json', import.meta.url)

test('what the integration asks and what the simulator answers fit the description of Huntress', async () => {
  const check = checkAgainst('huntress', { excerpt, overlay, isForToken: () => false })
  await using vendor = await startHuntressSimulator({ maxPageSize: 11, limits: [], onExchange: check.judge })
  const ctx = mockContext({
    secrets: { huntress_api_key: vendor.apiKey, huntress_api_secret: vendor.apiSecret },
    config: { huntress_api_url: vendor.url },
    wait: async () => {},
  })
  const integration = new Huntress(ctx)
  const found = (await Array.fromAsync(integration.listOrganizations())).flat()
  const draft = (externalOrgId: string) => ({
    id: null,
    integrationName: 'huntress',
    externalOrgId,
    externalOrgName: 'x',
    mappingData: {},
    isActive: true,
  })
  for (const { id } of found.slice(0, 10)) {
    const client = await integration.getClient(draft(id))
    await client.listAgents()
    await client.listIncidentReports({ status: 'sent' })
  }
  assert.ok((await integration.testConnection(draft(found[0]?.id ?? ''))).success)
  await integration.testConnection(draft('1'))
  vendor.faults.begin({ kind: 'credentials_refused', times: 1 })
  await integration.testConnection(draft('1'))
  vendor.faults.begin({ kind: 'too_many_requests', times: 1 })
  await Array.fromAsync(integration.listOrganizations())
  assert.deepEqual(check.problems(), [])
  assert.deepEqual(check.judged(), [
    'GET /v1/actor',
    'GET /v1/agents',
    'GET /v1/incident_reports',
    'GET /v1/organizations',
    'GET /v1/organizations/{id}',
  ])
})
