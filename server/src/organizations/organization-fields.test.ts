import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { countBlocked } from '../../testing/blocked-connections.ts'
import { type GivenApp, givenApp, givenPrincipal } from '../../testing/given-installation.ts'
import { until } from '../../testing/until.ts'
import { listSelected } from '../batches/batches.ts'
import type { Selection } from '../batches/selection.ts'
import { inScope, readInScope, sql } from '../platform/database/database.ts'
import { valueOfText } from './organization-field.ts'

type Field = { name: string; label: string; type: string; is_required: boolean; choices: string[]; etag: string }
type Organization = { id: string; name: string; fields: Record<string, unknown>; etag: string }
type List = { organizations: Organization[]; total: number }

let app: GivenApp
const define = (name: string, type: string, more: object = {}) =>
  app.send<Field & { error: string }>('POST', '/organization-fields', { name, label: name, type, ...more })
const set = (fields: object, id = app.acme.id) =>
  app.send<Organization & { error: string; details: Record<string, string[]> }>('PATCH', `/organizations/${id}`, { fields })
const namesFor = async (query: string) =>
  (await app.send<List>('GET', `/organizations?sort=name&${query}`)).body.organizations.map(({ name }) => name)

before(async () => {
  app = await givenApp()
  for (const [name, type] of [
    ['account', 'text'],
    ['seats', 'number'],
    ['managed', 'yes_no'],
    ['since', 'date'],
    ['portal', 'url'],
  ] as const)
    assert.equal((await define(name, type)).status, 201)
  assert.equal((await define('tier', 'choice', { label: 'Service tier', choices: ['Gold', 'Silver'] })).status, 201)
})
after(() => app[Symbol.asyncDispose]())

test('a field is defined once, for all organizations, by one who manages all of them', async () => {
  assert.deepEqual([(await define('tier', 'text')).body.error], ['organization_field_exists'])
  const ofAcme = app.as(givenPrincipal([app.acme]))
  const refused = await ofAcme.send('POST', '/organization-fields', { name: 'own', label: 'Own', type: 'text' })
  assert.deepEqual([refused.status, refused.body.error], [403, 'forbidden'])
  const seen = await ofAcme.send<{ fields: Field[] }>('GET', '/organization-fields')
  assert.equal(seen.body.fields.find(({ name }) => name === 'tier')?.label, 'Service tier')
  assert.equal((await define('empty', 'choice')).status, 400)
  assert.equal((await define('odd', 'text', { choices: ['a'] })).status, 400)
})

test('a field is deleted while an organization gets a value of it, and neither waits for the other for ever', async () => {
  const { db } = app
  assert.equal((await define('passing', 'text')).status, 201)
  assert.equal((await set({ passing: 'before' })).status, 200)
  const changes = await inScope(db, 'allOrganizations', async (transaction) => {
    // Another change of the organization holds both up at the point where they could get into each other's way.
    await transaction.query(sql`select from organizations where id = ${app.acme.id} for update`)
    const changing = set({ passing: 'meanwhile' })
    await until('the change waits', async () => (await countBlocked(db)) === 1)
    const deleting = app.send('DELETE', '/organization-fields/passing')
    await until('the deletion waits', async () => (await countBlocked(db)) === 2)
    return [changing, deleting]
  })
  const [changed, deleted] = await Promise.all(changes)
  assert.deepEqual([changed?.status, deleted?.status], [200, 200])
  const { body } = await app.send<Organization>('GET', `/organizations/${app.acme.id}`)
  assert.equal(body.fields.passing, undefined)
})

test('values keep to their types, and what does not fit is named', async () => {
  const given = { account: 'A-17', seats: 41.5, managed: true, since: '2026-03-01', portal: 'https://acme.example/x', tier: 'Gold' }
  assert.deepEqual((await set(given)).body.fields, given)
  const wrong = {
    account: '',
    seats: '41',
    managed: 'yes',
    since: '2026-02-30',
    portal: 'javascript:alert(1)',
    tier: 'Bronze',
    nothing: 'x',
  }
  const refused = await set(wrong)
  assert.deepEqual([refused.status, refused.body.error], [400, 'validation_failed'])
  assert.deepEqual(
    Object.keys(refused.body.details).sort(),
    Object.keys(wrong)
      .map((name) => `fields.${name}`)
      .sort(),
  )
  const { account: _, ...rest } = given
  assert.deepEqual((await set({ account: null })).body.fields, rest)
})

