import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApp, givenPrincipal, type Method } from '../../testing/given-installation.ts'
import { newId } from '../platform/ids.ts'

type OrganizationBody = {
  id: string
  name: string
  domains: string[]
  tenant_id: string | null
  tags: string[]
  fields: object
  is_active: boolean
  created_at: string
  updated_at: string
  etag: string
}
type ListBody = { organizations: OrganizationBody[]; count: number; total: number; next_cursor: string | null }

const requestsFor = (id: string): [Method, string, unknown?][] => [
  ['GET', '/organizations'],
  ['POST', '/organizations', { name: 'New' }],
  ['GET', `/organizations/${id}`],
  ['PATCH', `/organizations/${id}`, { name: 'New' }],
  ['DELETE', `/organizations/${id}`],
]

test('nobody gets in without a principal', async () => {
  await using app = await givenApp()
  for (const [method, url, body] of requestsFor(app.acme.id)) {
    const answer = await app.as(undefined).send(method, url, body)
    assert.deepEqual([answer.status, answer.body.error], [401, 'unauthenticated'], `${method} ${url}`)
  }
})

test('changes need the permission canManageOrganizations, and reading needs none', async () => {
  await using app = await givenApp()
  const reader = app.as(givenPrincipal('all', []))
  for (const [method, url, body] of requestsFor(app.acme.id)) {
    const answer = await reader.send(method, url, body)
    assert.equal(answer.status, method === 'GET' ? 200 : 403, `${method} ${url}`)
    if (method !== 'GET') assert.equal(answer.body.details.permission, 'canManageOrganizations')
  }
})

test('to one who manages Acme, Globex does not exist', async () => {
  await using app = await givenApp()
  const ofAcme = app.as(givenPrincipal([app.acme]))
  for (const [method, url, body] of requestsFor(app.globex.id).slice(2)) {
    const answer = await ofAcme.send(method, url, body)
    assert.deepEqual([answer.status, answer.body.error], [404, 'organization_not_found'], `${method} ${url}`)
  }
  const list = await ofAcme.send<ListBody>('GET', '/organizations')
  assert.deepEqual(
    list.body.organizations.map((organization) => organization.name),
    ['Acme'],
  )
  assert.equal((await ofAcme.send('PATCH', `/organizations/${app.acme.id}`, { name: 'Acme Ltd' })).status, 200)
  assert.equal((await ofAcme.send('POST', '/organizations', { name: 'New' })).status, 403)
})

test('an organization is added, read, changed, deactivated and activated again', async () => {
  await using app = await givenApp()
  const added = await app.send<OrganizationBody>('POST', '/organizations', {
    name: ' Initech ',
    domains: ['Initech.com', 'initech.COM.', 'mail.initech.com'],
    tenant_id: 't-1',
  })
  assert.equal(added.status, 201)
  const { id, created_at, updated_at, etag, ...rest } = added.body
  assert.deepEqual(rest, {
    name: 'Initech',
    domains: ['initech.com', 'mail.initech.com'],
    tenant_id: 't-1',
    tags: [],
    fields: {},
    is_active: true,
  })
  assert.equal(created_at, updated_at)
  assert.match(etag, /^".+"$/)
  assert.deepEqual((await app.send<OrganizationBody>('GET', `/organizations/${id}`)).body, added.body)
  assert.deepEqual((await app.send<OrganizationBody>('GET', `/organizations/${id.toUpperCase()}`)).body, added.body)

  const changed = await app.send<OrganizationBody>('PATCH', `/organizations/${id}`, { tenant_id: null, domains: [] })
  assert.equal(changed.status, 200)
  assert.deepEqual([changed.body.tenant_id, changed.body.domains, changed.body.name], [null, [], 'Initech'])

  for (const _twice of [1, 2]) assert.equal((await app.send('DELETE', `/organizations/${id}`)).status, 204)
  assert.equal((await app.send<OrganizationBody>('GET', `/organizations/${id}`)).body.is_active, false)
  assert.equal((await app.send<OrganizationBody>('PATCH', `/organizations/${id}`, { is_active: true })).body.is_active, true)
})

