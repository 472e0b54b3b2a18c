import assert from 'node:assert/strict'
import { test } from 'node:test'
import { principalFor } from '../../testing/given-definitions.ts'
import { givenVendor } from '../../testing/given-discovery.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { inScope, sql } from '../platform/database/database.ts'

type Listed = { id: string; external_org_id: string; external_state: string }

/** Two organizations, each mapped to one of the vendor's, which a discovery has seen. */
async function givenMappings() {
  const api = await givenVendor()
  const [acme, globex] = [await givenOrganization(api.db, 'Acme Ltd'), await givenOrganization(api.db, 'Globex')]
  const map = async (orgId: string, id: string, name?: string): Promise<string> => {
    const draft = { integration_name: 'halo', external_org_id: id, ...(name === undefined ? {} : { external_org_name: name }) }
    return (await api.send('POST', `/organizations/${orgId}/integrations`, draft)).body.id
  }
  const see = async (organizations: [id: string, name: string][], query = '?refresh=true') => {
    api.vendor.pages = [organizations.map(([id, name]) => ({ id, name }))]
    assert.equal((await api.discover(query)).status, 200)
  }
  const setTest = (id: string, success: boolean) =>
    inScope(api.db, 'allOrganizations', (transaction) =>
      transaction.query(
        sql`update organization_mappings set last_tested_at = now(), last_test_success = ${success}, last_test_result = 'x' where id = ${id}`,
      ),
    )
  const list = async (query = ''): Promise<Listed[]> => (await api.send('GET', `/mappings${query}`)).body.mappings
  const idsOf = async (query: string) => (await list(query)).map(({ id }) => id)
  return { ...api, acme, globex, map, see, setTest, list, idsOf }
}

test('failing tests are put together by their causes, which are listed and tested again', async () => {
  await using api = await givenMappings()
  const { send, acme, globex, map, idsOf } = api
  const [first, second, other, fine] = [
    await map(acme.id, 'acme-corp', 'Acme Corp'),
    await map(globex.id, '4242', 'Globex Inc'),
    await map(globex.id, '5', 'Fifth'),
    await map(globex.id, '6', 'Sixth'),
  ]
  const fail = (id: string, message: string, details: object) =>
    inScope(api.db, 'allOrganizations', (transaction) =>
      transaction.query(
        sql`update organization_mappings set last_tested_at = now(), last_test_success = false, last_test_result = ${message},
          last_test_details = ${JSON.stringify(details)} where id = ${id}`,
      ),
    )
  const guidance = 'Choose it from the list.'
  await fail(first, 'No organization acme-corp (Acme Corp) for Acme Ltd: 404.', { status_code: 404, guidance })
  await fail(second, 'No organization 4242 (Globex Inc) for Globex: 404.', { status_code: 404, guidance })
  await fail(other, 'API error: 401 Unauthorized', { status_code: 401 })
  await api.setTest(fine, true)
  const { body } = await send('GET', '/mappings/causes')
  assert.equal(body.count, 2)
  const [unknown, refused] = body.causes
  assert.deepEqual([unknown.count, unknown.failure_kind, unknown.guidance, unknown.integration_name], [2, 'unknown_id', guidance, 'halo'])
  assert.deepEqual(
    unknown.mappings.map(({ org_name }: { org_name: string }) => org_name),
    ['Globex', 'Acme Ltd'],
  )
  assert.deepEqual([refused.count, refused.failure_kind, refused.guidance], [1, 'credentials', null])
  assert.deepEqual(await idsOf(`?cause=${unknown.cause}`), [first, second])
  const batch = await send('POST', '/mappings/test', { organizations: 'all', cause: unknown.cause })
  assert.deepEqual([batch.status, batch.body.total], [202, 2])
  assert.equal((await send('GET', '/mappings?cause=none')).status, 400)
  const { body: own } = await api.as(principalFor([acme], 'canManageConfig'))('GET', '/mappings/causes')
  assert.deepEqual([own.count, own.causes[0].count], [1, 1])
})

