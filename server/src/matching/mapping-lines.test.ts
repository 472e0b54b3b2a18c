import assert from 'node:assert/strict'
import { test } from 'node:test'
import { principalFor } from '../../testing/given-definitions.ts'
import { givenMatching } from '../../testing/given-matching.ts'
import type { Organization } from '../organizations/organizations.ts'

const ours = { Acme: [], Globex: [], Initech: [] }
const given = (definition: Parameters<typeof givenMatching>[2] = {}) => givenMatching([], ours, definition)
type Given = Awaited<ReturnType<typeof given>>

const nothingWasDone = async (api: Given, mapped = 0) => {
  const { body } = await api.send('GET', '/mappings')
  assert.equal(body.count, mapped)
  assert.equal((await api.send('GET', '/organizations')).body.count, 3)
  const { events } = (await api.send('GET', '/audit')).body
  assert.equal(events.filter(({ action }: { action: string }) => action === 'integration_mapping.created').length, mapped)
}

test('many are mapped at once, those of new organizations too, each with its audit rows', async () => {
  await using api = await given()
  const { status, body } = await api.mapMany([
    { org_id: api.idOf('Globex'), external_org_id: '2', external_org_name: 'Globex Corp', mapping_data: { tier: 'a' } },
    { new_organization: { name: 'Hooli', domains: ['Hooli.example'] }, external_org_id: '1', external_org_name: 'Hooli Inc' },
    { org_id: api.idOf('Acme'), external_org_id: '3' },
    { org_id: api.idOf('Acme'), external_org_id: '4', external_org_name: null, mapping_data: null },
  ])
  assert.equal(status, 201)
  assert.deepEqual([body.count, body.organizations_created], [4, 1])
  const [globex, hooli, ...acme] = body.mappings
  assert.deepEqual([globex.org_id, globex.external_org_name, globex.mapping_data], [api.idOf('Globex'), 'Globex Corp', { tier: 'a' }])
  assert.deepEqual(
    acme.map(({ external_org_id, external_org_name }: Record<string, string>) => [external_org_id, external_org_name]),
    [
      ['3', '3'],
      ['4', '4'],
    ],
  )
  assert.deepEqual((await api.send('GET', `/organizations/${globex.org_id}/integrations/${globex.id}`)).body, globex)
  const organization = (await api.send('GET', `/organizations/${hooli.org_id}`)).body
  assert.deepEqual([organization.name, organization.domains], ['Hooli', ['hooli.example']])
  const events = (await api.send('GET', `/audit?org_id=${hooli.org_id}`)).body.events
  assert.deepEqual(
    events
      .map(({ action, actor, target }: { action: string; actor: { name: string }; target: { id: string } }) => [
        action,
        actor.name,
        target.id,
      ])
      .sort(),
    [
      ['integration_mapping.created', 'Administrator key', hooli.id],
      ['organization.created', 'Administrator key', hooli.org_id],
    ],
  )
  const created = (await api.send('GET', '/audit?action=integration_mapping.created')).body.events
  assert.deepEqual([created.length, new Set(created.map(({ request_id }: { request_id: string }) => request_id)).size], [4, 1])
})

test('every line that is in the way is named with its reason, and nothing at all is done', async () => {
  await using api = await given({
    mappingDataSchema: { type: 'object', properties: { tier: { enum: ['a'] } } },
  })
  const existing = (await api.map('Acme', '1')).body
  await api.send('DELETE', `/organizations/${api.idOf('Initech')}`)
  const { status, body } = await api.mapMany([
    { org_id: api.idOf('Globex'), external_org_id: 'fine' },
    { org_id: api.idOf('Acme'), external_org_id: '1' },
    { org_id: api.idOf('Globex'), external_org_id: '1' },
    { org_id: api.idOf('Initech'), external_org_id: '2' },
    { org_id: '01990000-0000-7000-8000-000000000000', external_org_id: '3' },
    { org_id: api.idOf('Globex'), external_org_id: '4', mapping_data: { tier: 'b' } },
    { new_organization: { name: 'Hooli' }, external_org_id: '5' },
    { new_organization: { name: 'Hooli' }, external_org_id: '1' },
    { org_id: api.idOf('Globex'), external_org_id: '5' },
    { org_id: api.idOf('Globex'), external_org_id: 'fine' },
  ])
  assert.deepEqual([status, body.error], [409, 'mappings_in_conflict'])
  assert.match(body.message, /8 lines are in the way, of 10/)
  assert.deepEqual(
    body.details.conflicts.map(({ index, error }: { index: number; error: string }) => [index, error]),
    [
      [1, 'mapping_exists'],
      [2, 'external_org_taken'],
      [3, 'organization_inactive'],
      [4, 'organization_not_found'],
      [5, 'validation_failed'],
      [7, 'external_org_taken'],
      [8, 'external_org_taken'],
      [9, 'mapping_exists'],
    ],
  )
  const messages = body.details.conflicts.map(({ message }: { message: string }) => message)
  assert.match(messages[2], /'Initech' is deactivated/)
  assert.match(messages[4], /mapping_data.tier/)
  assert.match(messages[6], /there twice/)
  assert.equal(JSON.stringify(body).includes(existing.id), false)
  await api.send('PATCH', `/organizations/${api.idOf('Initech')}`, { is_active: true })
  await nothingWasDone(api, 1)
})