test('tags are kept in one spelling and order, changed as a whole, and found by', async () => {
  await using app = await givenApp()
  const added = await app.send<OrganizationBody>('POST', '/organizations', { name: 'Initech', tags: [' VIP', 'gold', 'Gold', 'ÉTÉ'] })
  assert.deepEqual([added.status, added.body.tags], [201, ['gold', 'vip', 'été']])
  const url = `/organizations/${added.body.id}`
  assert.deepEqual((await app.send<OrganizationBody>('PATCH', url, { name: 'Initech Ltd' })).body.tags, ['gold', 'vip', 'été'])
  const unchanged = await app.send<OrganizationBody>('PATCH', url, { tags: ['vip', 'GOLD', 'été'] })
  assert.equal(unchanged.body.updated_at, (await app.send<OrganizationBody>('GET', url)).body.updated_at)
  await app.send('PATCH', `/organizations/${app.acme.id}`, { tags: ['gold'] })
  const namesWith = async (tag: string) =>
    (await app.send<ListBody>('GET', `/organizations?tag=${encodeURIComponent(tag)}`)).body.organizations.map(({ name }) => name)
  assert.deepEqual(await namesWith('Gold'), ['Acme', 'Initech Ltd'])
  assert.deepEqual(await namesWith('été'), ['Initech Ltd'])
  assert.deepEqual(await namesWith('gol'), [])
  const [before, after] = [await app.send<OrganizationBody>('GET', url), await app.send<OrganizationBody>('PATCH', url, { tags: [] })]
  assert.deepEqual(after.body.tags, [])
  assert.notEqual(after.body.etag, before.body.etag, 'who edits them at the same time is told')
  for (const tags of [[''], ['a,b'], ['x'.repeat(51)], ['a\nb'], Array.from({ length: 51 }, (_, index) => `t${index}`)])
    assert.equal((await app.send('PATCH', url, { tags })).status, 400, JSON.stringify(tags).slice(0, 40))
})

test('an unknown organization is not found', async () => {
  await using app = await givenApp()
  for (const [method, url, body] of requestsFor(newId()).slice(2)) {
    const answer = await app.send(method, url, body)
    assert.deepEqual([answer.status, answer.body.error], [404, 'organization_not_found'], `${method} ${url}`)
  }
})

test('the list is paged, and searched by name or domain without wildcards', async () => {
  await using app = await givenApp()
  await app.send('POST', '/organizations', { name: '100% Coffee_Co', domains: ['beans.example'] })
  await app.send('DELETE', `/organizations/${app.globex.id}`)
  const namesOf = async (query: string) => {
    const { body } = await app.send<ListBody>('GET', `/organizations?${query}`)
    assert.equal(body.count, body.organizations.length)
    return body.organizations.map((organization) => organization.name)
  }
  const first = await app.send<ListBody>('GET', '/organizations?limit=2')
  assert.equal(first.body.count, 2)
  assert.deepEqual(await namesOf(`limit=2&cursor=${first.body.next_cursor}`), ['100% Coffee_Co'])
  assert.equal((await app.send<ListBody>('GET', '/organizations?limit=3')).body.next_cursor, null)
  assert.deepEqual(await namesOf('search=ACM'), ['Acme'])
  assert.deepEqual(await namesOf('search=BEANS'), ['100% Coffee_Co'])
  assert.deepEqual(await namesOf('search=%25'), ['100% Coffee_Co'])
  assert.deepEqual(await namesOf('search=_'), ['100% Coffee_Co'])
  assert.deepEqual(await namesOf('search=%5C'), [])
  assert.deepEqual(await namesOf('is_active=false'), ['Globex'])
  assert.deepEqual(await namesOf('is_active=true&search=o'), ['100% Coffee_Co'])
})

test('a name is found in either spelling of its accents, and without them', async () => {
  await using app = await givenApp()
  const names = ['Bäckerei Straßer', 'ŁÓDŹ Œuvre', 'Søndag']
  for (const name of names) await app.send('POST', '/organizations', { name })
  await app.send('POST', '/organizations', { name: 'With a domain', domains: ['müller.de'] })
  for (const [text, found] of [
    ['backerei', names[0]],
    ['STRASSER', names[0]],
    ['STRAẞER', names[0]],
    ['lodz oeuvre', names[1]],
    ['sondag', names[2]],
    ['100%', undefined],
    ['MÜLLER.de', 'With a domain'],
    ['müller', 'With a domain'],
    ['xn--', 'With a domain'],
  ] as const) {
    const { body } = await app.send<ListBody>('GET', `/organizations?search=${encodeURIComponent(text)}`)
    assert.deepEqual(
      body.organizations.map(({ name }) => name),
      found === undefined ? [] : [found],
      text,
    )
  }
  await app.send('POST', '/organizations', { name: 'Zoë'.normalize('NFD') })
  for (const form of ['NFC', 'NFD']) {
    const { body } = await app.send<ListBody>('GET', `/organizations?search=${encodeURIComponent('zoë'.normalize(form))}`)
    assert.deepEqual(
      body.organizations.map(({ name }) => name),
      ['Zoë'.normalize('NFC')],
    )
  }
})