test('mappings of all organizations are listed with their organization and what discovery learned last', async () => {
  await using api = await givenMappings()
  const { send, acme, globex, map, see } = api
  const first = await map(acme.id, '1', 'Acme Corp')
  const second = await map(globex.id, '2', 'Globex Inc')
  const never = await map(globex.id, '3', 'Nobody')
  await see([
    ['1', 'Acme Corp'],
    ['2', 'Globex Inc'],
  ])
  await see([['1', 'Acme Holding']])
  const { body } = await send('GET', '/mappings')
  assert.deepEqual([body.count, body.next_cursor], [3, null])
  const known = body.mappings.map((mapping: Record<string, unknown>) => [
    mapping.id,
    mapping.org_name,
    mapping.org_is_active,
    mapping.external_state,
    mapping.external_renamed_to,
    mapping.external_gone_since !== null,
  ])
  assert.deepEqual(known, [
    [first, 'Acme Ltd', true, 'renamed', 'Acme Holding', false],
    [second, 'Globex', true, 'gone', null, true],
    [never, 'Globex', true, 'unknown', null, false],
  ])
})

test('taking the new name, or its coming back, mends it', async () => {
  await using api = await givenMappings()
  const { send, acme, globex, map, see, idsOf } = api
  const renamed = await map(acme.id, '1', 'Acme Corp')
  const gone = await map(globex.id, '2', 'Globex Inc')
  const both: [string, string][] = [
    ['1', 'Acme Corp'],
    ['2', 'Globex Inc'],
  ]
  await see(both)
  await see([['1', 'Acme Holding']])
  assert.deepEqual([await idsOf('?attention=renamed'), await idsOf('?attention=gone')], [[renamed], [gone]])
  await send('PATCH', `/organizations/${acme.id}/integrations/${renamed}`, { external_org_name: 'Acme Holding' })
  await see([['1', 'Acme Holding'], both[1] ?? ['2', '']])
  assert.deepEqual([await idsOf('?attention=renamed'), await idsOf('?attention=gone')], [[], []])
})

test('a name that a person made up, and an external organization that has its name back, are not renamed', async () => {
  await using api = await givenMappings()
  const { acme, globex, map, see, list } = api
  await map(acme.id, '1', 'Acme as we call it')
  await map(acme.id, '2')
  await map(globex.id, '3', 'Globex Inc')
  await see([
    ['1', 'Acme Corp'],
    ['2', 'Two'],
    ['3', 'Globex Inc'],
  ])
  await see([
    ['1', 'Acme Holding'],
    ['2', 'Second'],
    ['3', 'Globex Group'],
  ])
  await see([
    ['1', 'Acme Holding'],
    ['2', 'Second'],
    ['3', 'Globex Inc'],
  ])
  assert.deepEqual(
    (await list()).map(({ external_state }) => external_state),
    ['present', 'present', 'present'],
  )
})

test("of the organization's own list and the global one, what was learned last counts", async () => {
  await using api = await givenMappings()
  const { acme, map, see, list } = api
  await map(acme.id, '1', 'Acme Corp')
  const state = async () => (await list())[0]?.external_state
  await see([['1', 'Acme Corp']])
  await see([['1', 'Acme Corp']], `?orgId=${acme.id}&refresh=true`)
  await see([], `?orgId=${acme.id}&refresh=true`)
  assert.equal(await state(), 'gone')
  await see([['1', 'Acme Corp']])
  assert.equal(await state(), 'present')
  await see([])
  assert.equal(await state(), 'gone')
})

test('the list of another organization says nothing of a mapping', async () => {
  await using api = await givenMappings()
  const { acme, globex, map, see, list } = api
  await map(acme.id, '1', 'Acme Corp')
  await see([['1', 'Acme Corp']], `?orgId=${globex.id}&refresh=true`)
  await see([], `?orgId=${globex.id}&refresh=true`)
  assert.equal((await list())[0]?.external_state, 'unknown')
  assert.deepEqual(await list('?attention=gone'), [])
})

