import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGraphSimulator } from '@crosswalk/simulators/microsoft-graph'
import { checkAgainst, type Overlay } from '../testing/vendor-description.ts'
import { givenContext, mainTenant } from './given.ts'
import { MicrosoftGraph } from './microsoft-graph.ts'

const partOfIt = 'the part of the description that is at hand has no writes, and of reads only lists and single entities'
const overlay: Overlay = {
  operations: Object.fromEntries(
    [
      ...['GET /devices', 'GET /users/{id}/memberOf', 'GET /groups/{id}/members', 'POST /$batch', 'POST /users'],
      ...['PATCH /users/{id}', 'DELETE /users/{id}', 'POST /users/{id}/assignLicense', 'POST /users/{id}/revokeSignInSessions'],
      ...['POST /groups/{id}/members/$ref', 'DELETE /groups/{id}/members/{id}/$ref'],
    ].map((operation) => [operation, partOfIt]),
  ),
  // Microsoft names it as a way to go through this list, and its generated description leaves it out of every one.
  parameters: Object.fromEntries(
    [
      ...['GET /users', 'GET /contracts', 'GET /groups'],
      ...['GET /tenantRelationships/delegatedAdminCustomers', 'GET /tenantRelationships/delegatedAdminRelationships'],
    ].map((operation) => [`${operation} $skiptoken`, 'it is of Microsoft, in the links that are followed as they are']),
  ),
}

const excerpt = new URL('description-excerpt.json', import.meta.url)

test('what the integration asks and what the simulator answers fit the description of Microsoft Graph', async () => {
  const check = checkAgainst('msgraph', { excerpt, base: '/v1.0', overlay, isForToken: ({ path }) => path.endsWith('/oauth2/v2.0/token') })
  await using graph = await startGraphSimulator({ count: 20, maxPageSize: 4, onExchange: check.judge })
  const tenant = mainTenant(graph)
  const ctx = givenContext(graph, { mappings: [{ integrationName: 'microsoft_graph', externalOrgId: tenant.id, externalOrgName: 'x' }] })
  assert.equal((await Array.fromAsync(new MicrosoftGraph(ctx).listOrganizations())).flat().length, graph.organizations.list().length)
  const client = await ctx.getIntegration(MicrosoftGraph)
  await client.getOrganization()
  await client.listDomains()
  await client.listDevices()
  await client.listUsers()
  await client.listUsers({ search: 'a' })
  await client.listUsers({ filter: "endswith(userPrincipalName,'.example')" })
  await client.checkConsent()
  const [license] = await client.listLicenses()
  const [group] = (await client.listGroups()).filter(({ groupTypes }) => groupTypes.length === 0)
  const { id } = await client.createUser({ userPrincipalName: `new@${tenant.domains[0]}`, displayName: 'New', usageLocation: 'GB' })
  await client.findUser('00000000-0000-4000-8000-000000000000')
  await client.assignLicenses(id, { add: [license?.skuId ?? ''] })
  await client.addToGroups(id, [group?.id ?? ''])
  await client.listMembers(group?.id ?? '')
  await client.removeFromGroups(id, [group?.id ?? ''])
  await client.disableUser(id)
  await client.revokeSessions(id)
  await client.deleteUser(id)
  assert.deepEqual(check.problems(), [])
  assert.deepEqual(check.judged(), [
    'GET /contracts',
    'GET /domains',
    'GET /groups',
    'GET /organization',
    'GET /subscribedSkus',
    'GET /tenantRelationships/delegatedAdminCustomers',
    'GET /tenantRelationships/delegatedAdminRelationships',
    'GET /users',
    'GET /users/{id}',
  ])
})
