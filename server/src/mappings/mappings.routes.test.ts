import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApi, givenPublished, integrationDefinition, principalFor } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'

const dataSchema = {
  type: 'object',
  properties: { api_base_url: { type: 'string', format: 'uri' }, tier: { enum: ['a', 'b'] }, note: { type: 'string' } },
  required: ['tier'],
}

async function givenHalo() {
  const api = await givenApi()
  await givenPublished(
    api.db,
    integrationDefinition('halo', { mappingDataSchema: dataSchema }),
    integrationDefinition('ninja'),
    integrationDefinition('mail', { supportsOrgMapping: false }),
  )
  const [acme, globex] = [await givenOrganization(api.db, 'Acme'), await givenOrganization(api.db, 'Globex')]
  const path = `/organizations/${acme.id}/integrations`
  return { ...api, acme, globex, path }
}

const draft = {
  integration_name: 'halo',
  external_org_id: '12345',
  external_org_name: 'Acme Corp',
  mapping_data: { tier: 'a', api_base_url: 'https://custom.example.com' },
}

test('a mapping is created, read, changed, deactivated and activated again', async () => {
  await using api = await givenHalo()
  const { send, path, acme } = api
  const created = await send('POST', path, draft)
  assert.equal(created.status, 201)
  const { id, created_at, updated_at, etag, ...rest } = created.body
  assert.deepEqual(rest, {
    org_id: acme.id,
    ...draft,
    is_active: true,
    created_by: 'Administrator key',
    updated_by: 'Administrator key',
    last_tested_at: null,
    last_test_success: null,
    last_test_result: null,
    last_not_tested_at: null,
    last_not_tested_reason: null,
    needs_repair_since: null,
    health_checked_at: null,
    problems: [],
  })
  assert.ok(created_at <= updated_at)
  assert.match(etag, /^".+"$/)
  assert.deepEqual((await send('GET', `${path}/${id}`)).body, created.body)
  assert.deepEqual((await send('GET', path)).body, { mappings: [created.body], count: 1, next_cursor: null })
  const renamed = await send('PATCH', `${path}/${id.toUpperCase()}`, { external_org_name: 'Acme plc' })
  assert.deepEqual([renamed.status, renamed.body.external_org_name], [200, 'Acme plc'])
  assert.equal((await send('DELETE', `${path}/${id}`)).status, 204)
  assert.equal((await send('DELETE', `${path}/${id}`)).status, 204)
  assert.equal((await send('GET', path)).body.count, 0)
  assert.equal((await send('GET', `${path}?activeOnly=false`)).body.mappings[0].is_active, false)
  assert.equal((await send('PATCH', `${path}/${id}`, { is_active: true })).body.is_active, true)
})

