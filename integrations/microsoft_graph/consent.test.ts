import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { isCrosswalkError, type OrganizationMapping } from '@crosswalk/sdk'
import { type GraphSimulator, startGraphSimulator } from '@crosswalk/simulators/microsoft-graph'
import { clientOf, draftOf, givenContext } from './given.ts'
import { MicrosoftGraph } from './microsoft-graph.ts'

let graph: GraphSimulator
before(async () => {
  graph = await startGraphSimulator({ count: 6 })
})
after(() => graph.stop())
beforeEach(() => graph.faults.clear())

/** A tenant for one test: each changes its own. */
function tenantAt(index: number) {
  const tenant = graph.organizations.list()[index]
  if (!tenant) throw new Error(`There is no tenant ${index}.`)
  return tenant
}

const tested = (
  tenant: { id: string; name: string },
  options: Parameters<typeof givenContext>[1] & { mapping?: Partial<OrganizationMapping> } = {},
) =>
  new MicrosoftGraph(givenContext(graph, options)).testConnection({ ...draftOf(tenant), ...options.mapping } as ReturnType<typeof draftOf>)

test('a tenant with consent and relationships is healthy, and the test of its connection names it', async () => {
  const tenant = tenantAt(0)
  const health = await (await clientOf(graph, tenant)).checkConsent()
  assert.deepEqual([health.isHealthy, health.tokenRoute, health.problems], [true, 'application', []])
  assert.ok(health.relationships?.every(({ daysLeft, roles }) => Number(daysLeft) > 30 && roles.includes('User Administrator')))
  const result = await tested(tenant)
  assert.deepEqual([result.success, result.message], [true, `Successfully connected to ${tenant.name}`])
  assert.deepEqual([result.details?.token_route, result.details?.domains], ['application', tenant.domains])
})

test('a tenant in capitals is the same tenant, and a space that was copied along with a setting does no harm', async () => {
  const tenant = tenantAt(0)
  const context = givenContext(graph, {
    secrets: { microsoft_graph_client_secret: `${graph.app.clientSecret}\n` },
    config: {
      microsoft_graph_client_id: ` ${graph.app.clientId}`,
      microsoft_graph_tenant_id: `${graph.partner.tenantId} `,
      microsoft_graph_login_url: ` ${graph.url}/ `,
      microsoft_graph_api_url: `${graph.url}/v1.0/ `,
    },
  })
  const draft = draftOf({ ...tenant, id: tenant.id.toUpperCase() })
  assert.equal((await new MicrosoftGraph(context).testConnection(draft)).message, `Successfully connected to ${tenant.name}`)
})

test("where the app has no consent the partner's user is used, and the check says which way works", async () => {
  const tenant = tenantAt(1)
  tenant.application = 'unknown'
  const result = await tested(tenant)
  assert.deepEqual([result.success, result.details?.token_route], [true, 'delegated'])
  const health = await (await clientOf(graph, tenant)).checkConsent()
  assert.deepEqual([health.isHealthy, health.tokenRoute], [true, 'delegated'])
  assert.deepEqual(
    health.routes.map(({ works, problem }) => [works, problem?.code ?? null]),
    [
      [false, 'AADSTS700016'],
      [true, null],
    ],
  )
  // Its roles come from the relationships then.
  for (const relationship of tenant.relationships) relationship.roleIds = relationship.roleIds.slice(0, 1)
  const limited = await (await clientOf(graph, tenant)).checkConsent()
  assert.deepEqual(
    limited.problems.map(({ problem }) => /the role ([\w ]+),/.exec(problem)?.[1]),
    ['User Administrator', 'License Administrator', 'Groups Administrator', 'Helpdesk Administrator'],
  )
})

