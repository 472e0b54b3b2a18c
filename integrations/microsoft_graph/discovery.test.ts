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

test('who is in one of both lists alone is told, and is a customer by an active relationship', async () => {
  await using graph = await startGraphSimulator({ count: 12, maxPageSize: 4 })
  const [ended, unlisted, ...others] = graph.organizations.list()
  for (const relationship of ended?.relationships ?? []) relationship.status = 'terminated'
  if (unlisted) unlisted.isListed = false
  const context = givenContext(graph)
  const found = await discovered(context)
  assert.deepEqual(
    found.map(({ id }) => id).sort(),
    [unlisted, ...others].map((tenant) => tenant?.id),
  )
  assert.match(saidWhich(context), /1 of the list have no active relationship and are left out; 1 have an active relationship/)
  const pages = graph.requests.filter(({ path }) => path.endsWith('/delegatedAdminCustomers'))
  assert.equal(pages.length, Math.ceil((1 + others.length) / 4))
})

test('where the list of customers is refused, relationships alone do; where they are, there is no list', async () => {
  for (const [list, times, outcome] of [
    ['Customers', 1, "customers, with the sign-in of the partner's user"],
    ['Customers', 9, 'The list of delegated admin customers may not be read'],
    ['Relationships', 1, "relationships, with the sign-in of the partner's user"],
    ['Relationships', 9, undefined],
  ] as const) {
    await using graph = await startGraphSimulator({ count: 3 })
    graph.faults.begin({ kind: 'forbidden', path: `/v1.0/tenantRelationships/delegatedAdmin${list}`, times })
    const context = givenContext(graph)
    if (outcome === undefined) {
      await assert.rejects(discovered(context), (error) => isCrosswalkError(error, 'vendor_error') && error.details.kind === 'permission')
      continue
    }
    const tenants = graph.organizations.list()
    assert.deepEqual(
      (await discovered(context)).map(({ id, name }) => [id, name]),
      tenants.map(({ id, name }) => [id, name]),
    )
    assert.ok(saidWhich(context).includes(outcome), saidWhich(context))
  }
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

test('a list that is not whole is no list, whichever it is: the discovery fails and says why', async () => {
  for (const list of ['delegatedAdminRelationships', 'delegatedAdminCustomers']) {
    await using graph = await startGraphSimulator({ maxPageSize: 7 })
    graph.faults.begin({ kind: 'page_repeats', path: `/v1.0/tenantRelationships/${list}` })
    await assert.rejects(
      discovered(givenContext(graph)),
      (error) => isCrosswalkError(error, 'vendor_error') && error.details.kind === 'incomplete',
    )
  }
})
