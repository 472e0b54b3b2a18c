import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenPublished, integrationDefinition, principalFor } from '../../testing/given-definitions.ts'
import { givenMatching } from '../../testing/given-matching.ts'
import type { Organization } from '../organizations/organizations.ts'

type Match = { org_name: string; candidates: { external_org_id: string; reason: string }[]; preselected: string | null }

const vendor = [
  { id: '1', name: 'ACME, Inc.', metadata: { code: 'A1' } },
  { id: '2', name: 'Globex GmbH', metadata: { website: 'https://www.globex.example/' } },
  { id: '3', name: 'Umbrella Health' },
  { id: '4', name: 'Initech' },
]
const ours = { Acme: [], 'Globex Worldwide': ['globex.example'], 'Umbrela Healthcare': [], Zorro: [] }

const summary = (matches: Match[]) =>
  matches.map(({ org_name, candidates, preselected }) => [
    org_name,
    candidates.map(({ external_org_id, reason }) => `${external_org_id} ${reason}`).join(', '),
    preselected,
  ])

test('organizations that are not mapped are listed by name, with who they are likely to be', async () => {
  await using api = await givenMatching(vendor, ours)
  const { status, body } = await api.matches()
  assert.equal(status, 200)
  assert.deepEqual(summary(body.matches), [
    ['Acme', '1 same_name', '1'],
    ['Globex Worldwide', '2 same_domain', '2'],
    ['Umbrela Healthcare', '3 similar_name', null],
    ['Zorro', '', null],
  ])
  assert.deepEqual([body.count, body.next_cursor, body.stale], [4, null, false])
  assert.ok(Date.parse(body.discovered_at) <= Date.now())
  const [{ org_id, domains, candidates }] = body.matches
  assert.deepEqual([org_id, domains], [api.idOf('Acme'), []])
  assert.deepEqual(candidates[0], {
    external_org_id: '1',
    external_org_name: 'ACME, Inc.',
    metadata: { code: 'A1' },
    reason: 'same_name',
    score: 0.9,
    shared: null,
  })
})

test('what an organization is mapped to elsewhere finds it by the tenant and by ids, whatever its name is', async () => {
  const tenant = '8e1d907c-94a0-4f76-a312-8b97e523f354'
  const listed = [
    { id: '7', name: 'Wholly Other', metadata: { tenant_ids: [tenant.toUpperCase()] } },
    { id: '8', name: 'Acme' },
    { id: '9', name: 'Named Differently' },
    { id: '10', name: 'Pointing Back', metadata: { other_ids: { graph: 'third' } } },
  ]
  await using api = await givenMatching(listed, { Acme: [], Globex: [], Initech: [] })
  await givenPublished(api.db, integrationDefinition('halo'), integrationDefinition('graph'))
  api.vendor.pages = [
    [
      { id: tenant, name: 'Acme', metadata: { tenant_ids: [tenant] } },
      { id: 'second', name: 'Globex', metadata: { other_ids: { halo: '9' } } },
    ],
  ]
  assert.equal((await api.send('GET', '/integrations/graph/discover')).status, 200)
  for (const [name, external_org_id] of Object.entries({ Acme: tenant, Globex: 'second', Initech: 'third' }))
    await api.send('POST', `/organizations/${api.idOf(name)}/integrations`, { integration_name: 'graph', external_org_id })
  const { matches } = (await api.matches()).body
  assert.deepEqual(summary(matches), [
    ['Acme', '7 same_tenant, 8 same_name', '7'],
    ['Globex', '9 same_reference', '9'],
    ['Initech', '10 same_reference', '10'],
  ])
  assert.deepEqual(
    matches.map((match: { candidates: { shared: string }[] }) => match.candidates[0]?.shared),
    [`tenant ${tenant}`, 'halo 9', 'graph third'],
  )
})

test('what is mapped, deactivated, gone or held by another is neither listed nor proposed', async () => {
  await using api = await givenMatching(vendor, { ...ours, 'Acme Holding': [] })
  await api.map('Zorro', '1')
  assert.deepEqual(summary((await api.matches('?search=acme')).body.matches), [
    ['Acme', '', null],
    ['Acme Holding', '', null],
  ])
  await api.map('Acme', '4')
  await api.send('DELETE', `/organizations/${api.idOf('Acme Holding')}`)
  api.vendor.pages = [vendor.slice(0, 2)]
  await api.discover('?refresh=true')
  assert.deepEqual(summary((await api.matches()).body.matches), [
    ['Globex Worldwide', '2 same_domain', '2'],
    ['Umbrela Healthcare', '', null],
  ])
})

test('an integration that shares its external organizations proposes those that others hold', async () => {
  await using api = await givenMatching(vendor, ours, { sharedExternalOrgs: true })
  await api.map('Zorro', '1')
  assert.deepEqual(summary((await api.matches('?search=acme')).body.matches), [['Acme', '1 same_name', '1']])
})