test('each refusal of the login says what to do, and a missing consent has the link that repairs it', async () => {
  const tenant = tenantAt(2)
  const link = `${graph.url}/${tenant.id}/adminconsent?client_id=${graph.app.clientId}`
  tenant.application = 'unknown'
  const unknown = await tested(tenant, { withoutUser: true })
  assert.deepEqual([unknown.success, unknown.details?.login_code, unknown.details?.repair_url], [false, 'AADSTS700016', link])
  for (const [delegated, code, remedy] of [
    ['not_granted', 'AADSTS65001', /consent link/],
    ['needs_mfa', 'AADSTS50076', /Sign in again .* multi-factor/],
    ['expired', 'AADSTS700082', /Sign in again/],
  ] as const) {
    tenant.delegated = delegated
    const health = await (await clientOf(graph, tenant)).checkConsent()
    assert.deepEqual(
      [health.isHealthy, health.tokenRoute, health.problems.map((problem) => problem.code)],
      [false, null, ['AADSTS700016', code]],
    )
    assert.match(health.problems[1]?.remedy ?? '', remedy)
    const result = await tested(tenant, { mapping: { mappingData: { token_route: 'delegated' } } })
    assert.deepEqual(
      [result.success, result.details?.login_code, result.details?.repair_url],
      [false, code, code === 'AADSTS65001' ? link : undefined],
    )
  }
  const other = await tested(tenant, {
    secrets: { microsoft_graph_refresh_token: 'another' },
    mapping: { mappingData: { token_route: 'delegated' } },
  })
  assert.match(String(other.details?.guidance), /Look the code up|Sign in again/)
})

test('a consent without permissions, a wrong secret and a tenant that there is not are told apart', async () => {
  const tenant = tenantAt(3)
  tenant.application = 'without_roles'
  const denied = await tested(tenant, { withoutUser: true })
  assert.match(denied.message, /the app may do there does not suffice/)
  assert.match(String(denied.details?.repair_url), /adminconsent/)
  const wrong = await tested(tenantAt(4), { secrets: { microsoft_graph_client_secret: 'wrong' } })
  assert.deepEqual([wrong.details?.login_code, wrong.details?.repair_url], ['AADSTS7000215', undefined])
  const gone = await tested({ id: '00000000-0000-4000-8000-000000000000', name: 'Gone' }, { withoutUser: true })
  assert.equal(gone.details?.login_code, 'AADSTS90002')
})

test("what is no id of a tenant gets no token: it could be one of the partner's own tenant", async () => {
  const before = graph.counts.tokens
  for (const id of ['common', 'organizations', 'northwind-msp.example', '../x']) {
    const result = await tested({ id, name: id })
    assert.deepEqual([result.success, result.details?.kind], [false, 'not_found'])
    await assert.rejects(clientOf(graph, { id, name: id }), /is no id of a tenant/)
  }
  assert.equal(graph.counts.tokens, before)
})

test('a relationship that ends soon is told, unless another stays or it extends itself', async () => {
  const tenant = tenantAt(5)
  const inDays = (days: number) => new Date(Date.now() + (days + 0.5) * 86_400_000)
  for (const relationship of tenant.relationships) Object.assign(relationship, { endDateTime: inDays(12), autoExtends: false })
  const check = async () => (await (await clientOf(graph, tenant)).checkConsent()).problems.map(({ problem }) => problem)
  const day = inDays(12).toISOString().slice(0, 10)
  assert.deepEqual(await check(), [`The last GDAP relationship with this customer ends on ${day}, and does not extend itself.`])
  Object.assign(tenant.relationships[0] ?? {}, { autoExtends: true })
  assert.deepEqual(await check(), [])
  for (const relationship of tenant.relationships) relationship.status = 'terminated'
  assert.deepEqual(await check(), ['There is no active GDAP relationship with this customer.'])
})

test('a vendor that is down is no missing consent', async () => {
  const tenant = tenantAt(0)
  graph.faults.begin({ kind: 'error', status: 503 })
  const client = await clientOf(graph, tenant)
  await assert.rejects(client.checkConsent(), (error) => isCrosswalkError(error, 'vendor_error') && error.details.kind === 'unavailable')
  const result = await tested(tenant)
  assert.deepEqual([result.success, result.details?.kind, result.details?.repair_url], [false, 'unavailable', undefined])
})
