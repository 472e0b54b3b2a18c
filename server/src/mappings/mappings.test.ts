import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenPublished, integrationDefinition } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { createTestApp, type TestApp } from '../../testing/test-app.ts'
import { systemActing } from '../audit/audit.ts'
import { deactivateOrganization, type Organization, organizationError } from '../organizations/organizations.ts'
import { type Database, inScope, readInScope, sql } from '../platform/database/database.ts'
import type { DomainError } from '../platform/errors.ts'
import { mappingError } from './mapping-rules.ts'
import { updateTestResult } from './mappings.queries.ts'
import { createMapping, deleteMapping, getMapping, listMappings, updateMapping } from './mappings.ts'

async function givenTwoOrganizations(): Promise<TestApp & { acme: Organization; globex: Organization }> {
  const app = await createTestApp()
  await givenPublished(
    app.db,
    integrationDefinition('halo'),
    integrationDefinition('graph', { sharedExternalOrgs: true }),
    integrationDefinition('mail', { supportsOrgMapping: false }),
  )
  return { ...app, acme: await givenOrganization(app.db, 'Acme'), globex: await givenOrganization(app.db, 'Globex') }
}

const halo42 = { integrationName: 'halo', externalOrgId: '42', externalOrgName: 'Acme Ltd' }
const all = { isActiveOnly: false, integrationName: undefined, afterId: undefined, limit: 100 }

test('an external organization belongs to the first organization that maps it', async () => {
  await using app = await givenTwoOrganizations()
  const { db, acme, globex } = app
  const first = await createMapping(db, systemActing, acme.id, halo42)
  await assert.rejects(createMapping(db, systemActing, globex.id, halo42), (error) => {
    assert.ok(mappingError.is(error, 'external_org_taken'))
    assert.ok(!JSON.stringify(error.details).includes(acme.id), 'the holder is not named')
    return true
  })
  await assert.rejects(createMapping(db, systemActing, acme.id, halo42), (error) => {
    assert.ok(mappingError.is(error, 'mapping_exists'))
    assert.equal(error.details.mapping_id, first.id)
    return true
  })
})

test('of fifty simultaneous creations of one pair exactly one wins', async () => {
  await using app = await givenTwoOrganizations()
  const { db, acme, globex } = app
  for (const integrationName of ['halo', 'graph']) {
    const draft = { integrationName, externalOrgId: '7' }
    const settled = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => createMapping(db, systemActing, (index % 2 ? acme : globex).id, draft)),
    )
    const codes = settled.map((each) => (each.status === 'fulfilled' ? 'created' : (each.reason as DomainError).code))
    const count = (code: string) => codes.filter((each) => each === code).length
    assert.equal(count('created'), integrationName === 'halo' ? 1 : 2, 'one for each organization where they share')
    assert.equal(count('created') + count('mapping_exists') + count('external_org_taken'), 50)
    if (integrationName === 'graph') assert.equal(count('external_org_taken'), 0)
  }
})

test('a deactivated mapping gives its external organization free, and cannot come back while another holds it', async () => {
  await using app = await givenTwoOrganizations()
  const { db, acme, globex } = app
  const first = await createMapping(db, systemActing, acme.id, halo42)
  await deleteMapping(db, systemActing, acme.id, first.id)
  await deleteMapping(db, systemActing, acme.id, first.id)
  const second = await createMapping(db, systemActing, globex.id, halo42)
  await assert.rejects(updateMapping(db, systemActing, acme.id, first.id, { isActive: true }), (error) =>
    mappingError.is(error, 'external_org_taken'),
  )
  await deleteMapping(db, systemActing, globex.id, second.id)
  assert.equal((await updateMapping(db, systemActing, acme.id, first.id, { isActive: true })).isActive, true)
})

test('a name stays with its external organization, and stands for the id where none was given', async () => {
  await using app = await givenTwoOrganizations()
  const { db, acme } = app
  const { id, externalOrgName } = await createMapping(db, systemActing, acme.id, { integrationName: 'halo', externalOrgId: '42' })
  assert.equal(externalOrgName, '42')
  assert.equal((await updateMapping(db, systemActing, acme.id, id, { externalOrgName: 'Acme Ltd' })).externalOrgName, 'Acme Ltd')
  assert.equal((await updateMapping(db, systemActing, acme.id, id, { mappingData: { a: 1 } })).externalOrgName, 'Acme Ltd')
  assert.equal((await updateMapping(db, systemActing, acme.id, id, { externalOrgId: '43' })).externalOrgName, '43')
})