test('of two sets at once that want the same external organization, one is mapped whole and of the other nothing', async () => {
  await using api = await given()
  const rest = (from: number, count = 20) =>
    Array.from({ length: count }, (_, place) => ({ org_id: api.idOf('Initech'), external_org_id: `${from + place}` }))
  for (let round = 0; round < 5; round++) {
    const [shared, ids] = [`shared ${round}`, round * 100]
    const answers = await Promise.all([
      api.mapMany([{ org_id: api.idOf('Acme'), external_org_id: shared }, ...rest(ids)]),
      api.mapMany([...rest(ids + 50), { new_organization: { name: `Late ${round}` }, external_org_id: shared }]),
    ])
    const won = answers.filter(({ status }) => status === 201)
    const lost = answers.filter(({ status }) => status === 409)
    assert.deepEqual([won.length, lost.length], [1, 1])
    assert.deepEqual(
      lost[0]?.body.details.conflicts.map(({ error }: { error: string }) => error),
      ['external_org_taken'],
    )
  }
  assert.equal((await api.send('GET', '/mappings?limit=200')).body.count, 5 * 21)
})

test('two sets that want the same ones in opposite orders do not block each other', async () => {
  await using api = await given()
  const lines = Array.from({ length: 100 }, (_, place) => ({ external_org_id: `${place}` }))
  for (let round = 0; round < 3; round++) {
    const set = (name: string) =>
      lines.map(({ external_org_id }) => ({ org_id: api.idOf(name), external_org_id: `${round} ${external_org_id}` }))
    const answers = await Promise.all([api.mapMany(set('Acme')), api.mapMany(set('Globex').reverse())])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409])
    assert.equal(answers.find(({ status }) => status === 409)?.body.details.conflicts.length, 100)
  }
})

test('an integration that shares its external organizations lets several have the same one', async () => {
  await using api = await given({ sharedExternalOrgs: true })
  const { body } = await api.mapMany([
    { org_id: api.idOf('Acme'), external_org_id: '1' },
    { org_id: api.idOf('Globex'), external_org_id: '1' },
  ])
  assert.equal(body.count, 2)
  assert.equal((await api.map('Initech', '1')).status, 201)
})

test('mapping many is closed without a principal, without the permission, and for other organizations', async () => {
  await using api = await given()
  const acme = { id: api.idOf('Acme') } as Organization
  const limited = api.as(principalFor([acme], 'canManageConfig'))
  const line = { org_id: acme.id, external_org_id: '1' }
  assert.equal((await api.mapMany([line], api.as(undefined))).status, 401)
  assert.equal((await api.mapMany([line], api.as(principalFor([acme], 'canViewHistory')))).status, 403)
  const others = await api.mapMany([line, { org_id: api.idOf('Globex'), external_org_id: '2' }], limited)
  assert.deepEqual(others.body.details.conflicts[0].error, 'organization_not_found')
  const adding = await api.mapMany([{ new_organization: { name: 'Hooli' }, external_org_id: '2' }], limited)
  assert.deepEqual([adding.status, adding.body.error], [403, 'forbidden'])
  await nothingWasDone(api)
  assert.equal((await api.mapMany([line], limited)).status, 201)
})

test('what cannot be mapped at all says why, and each wrong field is named', async () => {
  await using api = await given()
  const line = { org_id: api.idOf('Acme'), external_org_id: '1' }
  const post = (name: string) => api.send('POST', `/integrations/${name}/mappings`, { mappings: [line] })
  assert.equal((await post('nothing')).body.error, 'integration_not_found')
  for (const mappings of [[], Array(501).fill(line), [{ external_org_id: '1' }], [{ ...line, new_organization: { name: 'X' } }]])
    assert.equal((await api.mapMany(mappings)).body.error, 'validation_failed')
  const { details } = (await api.mapMany([line, { ...line, external_org_id: ' ' }])).body
  assert.deepEqual(Object.keys(details), ['mappings.1.external_org_id'])
})

test('an integration that does not support mapping maps nothing', async () => {
  await using api = await given({ supportsOrgMapping: false })
  const { body } = await api.mapMany([{ org_id: api.idOf('Acme'), external_org_id: '1' }])
  assert.equal(body.error, 'mapping_not_supported')
})