test('organizations are found by their values, by type, and by having none', async () => {
  await set({ account: 'Blue Whale', seats: 50, managed: true, tier: 'Silver' })
  await set({ account: 'Red Fox', seats: 7, managed: false }, app.globex.id)
  assert.deepEqual(await namesFor('field.account=blue%20whale'), ['Acme'])
  assert.deepEqual(await namesFor('field.seats=50.0'), ['Acme'])
  assert.deepEqual(await namesFor('field.managed=no'), ['Globex'])
  assert.deepEqual(await namesFor('field.tier=silver&field.managed=yes'), ['Acme'])
  assert.deepEqual(await namesFor('field.tier='), ['Globex'])
  assert.deepEqual(await namesFor('search=red%20fo'), ['Globex'])
  for (const query of ['field.nothing=x', 'field.seats=many', 'fields.seats=1']) {
    const answer = await app.send('GET', `/organizations?${query}`)
    assert.deepEqual([answer.status, answer.body.error], [400, 'validation_failed'], query)
  }
  const ofGlobex = app.as(givenPrincipal([app.globex]))
  assert.equal((await ofGlobex.send<List>('GET', '/organizations?field.tier=silver')).body.total, 0)
})

test('what runs for many organizations is for those with a tag or a value of a field', async () => {
  await set({ tier: 'Gold', managed: true })
  await app.send('PATCH', `/organizations/${app.globex.id}`, { tags: ['vip'] })
  const selected = async (selection: Selection) => (await listSelected(app.db, 'allOrganizations', selection, 10)).map(({ name }) => name)
  assert.deepEqual(await selected('tag:VIP'), ['Globex'])
  assert.deepEqual(await selected('field:tier=gold'), ['Acme'])
  assert.deepEqual(await selected('field:managed=yes'), ['Acme'])
  assert.deepEqual(await selected('field:tier='), ['Globex'])
  const answer = await app.send('POST', '/mappings/test', { organizations: 'field:nothing=1' })
  assert.deepEqual([answer.status, answer.body.error], [400, 'validation_failed'])
})

test('a required field is asked of those who add an organization or change its fields, and of nobody else', async () => {
  assert.equal((await define('owner', 'text', { is_required: true })).status, 201)
  const refused = await app.send('POST', '/organizations', { name: 'Initech' })
  assert.deepEqual(refused.body.details, { 'fields.owner': ['is required'] })
  assert.equal((await app.send('POST', '/organizations', { name: 'Initech', fields: { owner: 'Ada' } })).status, 201)
  assert.equal((await set({ seats: 1 })).status, 400)
  assert.equal((await app.send('PATCH', `/organizations/${app.acme.id}`, { tags: ['x'] })).status, 200)
  assert.equal((await app.send('DELETE', '/organization-fields/owner')).status, 200)
})

test('a choice that an organization has stays, and a deleted field takes its values along', async () => {
  await set({ tier: 'Gold' })
  const kept = await app.send('PATCH', '/organization-fields/tier', { choices: ['Silver'] })
  assert.deepEqual([kept.status, kept.body.error, kept.body.details.choices], [409, 'organization_field_choice_used', ['Gold']])
  const more = await app.send<Field>('PATCH', '/organization-fields/tier', { choices: ['Gold', 'Silver', 'Bronze'], label: 'Tier' })
  assert.deepEqual([more.body.label, more.body.choices.length], ['Tier', 3])
  const gone = await app.send<{ organizations: number }>('DELETE', '/organization-fields/tier')
  assert.equal(gone.body.organizations, 1)
  assert.equal((await app.send('DELETE', '/organization-fields/tier')).body.error, 'organization_field_not_found')
  const after = await app.send<Organization>('GET', `/organizations/${app.acme.id}`)
  assert.equal('tier' in after.body.fields, false)
  const events = await readInScope<{ action: string }>(
    app.db,
    'allOrganizations',
    sql`select action from audit_events where target ->> 'id' = 'tier' order by id`,
  )
  assert.deepEqual(
    events.map(({ action }) => action),
    ['organization_field.created', 'organization_field.updated', 'organization_field.deleted'],
  )
})

test('text is read as a value of its type', () => {
  const field = { name: 'x', label: 'X', isRequired: false, choices: ['Gold'] }
  assert.deepEqual(valueOfText({ ...field, type: 'number' }, ' 1.50 '), { value: 1.5 })
  assert.deepEqual(valueOfText({ ...field, type: 'yes_no' }, 'Yes'), { value: true })
  assert.deepEqual(valueOfText({ ...field, type: 'choice' }, 'GOLD'), { value: 'Gold' })
  for (const [type, text] of [
    ['number', '1,5'],
    ['number', 'Infinity'],
    ['number', '0x10'],
    ['number', ''],
    ['yes_no', 'maybe'],
    ['date', '1.3.2026'],
    ['choice', 'Lead'],
  ] as const)
    assert.ok('problem' in valueOfText({ ...field, type }, text), text)
})