test('the list comes in pages, oldest first, and can be narrowed to an integration', async () => {
  await using api = await givenHalo()
  const { send, path } = api
  for (let id = 0; id < 5; id++)
    await send('POST', path, { integration_name: id === 2 ? 'ninja' : 'halo', external_org_id: `${id}`, mapping_data: { tier: 'a' } })
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await send('GET', `${path}?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
    seen.push(...body.mappings.map((mapping: { external_org_id: string }) => mapping.external_org_id))
    cursor = body.next_cursor
  }
  assert.deepEqual(seen, ['0', '1', '2', '3', '4'])
  assert.equal((await send('GET', `${path}?integration_name=ninja`)).body.count, 1)
})

test('every way to mappings is closed without a principal, without the permission and for another organization', async () => {
  await using api = await givenHalo()
  const { send, as, path, acme, globex } = api
  const { id } = (await send('POST', path, draft)).body
  const calls = (base: string) =>
    [
      ['GET', base],
      ['POST', base, { ...draft, external_org_id: 'other' }],
      ['GET', `${base}/${id}`],
      ['PATCH', `${base}/${id}`, { is_active: true }],
      ['DELETE', `${base}/${id}`],
      ['POST', `${base}/${id}/test`],
      ['POST', '/integrations/halo/test', { org_id: acme.id, external_org_id: '1', mapping_data: { tier: 'a' } }],
    ] as const
  for (const [method, url, body] of calls(path)) {
    assert.equal((await as(undefined)(method, url, body)).status, 401, `${method} ${url}`)
    assert.equal((await as(principalFor([acme], 'canViewHistory'))(method, url, body)).status, 403, `${method} ${url}`)
    const other = await as(principalFor([globex], 'canManageConfig'))(method, url, body)
    assert.deepEqual([other.status, other.body.error], [404, 'organization_not_found'], `${method} ${url}`)
  }
  // One's own organization does not lead to another's mapping.
  for (const [method, url, body] of calls(`/organizations/${globex.id}/integrations`).slice(2, 6)) {
    const other = await as(principalFor([globex], 'canManageConfig'))(method, url, body)
    assert.deepEqual([other.status, other.body.error], [404, 'mapping_not_found'], `${method} ${url}`)
  }
})

test('an organization or mapping that is not there is 404', async () => {
  await using api = await givenHalo()
  const { send, path } = api
  const nobody = '01990000-0000-7000-8000-000000000000'
  for (const [method, body] of [['GET'], ['POST', draft]] as const) {
    assert.equal((await send(method, `/organizations/${nobody}/integrations`, body)).body.error, 'organization_not_found')
  }
  for (const [method, body] of [['GET'], ['PATCH', { is_active: true }], ['DELETE']] as const) {
    assert.equal((await send(method, `${path}/${nobody}`, body)).body.error, 'mapping_not_found')
  }
})

test('conflicts are 409 by their names', async () => {
  await using api = await givenHalo()
  const { send, path, globex } = api
  const { id } = (await send('POST', path, draft)).body
  const second = (await send('POST', path, { ...draft, external_org_id: '2' })).body
  const again = await send('POST', path, draft)
  assert.deepEqual([again.status, again.body.error, again.body.details.mapping_id], [409, 'mapping_exists', id])
  const taken = await send('POST', `/organizations/${globex.id}/integrations`, draft)
  assert.deepEqual([taken.status, taken.body.error], [409, 'external_org_taken'])
  const moved = await send('PATCH', `${path}/${second.id}`, { external_org_id: '12345' })
  assert.deepEqual([moved.status, moved.body.error, moved.body.details.mapping_id], [409, 'mapping_exists', id])
  assert.equal((await send('POST', path, { ...draft, integration_name: 'mail' })).body.error, 'mapping_not_supported')
})

test('mapping data that does not fit says which field and why', async () => {
  await using api = await givenHalo()
  const { send, path } = api
  const { status, body } = await send('POST', path, { ...draft, mapping_data: { api_base_url: 'nonsense' } })
  assert.equal(status, 400)
  assert.equal(body.error, 'validation_failed')
  assert.deepEqual(body.details, {
    'mapping_data.tier': ['is required'],
    'mapping_data.api_base_url': ['must be a web address such as https://example.com'],
  })
})

const badDrafts: [string, unknown][] = [
  ['nothing', {}],
  ['no object', []],
  ['an unknown field', { ...draft, org_id: 'x' }],
  ['a name that is none', { ...draft, integration_name: 'Halo PSA' }],
  ['an empty id', { ...draft, external_org_id: '' }],
  ['a long id', { ...draft, external_org_id: 'x'.repeat(201) }],
  ['an id with a NUL', { ...draft, external_org_id: 'a\0b' }],
  ['an id with a line end', { ...draft, external_org_id: 'a\nb' }],
  ['an id with a C1 control character', { ...draft, external_org_id: 'a\u0085b' }],
  ['an id with half a character', { ...draft, external_org_id: 'a\ud800' }],
  ['a blank id', { ...draft, external_org_id: ' \u00a0\u200b' }],
  ['a number that is not exact as id', { ...draft, external_org_id: 2 ** 53 + 2 }],
  ['a number for an id', { ...draft, external_org_id: 12345 }],
  ['a long name', { ...draft, external_org_name: 'x'.repeat(201) }],
  ['a name with a NUL', { ...draft, external_org_name: '\0' }],
  ['data that is a list', { ...draft, mapping_data: [] }],
  ['data that is text', { ...draft, mapping_data: 'x' }],
  ['data with a NUL', { ...draft, mapping_data: { tier: 'a', note: 'a\0b' } }],
  ['data with a NUL in a key', { ...draft, mapping_data: { tier: 'a', 'k\0': 1 } }],
  ['data with half a character', { ...draft, mapping_data: { tier: 'a', note: '\udc00' } }],
  ['data of more than 32 KiB', { ...draft, mapping_data: { tier: 'a', note: 'ä'.repeat(17_000) } }],
  [
    'data that is very deep',
    `{"integration_name":"halo","external_org_id":"1","mapping_data":{"tier":"a","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
  ],
  ['data with a prototype', '{"integration_name":"halo","external_org_id":"1","mapping_data":{"__proto__":{"x":1}}}'],
  ['what is no JSON', '{'],
]

test('bad drafts and patches are 400, never 500', async () => {
  await using api = await givenHalo()
  const { send, path } = api
  const { id } = (await send('POST', path, draft)).body
  for (const [what, body] of badDrafts) {
    assert.equal((await send('POST', path, body)).status, 400, `POST of ${what}`)
    const patch =
      typeof body === 'object' && body !== null && !Array.isArray(body)
        ? Object.fromEntries(Object.entries(body).filter(([field]) => field !== 'integration_name'))
        : body
    const isStillBad = what !== 'a name that is none'
    assert.equal((await send('PATCH', `${path}/${id}`, patch)).status, isStillBad ? 400 : 200, `PATCH of ${what}`)
  }
  for (const url of [
    `${path}?limit=0`,
    `${path}?limit=x`,
    `${path}?cursor=x`,
    `${path}?cursor=${Buffer.from('["x"]').toString('base64url')}`,
    `${path}?activeOnly=maybe`,
    `${path}?integration_name=%00`,
    '/organizations/x/integrations',
    `${path}/x`,
  ]) {
    assert.equal((await send('GET', url)).status, 400, url)
  }
})

test('the longest that is allowed is kept as it was sent', async () => {
  await using api = await givenHalo()
  const { send, path } = api
  const longest = {
    ...draft,
    external_org_id: 'é😀\\ %_;--'.padEnd(200, 'x'),
    external_org_name: `"<O'Neil & Søns>" 株式会社`,
    mapping_data: { tier: 'a', note: 'x'.repeat(32_000) },
  }
  const { status, body } = await send('POST', path, longest)
  assert.equal(status, 201)
  assert.deepEqual(
    [body.external_org_id, body.external_org_name, body.mapping_data],
    [longest.external_org_id, longest.external_org_name, longest.mapping_data],
  )
})

test('who holds an external organization is said to those who may see it, and that it is deactivated', async () => {
  await using api = await givenHalo()
  const { send, path, acme, globex } = api
  const { id } = (await send('POST', path, draft)).body
  const other = `/organizations/${globex.id}/integrations`
  const second = (await send('POST', other, { ...draft, external_org_id: '2' })).body
  const taken = await send('POST', other, draft)
  assert.deepEqual(taken.body.details, {
    integration_name: 'halo',
    external_org_id: '12345',
    org_id: acme.id,
    org_name: 'Acme',
    mapping_id: id,
    organization_is_active: true,
  })
  assert.match(taken.body.message, /The organization 'Acme' is already mapped/)
  await send('DELETE', `/organizations/${acme.id}`)
  const moved = await send('PATCH', `${other}/${second.id}`, { external_org_id: '12345' })
  assert.deepEqual([moved.status, moved.body.details.org_id, moved.body.details.organization_is_active], [409, acme.id, false])
  assert.match(moved.body.message, /'Acme' is already mapped to this external organization, and is deactivated\./)
  const many = await send('POST', '/integrations/halo/mappings', { mappings: [{ org_id: globex.id, ...only(draft) }] })
  assert.match(many.body.details.conflicts[0].message, /'Acme' is already mapped/)
  const limited = api.as(principalFor([globex], 'canManageConfig'))
  for (const answer of [
    await limited('POST', other, draft),
    await limited('PATCH', `${other}/${second.id}`, { external_org_id: '12345' }),
    await limited('POST', '/integrations/halo/mappings', { mappings: [{ org_id: globex.id, ...only(draft) }] }),
  ]) {
    assert.equal(answer.status, 409)
    assert.doesNotMatch(JSON.stringify(answer.body), new RegExp(`Acme'|${acme.id}|${id}`))
  }
})

function only({ external_org_id, external_org_name, mapping_data }: typeof draft) {
  return { external_org_id, external_org_name, mapping_data }
}