test('the last test is kept until what was tested changes', async () => {
  await using app = await givenTwoOrganizations()
  const { db, acme } = app
  const { id } = await createMapping(db, systemActing, acme.id, halo42)
  const keep = (externalOrgId: string) =>
    inScope(db, { organizationId: acme.id }, (transaction) =>
      updateTestResult(
        transaction,
        { id, organizationId: acme.id, externalOrgId, mappingData: {} },
        { success: true, message: 'Connected.', details: {} },
      ),
    )
  assert.ok(await keep('42'))
  assert.equal((await updateMapping(db, systemActing, acme.id, id, { externalOrgName: 'Other' })).lastTest?.message, 'Connected.')
  assert.equal((await updateMapping(db, systemActing, acme.id, id, { externalOrgId: '43' })).lastTest, null)
  assert.equal(await keep('42'), undefined, 'the result of a test of something else is not kept')
})

test('nothing is mapped for an inactive organization, but its mappings can be deactivated', async () => {
  await using app = await givenTwoOrganizations()
  const { db, acme } = app
  const { id } = await createMapping(db, systemActing, acme.id, halo42)
  await deactivateOrganization(db, systemActing, acme.id)
  await assert.rejects(createMapping(db, systemActing, acme.id, { ...halo42, externalOrgId: '43' }), (error) =>
    organizationError.is(error, 'organization_inactive'),
  )
  await assert.rejects(updateMapping(db, systemActing, acme.id, id, { externalOrgName: 'x' }), (error) =>
    organizationError.is(error, 'organization_inactive'),
  )
  await givenPublished(db)
  assert.equal((await updateMapping(db, systemActing, acme.id, id, { isActive: false })).isActive, false)
})

test('an integration that does not support mapping, or is not there, cannot be mapped', async () => {
  await using app = await givenTwoOrganizations()
  const { db, acme } = app
  const code = (integrationName: string) =>
    createMapping(db, systemActing, acme.id, { ...halo42, integrationName }).catch((error: DomainError) => error.code)
  assert.deepEqual(await Promise.all(['mail', 'nowhere'].map(code)), ['mapping_not_supported', 'integration_not_found'])
})

test('a change is audited with what it changed, and a change that changes nothing is not', async () => {
  await using app = await givenTwoOrganizations()
  const { db, acme } = app
  const { id, updatedAt } = await createMapping(db, systemActing, acme.id, { ...halo42, mappingData: { b: 1, a: 2 } })
  const same = await updateMapping(db, systemActing, acme.id, id, { externalOrgName: 'Acme Ltd', mappingData: { a: 2, b: 1 } })
  assert.deepEqual(same.updatedAt, updatedAt)
  await updateMapping(db, systemActing, acme.id, id, { mappingData: { a: 3 } })
  await deleteMapping(db, systemActing, acme.id, id)
  const events = await auditOf(db, acme.id)
  assert.deepEqual(
    events.map(({ action }) => action),
    ['integration_mapping.created', 'integration_mapping.updated', 'integration_mapping.deleted'],
  )
  assert.deepEqual(events[1]?.changes, { mapping_data: { before: { a: 2, b: 1 }, after: { a: 3 } } })
  assert.deepEqual(events[2]?.changes, { is_active: { before: true, after: false } })
  const target = { type: 'integration_mapping', id, name: 'Acme Ltd', integration_name: 'halo', external_org_id: '42' }
  for (const event of events) assert.deepEqual(event.target, target)
})

function auditOf(db: Database, organizationId: string) {
  return readInScope<{ action: string; changes: unknown; target: unknown }>(
    db,
    { organizationId },
    sql`
    select action, changes, target from audit_events where target ->> 'type' = 'integration_mapping' and organization_id = ${organizationId} order by id`,
  )
}

test('no statement of one organization sees or changes another’s mappings, even without naming it', async () => {
  await using app = await givenTwoOrganizations()
  const { db, acme, globex } = app
  const own = await createMapping(db, systemActing, acme.id, halo42)
  const other = await createMapping(db, systemActing, globex.id, { ...halo42, externalOrgId: '43' })
  const scope = { organizationId: acme.id }
  assert.deepEqual(await readInScope(db, scope, sql`select id from organization_mappings`), [{ id: own.id }])
  await inScope(db, scope, (transaction) => transaction.query(sql`update organization_mappings set external_org_name = 'stolen'`))
  await inScope(db, scope, (transaction) => transaction.query(sql`delete from organization_mappings where id <> ${own.id}`))
  assert.equal((await getMapping(db, globex.id, other.id)).externalOrgName, 'Acme Ltd')
  await assert.rejects(
    inScope(db, scope, (transaction) => transaction.query(sql`update organization_mappings set organization_id = ${globex.id}`)),
  )
  await assert.rejects(getMapping(db, acme.id, other.id), (error) => mappingError.is(error, 'mapping_not_found'))
  assert.deepEqual(
    (await listMappings(db, acme.id, all)).map(({ id }) => id),
    [own.id],
  )
  assert.deepEqual(
    await db.pool.query('select id from organization_mappings').then(({ rows }) => rows),
    [],
    'without a scope nothing is seen',
  )
})
