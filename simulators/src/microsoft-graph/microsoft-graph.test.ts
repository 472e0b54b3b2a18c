import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GraphOptions, type GraphSimulator, startGraphSimulator } from './microsoft-graph.ts'

type Answer = {
  status: number
  headers: Headers
  body: Record<string, unknown> & { value?: Record<string, unknown>[]; error?: { code: string; message: string } }
}

async function started(options: GraphOptions = {}) {
  const vendor = await startGraphSimulator(options)
  const token = async (tenantId: string, fields: Record<string, string> = {}) => {
    const { clientId, clientSecret, refreshToken } = vendor.app
    const body = new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://graph.microsoft.com/.default',
      grant_type: 'client_credentials',
      ...(fields.grant_type === 'refresh_token' ? { refresh_token: refreshToken } : {}),
      ...fields,
    })
    const response = await fetch(`${vendor.url}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body })
    return {
      status: response.status,
      body: (await response.json()) as { access_token?: string; error?: string; error_description?: string },
    }
  }
  const as = async (tenantId: string, fields?: Record<string, string>) => {
    const { access_token } = (await token(tenantId, fields)).body
    return async (
      path: string,
      { method = 'GET', json, headers = {} }: { method?: string; json?: unknown; headers?: Record<string, string> } = {},
    ): Promise<Answer> => {
      const body = json === undefined ? {} : { body: JSON.stringify(json) }
      const response = await fetch(path.startsWith('http') ? path : `${vendor.url}/v1.0${path}`, {
        method,
        headers: {
          authorization: `Bearer ${access_token}`,
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...body,
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) }
    }
  }
  return { vendor, token, as, [Symbol.asyncDispose]: vendor.stop }
}

/** A tenant with people in it: most have some. */
function mainTenant({ organizations }: GraphSimulator) {
  const [first] = [...organizations.list()].sort((one, other) => other.users.size - one.users.size)
  if (!first) throw new Error('There is no tenant.')
  return first
}

test('the login refuses as Microsoft does, each with its code', async () => {
  await using graph = await started()
  const tenant = mainTenant(graph.vendor)
  const codeOf = async (...given: Parameters<typeof graph.token>) => {
    const { status, body } = await graph.token(...given)
    return [status, body.error, /AADSTS\d+/.exec(body.error_description ?? '')?.[0]]
  }
  const delegated = { grant_type: 'refresh_token' }
  assert.deepEqual(await codeOf(tenant.id, { client_secret: 'wrong' }), [401, 'invalid_client', 'AADSTS7000215'])
  assert.deepEqual(await codeOf(tenant.id, { client_id: 'wrong' }), [400, 'unauthorized_client', 'AADSTS700016'])
  assert.deepEqual(await codeOf('no-such-tenant'), [400, 'invalid_request', 'AADSTS90002'])
  assert.deepEqual(await codeOf(tenant.id, { scope: 'User.Read' }), [400, 'invalid_scope', 'AADSTS1002012'])
  tenant.application = 'unknown'
  assert.deepEqual(await codeOf(tenant.id), [400, 'unauthorized_client', 'AADSTS700016'])
  assert.deepEqual(await codeOf(tenant.id, delegated), [200, undefined, undefined])
  for (const [delegatedConsent, code] of [
    ['not_granted', 'AADSTS65001'],
    ['needs_mfa', 'AADSTS50076'],
    ['expired', 'AADSTS700082'],
  ] as const) {
    tenant.delegated = delegatedConsent
    assert.deepEqual(await codeOf(tenant.id, delegated), [400, 'invalid_grant', code])
  }
  assert.equal(graph.vendor.counts.tokens, 1)
})

test('a token is of one tenant, and only one of the partner lists customers', async () => {
  await using graph = await started()
  const [first, second] = graph.vendor.organizations.list()
  const asFirst = await graph.as(first?.id ?? '')
  assert.equal((await asFirst('/organization')).body.value?.[0]?.id, first?.id)
  assert.equal((await asFirst(`/users/${[...(second?.users.keys() ?? [])][0]}`)).status, 404)
  assert.equal((await asFirst('/tenantRelationships/delegatedAdminRelationships')).status, 403)
  const asPartner = await graph.as(graph.vendor.partner.tenantId)
  const relationships = await asPartner("/tenantRelationships/delegatedAdminRelationships?$filter=status eq 'active'")
  const names = relationships.body.value?.map(({ displayName }) => String(displayName)) ?? []
  const tenants = new Set(relationships.body.value?.map(({ customer }) => (customer as { tenantId: string }).tenantId))
  assert.equal(tenants.size, graph.vendor.organizations.list().length)
  assert.ok(names.length > tenants.size && names.some((name) => name.startsWith('MLT_')))
  assert.equal((await asPartner('/contracts')).body.value?.length, tenants.size)
  graph.vendor.partner.mayListAsApplication = false
  assert.equal((await asPartner('/tenantRelationships/delegatedAdminRelationships')).body.error?.code, 'Authorization_RequestDenied')
  const asUser = await graph.as(graph.vendor.partner.tenantId, { grant_type: 'refresh_token' })
  assert.equal((await asUser('/tenantRelationships/delegatedAdminRelationships?$top=300')).status, 200)
  assert.equal((await asUser('/tenantRelationships/delegatedAdminRelationships?$top=301')).status, 400)
})

test('lists come in pages below the size that was asked for, with a link to follow as it is', async () => {
  await using graph = await started({ maxPageSize: 4 })
  const tenant = mainTenant(graph.vendor)
  const ask = await graph.as(tenant.id)
  const seen: string[] = []
  for (let next: string | undefined = '/users?$top=999&$select=id,accountEnabled'; next !== undefined; ) {
    const { body } = await ask(next)
    assert.deepEqual(Object.keys(body.value?.[0] ?? {}), ['id', 'accountEnabled'])
    seen.push(...(body.value ?? []).map(({ id }) => String(id)))
    next = body['@odata.nextLink'] as string | undefined
  }
  assert.deepEqual(seen, [...tenant.users.keys()])
  assert.ok(!Object.hasOwn((await ask('/users?$top=1')).body.value?.[0] ?? {}, 'accountEnabled'), 'only with $select')
  assert.equal((await ask('/users?$top=1000')).status, 400)
})

test('filters beyond equality, $search and $count need eventual consistency', async () => {
  await using graph = await started()
  const tenant = mainTenant(graph.vendor)
  const ask = await graph.as(tenant.id)
  const eventual = { headers: { consistencylevel: 'eventual' } }
  const disabled = [...tenant.users.values()].filter(({ accountEnabled }) => accountEnabled === false).length
  assert.equal((await ask('/users?$filter=accountEnabled eq false')).body.value?.length, disabled)
  for (const path of [
    '/users?$count=true',
    '/users?$search="displayName:a"',
    "/users?$filter=endswith(mail,'.example')&$count=true",
    '/users/$count',
  ]) {
    assert.equal((await ask(path)).status, 400, path)
    assert.equal((await ask(path, eventual)).status, 200, path)
  }
  const [sku] = tenant.skus
  const licensed = await ask(`/users?$filter=assignedLicenses/any(x:x/skuId eq ${sku?.skuId})&$select=id,assignedLicenses`)
  assert.ok((licensed.body.value?.length ?? 0) > 0)
})

test('users are created, licensed, put into groups and disabled, with the refusals of the directory', async () => {
  await using graph = await started()
  const tenant = mainTenant(graph.vendor)
  const ask = await graph.as(tenant.id)
  const draft = {
    accountEnabled: true,
    displayName: 'New Person',
    mailNickname: 'new.person',
    userPrincipalName: `new.person@${tenant.domains[0]}`,
    passwordProfile: { password: 'Long-enough-1', forceChangePasswordNextSignIn: true },
  }
  const created = await ask('/users', { method: 'POST', json: draft })
  const path = `/users/${created.body.id}`
  assert.equal(created.status, 201)
  assert.match(
    (await ask('/users', { method: 'POST', json: draft })).body.error?.message ?? '',
    /same value for property userPrincipalName/,
  )
  assert.equal((await ask('/users', { method: 'POST', json: { ...draft, userPrincipalName: 'x@elsewhere.example' } })).status, 400)

  const [sku] = tenant.skus
  const license = { method: 'POST', json: { addLicenses: [{ skuId: sku?.skuId, disabledPlans: [] }], removeLicenses: [] } }
  assert.match((await ask(`${path}/assignLicense`, license)).body.error?.message ?? '', /usage location/)
  assert.equal((await ask(path, { method: 'PATCH', json: { usageLocation: 'GB', jobTitle: 'Clerk' } })).status, 204)
  assert.equal((await ask(`${path}/assignLicense`, license)).status, 200)
  if (sku) sku.enabled = 0
  assert.match(
    (
      await ask(`/users/${[...tenant.users.keys()][1]}/assignLicense`, {
        method: 'POST',
        json: { addLicenses: [{ skuId: tenant.skus[1]?.skuId }], removeLicenses: [sku?.skuId, 'x'] },
      })
    ).body.error?.message ?? '',
    /does not have a corresponding|available licenses/,
  )

  const reference = { method: 'POST', json: { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${created.body.id}` } }
  const plain = [...tenant.groups.values()].find(({ groupTypes }) => Array.isArray(groupTypes) && groupTypes.length === 0)
  const dynamic = [...tenant.groups.values()].find(({ displayName }) => displayName === 'All Staff')
  assert.equal((await ask(`/groups/${plain?.id}/members/$ref`, reference)).status, 204)
  assert.match((await ask(`/groups/${plain?.id}/members/$ref`, reference)).body.error?.message ?? '', /already exist/)
  assert.equal((await ask(`/groups/${dynamic?.id}/members/$ref`, reference)).status, 403)
  assert.equal((await ask(`${path}/memberOf`)).body.value?.length, 1)
  assert.equal((await ask(`/groups/${plain?.id}/members/${created.body.id}/$ref`, { method: 'DELETE' })).status, 204)
  assert.equal((await ask(`${path}/revokeSignInSessions`, { method: 'POST', json: {} })).body.value, true)
  assert.equal((await ask(path, { method: 'DELETE' })).status, 204)
  assert.equal((await ask(path)).status, 404)
})