test('the list is sorted page by page, and says how many there are on all of them', async () => {
  await using app = await givenApp()
  for (const name of ['beta', 'Alpha', 'beta', 'Gamma']) await app.send('POST', '/organizations', { name })
  await app.send('DELETE', `/organizations/${app.acme.id}`)
  const read = async (query: string) => {
    const names: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body }: { body: ListBody } = await app.send<ListBody>(
        'GET',
        `/organizations?limit=1&${query}${cursor && `&cursor=${cursor}`}`,
      )
      assert.equal(body.total, query.includes('search') ? 4 : 6)
      names.push(...body.organizations.map(({ name }) => name))
      cursor = body.next_cursor
    }
    return names.join(' ')
  }
  assert.equal(await read(''), 'Acme Globex beta Alpha beta Gamma')
  assert.equal(await read('direction=desc'), 'Gamma beta Alpha beta Globex Acme')
  assert.equal(await read('sort=name'), 'Acme Alpha beta beta Gamma Globex')
  assert.equal(await read('sort=name&direction=desc'), 'Globex Gamma beta beta Alpha Acme')
  assert.equal(await read('sort=is_active'), 'Alpha beta beta Gamma Globex Acme')
  assert.equal(await read('sort=name&search=a&is_active=true'), 'Alpha beta beta Gamma')
})

test('what is not valid is refused with its field, never with a failure of ours', async () => {
  await using app = await givenApp()
  const one = `/organizations/${app.acme.id}`
  const cursorOf = (values: unknown) => Buffer.from(JSON.stringify(values)).toString('base64url')
  const table: [Method, string, unknown, string][] = [
    ['POST', '/organizations', {}, 'name'],
    ['POST', '/organizations', [], 'body'],
    ['POST', '/organizations', 'Acme', 'body'],
    ['POST', '/organizations', { name: '' }, 'name'],
    ['POST', '/organizations', { name: '   ' }, 'name'],
    ['POST', '/organizations', { name: 7 }, 'name'],
    ['POST', '/organizations', { name: 'a'.repeat(201) }, 'name'],
    ['POST', '/organizations', { name: 'a\0b' }, 'name'],
    ['POST', '/organizations', { name: 'a\nb' }, 'name'],
    ['POST', '/organizations', { name: 'a\ud800b' }, 'name'],
    ['POST', '/organizations', { name: 'a\u202eb' }, 'name'],
    ['POST', '/organizations', { name: 'New', extra: 1 }, 'extra'],
    ['POST', '/organizations', { name: 'New', is_active: false }, 'is_active'],
    ['POST', '/organizations', { name: 'New', domains: 'a.com' }, 'domains'],
    ['POST', '/organizations', { name: 'New', domains: ['a.com', 'not a host'] }, 'domains.1'],
    ['POST', '/organizations', { name: 'New', domains: [null] }, 'domains.0'],
    ['POST', '/organizations', { name: 'New', domains: Array(101).fill('a.com') }, 'domains'],
    ['POST', '/organizations', { name: 'New', tenant_id: '' }, 'tenant_id'],
    ['POST', '/organizations', { name: 'New', tenant_id: 'a\u0007b' }, 'tenant_id'],
    ['PATCH', one, {}, 'body'],
    ['PATCH', one, { name: null }, 'name'],
    ['PATCH', one, { is_active: 'yes' }, 'is_active'],
    ['PATCH', '/organizations/acme', { name: 'New' }, 'orgId'],
    ['GET', '/organizations/acme', undefined, 'orgId'],
    ['GET', '/organizations/%00', undefined, 'orgId'],
    ['DELETE', '/organizations/1', undefined, 'orgId'],
    ['GET', '/organizations?limit=0', undefined, 'limit'],
    ['GET', '/organizations?limit=201', undefined, 'limit'],
    ['GET', '/organizations?limit=many', undefined, 'limit'],
    ['GET', '/organizations?is_active=maybe', undefined, 'is_active'],
    ['GET', '/organizations?search=a%00b', undefined, 'search'],
    ['GET', '/organizations?search=a&search=b', undefined, 'search'],
    ['GET', '/organizations?cursor=x', undefined, 'cursor'],
    ['GET', `/organizations?cursor=${cursorOf(['\0'])}`, undefined, 'cursor'],
    ['GET', `/organizations?cursor=${cursorOf([1])}`, undefined, 'cursor'],
    ['GET', `/organizations?sort=name&cursor=${cursorOf(['a\0', app.acme.id])}`, undefined, 'cursor'],
    ['GET', '/organizations?sort=tenant', undefined, 'sort'],
    ['GET', '/organizations?direction=down', undefined, 'direction'],
  ]
  for (const [method, url, body, field] of table) {
    const answer = await app.send(method, url, body)
    const what = `${method} ${url} ${JSON.stringify(body)?.slice(0, 80)} → ${JSON.stringify(answer.body)}`
    assert.deepEqual([answer.status, answer.body.error], [400, 'validation_failed'], what)
    assert.ok(Array.isArray(answer.body.details[field]), what)
  }
})