test('two organizations that want the same one get none chosen, also where only one of them is looked at', async () => {
  await using api = await givenMatching(vendor, { Acme: [], 'Acme Ltd': [] })
  for (const query of ['', '?search=ltd', '?limit=1']) {
    const { matches } = (await api.matches(query)).body
    assert.ok(matches.length > 0)
    for (const { candidates, preselected } of matches) assert.deepEqual([candidates[0].external_org_id, preselected], ['1', null], query)
  }
})

test('matches come in full pages, whichever are asked for, and the next continues though those before it were mapped', async () => {
  const numbers = Array.from({ length: 30 }, (_, place) => `Customer ${String(place).padStart(2, '0')}`)
  const known = numbers.flatMap((name, place) => (place % 3 === 0 ? [{ id: `${place}`, name: `${name} Ltd` }] : []))
  await using api = await givenMatching(
    known.map(({ id, name }) => ({ id, name: name.replace('Customer', `Quux${id}`) })),
    Object.fromEntries(numbers.map((name, place) => [place % 3 === 0 ? name.replace('Customer', `Quux${place}`) : name, []])),
  )
  const pages = async (query: string) => {
    const counts: number[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await api.matches(`?limit=4${query}${cursor ? `&cursor=${cursor}` : ''}`)
      counts.push(body.count)
      cursor = body.next_cursor
    }
    return counts
  }
  assert.deepEqual(await pages(''), [4, 4, 4, 4, 4, 4, 4, 2])
  assert.deepEqual(await pages('&likely=true'), [4, 4, 2])
  assert.deepEqual(await pages('&likely=false'), [4, 4, 4, 4, 4])
  const first = (await api.matches('?limit=4&likely=true')).body
  const lines = first.matches.map((match: { org_id: string; preselected: string }) => ({
    org_id: match.org_id,
    external_org_id: match.preselected,
  }))
  assert.equal((await api.mapMany(lines)).status, 201)
  const next = (await api.matches(`?limit=4&likely=true&cursor=${first.next_cursor}`)).body
  assert.deepEqual([next.count, next.matches[0].org_name > first.matches[3].org_name], [4, true])
  assert.equal((await api.matches('?likely=true&search=quux2')).body.count, 3)
})

test('before the first discovery there is no time and no candidate, and a failed one makes the list stale', async () => {
  await using api = await givenMatching(vendor, { Acme: [] }, { discoveryCacheSeconds: 0 })
  const undiscovered = (await api.matches(`?org_id=${api.idOf('Acme')}`)).body
  assert.deepEqual([undiscovered.discovered_at, undiscovered.stale, summary(undiscovered.matches)], [null, false, [['Acme', '', null]]])
  api.vendor.failure = 'No.'
  await api.discover()
  const { matches, stale } = (await api.matches()).body
  assert.deepEqual([stale, summary(matches)], [true, [['Acme', '1 same_name', '1']]])
})

test('with an organization, the list of its own credentials is compared with', async () => {
  await using api = await givenMatching(vendor, ours)
  api.vendor.pages = [[{ id: 'own', name: 'Acme plc' }]]
  await api.discover(`?orgId=${api.idOf('Acme')}`)
  const { matches } = (await api.matches(`?org_id=${api.idOf('Acme')}`)).body
  assert.deepEqual(summary(matches), [['Acme', 'own same_name', 'own']])
})

test('matches are closed without a principal, without the permission, and for another organization', async () => {
  await using api = await givenMatching(vendor, ours)
  const organization = (name: string) => ({ id: api.idOf(name) }) as Organization
  const limited = api.as(principalFor([organization('Acme')], 'canManageConfig'))
  assert.equal((await api.matches('', api.as(undefined))).status, 401)
  assert.equal((await api.matches('', api.as(principalFor([organization('Acme')], 'canViewHistory')))).status, 403)
  const global = await api.matches('', limited)
  assert.deepEqual([global.status, global.body.message.includes('org_id')], [403, true], 'the global list names all customers')
  assert.equal((await api.matches(`?org_id=${api.idOf('Zorro')}`, limited)).body.error, 'organization_not_found')
  const own = await api.matches(`?org_id=${api.idOf('Acme')}`, limited)
  assert.deepEqual([own.status, own.body.count], [200, 1])
})

test('what cannot be matched says why', async () => {
  await using api = await givenMatching(vendor, ours, { supportsOrgMapping: false })
  const errorOf = async (path: string) => (await api.send('GET', path)).body.error
  assert.equal(await errorOf('/integrations/nothing/matches'), 'integration_not_found')
  assert.equal(await errorOf('/integrations/halo/matches'), 'mapping_not_supported')
  assert.equal(await errorOf('/integrations/mail/matches'), 'discovery_not_supported')
  for (const query of ['?cursor=x', '?likely=maybe', '?limit=0', '?search=', '?org_id=1'])
    assert.equal((await api.matches(query)).body.error, 'validation_failed', query)
})