test('a batch answers each child on its own, in any order, and a child that says 429 may have happened', async () => {
  await using graph = await started()
  const tenant = mainTenant(graph.vendor)
  const ask = await graph.as(tenant.id)
  const [id] = [...tenant.users.keys()]
  const batch = async (requests: object[]) => {
    const { status, body } = await ask('/$batch', { method: 'POST', json: { requests } })
    const responses = (body.responses ?? []) as { id: string; status: number; headers?: Record<string, string> }[]
    return { status, responses: responses.map((child) => [child.id, child.status]), first: responses[0] }
  }
  const patch = {
    id: '2',
    method: 'PATCH',
    url: `/users/${id}`,
    headers: { 'Content-Type': 'application/json' },
    body: { jobTitle: 'Chair' },
  }
  const get = { id: '1', method: 'GET', url: '/users/nobody' }
  assert.deepEqual((await batch([get, patch])).responses, [
    ['2', 204],
    ['1', 404],
  ])
  graph.vendor.batchChildren.failNext({ matches: (method) => method === 'PATCH', isCarriedOut: true })
  const throttled = await batch([{ ...patch, body: { jobTitle: 'President' } }])
  assert.deepEqual([throttled.status, throttled.responses, throttled.first?.headers?.['Retry-After']], [200, [['2', 429]], '1'])
  assert.equal(tenant.users.get(id ?? '')?.jobTitle, 'President')
  assert.equal((await batch(Array.from({ length: 21 }, (_, index) => ({ ...get, id: String(index) })))).status, 400)
})
