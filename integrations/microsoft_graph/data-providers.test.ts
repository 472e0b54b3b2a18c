import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCrosswalkError } from '@crosswalk/sdk'
import { startGraphSimulator } from '@crosswalk/simulators/microsoft-graph'
import { givenContext, mainTenant } from './given.ts'
import {
  microsoftGraphDomains,
  microsoftGraphGroups,
  microsoftGraphLicenses,
  microsoftGraphTenants,
  microsoftGraphUsers,
} from './microsoft-graph.ts'

test('options come with names that people know: licenses, groups, domains, users', async () => {
  await using graph = await startGraphSimulator({ count: 8 })
  const tenant = mainTenant(graph)
  const mapping = { integrationName: 'microsoft_graph', externalOrgId: tenant.id, externalOrgName: tenant.name }
  const ctx = givenContext(graph, { mappings: [mapping] })
  const licenses = await microsoftGraphLicenses(ctx)
  assert.ok(
    licenses.every(({ label }) => /^(Microsoft|Exchange|Power) .* \(\d+ of \d+ free\)$/.test(label)),
    JSON.stringify(licenses),
  )
  assert.deepEqual(licenses.map(({ value }) => value).sort(), tenant.skus.map(({ skuId }) => skuId).sort())
  const groups = await microsoftGraphGroups(ctx)
  assert.deepEqual([groups.length, groups.some(({ label }) => label === 'All Staff')], [tenant.groups.size - 1, false])
  const [first, ...others] = await microsoftGraphDomains(ctx)
  assert.deepEqual([first?.label, others.at(-1)?.value], [`${tenant.domains[0]} (default)`, tenant.domains.at(-1)])
  const users = await microsoftGraphUsers(ctx)
  assert.equal(users.length, tenant.users.size)
  assert.ok(
    users.some(({ label }) => label.endsWith(', disabled')) || [...tenant.users.values()].every(({ accountEnabled }) => accountEnabled),
  )
})

test('of several tenants one must be named, by the mapping that the list of tenants gives', async () => {
  await using graph = await startGraphSimulator({ count: 2 })
  const [one, other] = graph.organizations.list()
  const mappings = [one, other].map((tenant) => ({
    integrationName: 'microsoft_graph',
    externalOrgId: tenant?.id ?? '',
    externalOrgName: tenant?.name ?? '',
  }))
  const ctx = givenContext(graph, { mappings })
  await assert.rejects(microsoftGraphDomains(ctx), (error) => isCrosswalkError(error, 'multiple_mappings'))
  const tenants = await microsoftGraphTenants(ctx)
  assert.deepEqual(
    tenants.map(({ label }) => label),
    [one?.name, other?.name],
  )
  const [domain] = await microsoftGraphDomains(ctx, { tenant: String(tenants[1]?.value) })
  assert.equal(domain?.value, other?.domains[0])
})