test('the list can be narrowed by attention, integration, organization and text, and comes in pages', async () => {
  await using api = await givenMappings()
  const { send, acme, globex, map, setTest, idsOf } = api
  const ids = [await map(acme.id, '1', 'Acme Corp'), await map(acme.id, '2_x', 'Two'), await map(globex.id, '3', 'Three')]
  const [failing = '', passing = '', never = ''] = ids
  await setTest(failing, false)
  await setTest(passing, true)
  assert.deepEqual(await idsOf('?attention=failing_test'), [failing])
  assert.deepEqual(await idsOf('?attention=never_tested'), [never])
  assert.deepEqual(await idsOf(`?org_id=${acme.id}`), [failing, passing])
  assert.deepEqual(await idsOf('?integration_name=halo'), ids)
  assert.deepEqual(await idsOf('?integration_name=mail'), [])
  assert.deepEqual(await idsOf('?search=globe'), [never])
  assert.deepEqual(await idsOf('?search=CORP'), [failing])
  assert.deepEqual(await idsOf('?search=2_x'), [passing])
  assert.deepEqual(await idsOf('?search=%25'), [])
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await send('GET', `/mappings?limit=1${cursor ? `&cursor=${cursor}` : ''}`)
    seen.push(...body.mappings.map(({ id }: Listed) => id))
    cursor = body.next_cursor
  }
  assert.deepEqual(seen, ids)
  await send('DELETE', `/organizations/${acme.id}/integrations/${passing}`)
  assert.deepEqual(await idsOf(''), [failing, never])
})

test("a deactivated organization's mappings are listed, and need no attention", async () => {
  await using api = await givenMappings()
  const { send, acme, map, see, setTest, idsOf } = api
  const failing = await map(acme.id, '1', 'Acme Corp')
  await setTest(failing, false)
  await map(acme.id, '2', 'Second')
  await see([
    ['1', 'Acme Corp'],
    ['2', 'Second'],
  ])
  await see([['2', 'Another']])
  const kinds = ['failing_test', 'never_tested', 'gone', 'renamed']
  const found = () => Promise.all(kinds.map(async (kind) => (await idsOf(`?attention=${kind}`)).length))
  assert.deepEqual(await found(), [1, 1, 1, 1])
  await send('DELETE', `/organizations/${acme.id}`)
  assert.deepEqual(await found(), [0, 0, 0, 0])
  assert.equal((await idsOf('')).length, 2)
})

test('the list is closed without a principal and without the permission, and shows no other organization', async () => {
  await using api = await givenMappings()
  const { as, acme, globex, map } = api
  await map(acme.id, '1', 'Acme Corp')
  const own = await map(globex.id, '2', 'Globex Inc')
  assert.equal((await as(undefined)('GET', '/mappings')).status, 401)
  assert.equal((await as(principalFor([acme], 'canViewHistory'))('GET', '/mappings')).status, 403)
  const limited = as(principalFor([globex], 'canManageConfig'))
  for (const query of ['', '?attention=never_tested', '?search=inc', '?integration_name=halo']) {
    const { body } = await limited('GET', `/mappings${query}`)
    assert.deepEqual(
      body.mappings.map(({ id }: Listed) => id),
      [own],
      query,
    )
  }
  assert.deepEqual((await limited('GET', '/mappings?search=acme')).body.mappings, [])
  const other = await limited('GET', `/mappings?org_id=${acme.id}`)
  assert.deepEqual([other.status, other.body.error], [404, 'organization_not_found'])
  for (const query of ['?attention=nonsense', '?cursor=x', '?limit=0', '?search=', '?org_id=x'])
    assert.equal((await limited('GET', `/mappings${query}`)).status, 400, query)
})
