import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApi, givenPublished, integrationDefinition, principalFor } from '../../testing/given-definitions.ts'
import { systemActing } from '../audit/audit.ts'
import { createOrganization } from '../organizations/organizations.ts'

type Listed = { id: string; name: string; mappings: { external_org_id: string }[] }

async function givenThree() {
  const api = await givenApi()
  await givenPublished(api.db, integrationDefinition('halo'), integrationDefinition('ninja'))
  const make = (name: string, domain: string) => createOrganization(api.db, systemActing, { name, domains: [domain], tenantId: null })
  const organizations = [
    await make('Zeta', 'zeta.example'),
    await make('acme', 'acme.example'),
    await make('Globex', 'globex.example'),
  ] as const
  const map = (orgId: string, id: string) =>
    api.send('POST', `/organizations/${orgId}/integrations`, { integration_name: 'halo', external_org_id: id })
  const list = async (query = '', send = api.send): Promise<Listed[]> =>
    (await send('GET', `/integrations/halo/organizations${query}`)).body.organizations
  const names = async (query?: string, send = api.send) => (await list(query, send)).map(({ name }) => name)
  const counts = async (send = api.send) => (await send('GET', '/integrations/mapped-organizations')).body
  const [zeta, acme, globex] = organizations
  return { ...api, zeta, acme, globex, map, list, names, counts }
}

test('the organizations of an integration are listed by name with their mappings, and by whether they have any', async () => {
  await using api = await givenThree()
  const { zeta, acme, map, list, names } = api
  await map(zeta.id, '1')
  await map(zeta.id, '2')
  await map(acme.id, '3')
  const all = await list()
  assert.deepEqual(
    all.map(({ name, mappings }) => [name, mappings.map(({ external_org_id }) => external_org_id)]),
    [
      ['acme', ['3']],
      ['Globex', []],
      ['Zeta', ['1', '2']],
    ],
  )
  assert.deepEqual([await names('?mapped=true'), await names('?mapped=false')], [['acme', 'Zeta'], ['Globex']])
  assert.deepEqual([await names('?search=GLO'), await names('?search=zeta.ex')], [['Globex'], ['Zeta']])
})

test('the organizations come in pages', async () => {
  await using api = await givenThree()
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await api.send('GET', `/integrations/halo/organizations?limit=1${cursor ? `&cursor=${cursor}` : ''}`)
    seen.push(...body.organizations.map(({ name }: Listed) => name))
    cursor = body.next_cursor
  }
  assert.deepEqual(seen, ['acme', 'Globex', 'Zeta'])
})

test('mapped organizations are counted for each integration, an organization once, and active ones alone', async () => {
  await using api = await givenThree()
  const { zeta, acme, map, counts, names, send } = api
  await map(zeta.id, '1')
  await map(zeta.id, '2')
  await map(acme.id, '3')
  const expected = (mapped: number, active: number) => ({
    integrations: [
      { integration_name: 'halo', mapped_organizations: mapped },
      { integration_name: 'ninja', mapped_organizations: 0 },
    ],
    active_organizations: active,
  })
  assert.deepEqual(await counts(), expected(2, 3))
  await send('DELETE', `/organizations/${zeta.id}`)
  assert.deepEqual(await counts(), expected(1, 2))
  assert.deepEqual(await names(), ['acme', 'Globex'])
})

test('both are closed without a principal and without the permission, and know no other organization', async () => {
  await using api = await givenThree()
  const { as, acme, globex, map, names, counts } = api
  await map(acme.id, '1')
  const limited = as(principalFor([globex], 'canManageConfig'))
  for (const path of ['/integrations/halo/organizations', '/integrations/mapped-organizations']) {
    assert.equal((await as(undefined)('GET', path)).status, 401)
    assert.equal((await as(principalFor([acme], 'canViewHistory'))('GET', path)).status, 403)
  }
  assert.deepEqual([await names('', limited), await names('?mapped=true', limited)], [['Globex'], []])
  const { integrations, active_organizations } = await counts(limited)
  assert.deepEqual([integrations[0].mapped_organizations, active_organizations], [0, 1])
})

test('an integration that is not there, and a cursor that is none, are refused', async () => {
  await using api = await givenThree()
  const { status, body } = await api.send('GET', '/integrations/nothing/organizations')
  assert.deepEqual([status, body.error], [404, 'integration_not_found'])
  for (const query of ['?cursor=x', '?mapped=maybe', '?limit=0', '?search='])
    assert.equal((await api.send('GET', `/integrations/halo/organizations${query}`)).status, 400, query)
})
