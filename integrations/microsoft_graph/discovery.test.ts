import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCrosswalkError } from '@crosswalk/sdk'
import type { MockContext } from '@crosswalk/sdk/testing'
import { startGraphSimulator } from '@crosswalk/simulators/microsoft-graph'
import { givenContext } from './given.ts'
import { MicrosoftGraph } from './microsoft-graph.ts'

async function discovered(context: MockContext) {
  return (await Array.fromAsync(new MicrosoftGraph(context).listOrganizations())).flat()
}

const saidWhich = ({ logs }: MockContext) => logs.map(({ message }) => message).join('\n')

test('each customer is listed once, however many relationships there are with it, and with its domain', async () => {
  await using graph = await startGraphSimulator({ maxPageSize: 7 })
  const context = givenContext(graph)
  const found = await discovered(context)
  const tenants = graph.organizations.list()
  assert.deepEqual(
    found.map(({ id }) => id).sort(),
    tenants.map(({ id }) => id),
  )
  assert.ok(tenants.some(({ relationships }) => relationships.filter(({ status }) => status === 'active').length > 1))
  const [first] = found
  const tenant = tenants.find(({ id }) => id === first?.id)
  assert.deepEqual([first?.name, first?.match], [tenant?.name, { tenantIds: [tenant?.id], domains: tenant?.domains.slice(0, 1) }])
  assert.match(saidWhich(context), /with the permission of the app/)
})

test('what Microsoft made itself is no customer, and what has ended neither', async () => {
  await using graph = await startGraphSimulator({ count: 3 })
  const [first, second, third] = graph.organizations.list()
  for (const relationship of first?.relationships ?? []) relationship.displayName = 'MLT_0001'
  for (const relationship of second?.relationships ?? []) relationship.status = 'terminated'
  assert.deepEqual(
    (await discovered(givenContext(graph))).map(({ id }) => id),
    [third?.id],
  )
})

test("where the app may not list relationships, the partner's user does, and the log says so", async () => {
  await using graph = await startGraphSimulator({ count: 3 })
  graph.partner.mayListAsApplication = false
  const context = givenContext(graph)
  assert.equal((await discovered(context)).length, 3)
  assert.match(saidWhich(context), /with the sign-in of the partner's user/)
  const alone = givenContext(graph, { withoutUser: true })
  await assert.rejects(discovered(alone), (error) => isCrosswalkError(error, 'vendor_error') && error.details.kind === 'permission')
})

test('customers come from reseller contracts where config says so', async () => {
  await using graph = await startGraphSimulator({ count: 4 })
  const [first, ...resold] = graph.organizations.list()
  if (first) first.isReseller = false
  const found = await discovered(givenContext(graph, { config: { microsoft_graph_customers_from: 'contracts' } }))
  assert.deepEqual(
    found.map(({ id }) => id),
    resold.map(({ id }) => id),
  )
  assert.ok(graph.requests.every(({ path }) => !path.includes('delegatedAdmin')))
})

test('a list that is not whole is no list: the discovery fails and says why', async () => {
  await using graph = await startGraphSimulator({ maxPageSize: 7 })
  graph.faults.begin({ kind: 'page_repeats', path: '/v1.0/tenantRelationships' })
  await assert.rejects(
    discovered(givenContext(graph)),
    (error) => isCrosswalkError(error, 'vendor_error') && error.details.kind === 'incomplete',
  )
})
