import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expand, givenOrganizations, workOff } from '../../testing/given-batches.ts'
import { givenPublished, integrationDefinition, principalFor, succeeded } from '../../testing/given-definitions.ts'
import { systemActing } from '../audit/audit.ts'
import { createMapping } from '../mappings/mappings.ts'
import { deactivateOrganization } from '../organizations/organizations.ts'

test('the mappings of the named organizations are tested, of one integration where it is named, and keep their results', async () => {
  await using given = await givenOrganizations('Acme*', 'Globex*', 'Other*', 'Gone*')
  await givenPublished(given.db, integrationDefinition('halo'), integrationDefinition('ninja'))
  const { 'Acme*': acme, 'Globex*': globex, 'Other*': other, 'Gone*': gone } = given.organizations
  await createMapping(given.db, systemActing, acme.id, { integrationName: 'ninja', externalOrgId: '1' })
  await deactivateOrganization(given.db, systemActing, gone.id)
  const organizations = [acme.id, globex.id, gone.id]
  const { status, body } = await given.send('POST', '/mappings/test', { organizations, integration_name: 'halo' })
  assert.deepEqual([status, body.kind, body.workflow_name, body.total], [202, 'connection_test', 'test_mappings', 3])
  assert.deepEqual(body.parameters, { integration_name: 'halo' })
  await expand(given.db, body.batch_id)
  const tested = await workOff(given.db, (row) => {
    assert.equal(row.name, 'halo')
    return succeeded({ success: true, message: 'Connected.' })
  })
  assert.deepEqual(tested.sort(), [acme.id, globex.id].sort())
  const { counts } = await given.counts(body.batch_id)
  assert.deepEqual([counts.success, counts.skipped], [2, 1])
  const resultOf = async (id: string) => (await given.send('GET', `/organizations/${id}/integrations`)).body.mappings[0].last_test_success
  assert.deepEqual([await resultOf(acme.id), await resultOf(other.id)], [true, null])
  const all = (await given.send('POST', '/mappings/test', { organizations: [acme.id] })).body
  assert.deepEqual([all.total, all.parameters], [2, {}])
  assert.deepEqual((await given.audited()).filter((action: string) => action === 'batch.created').length, 2)
})

test('testing many is closed without a principal, without the permission, and for other organizations', async () => {
  await using given = await givenOrganizations('Acme*', 'Globex*')
  const { 'Acme*': acme, 'Globex*': globex } = given.organizations
  const ask = (send = given.send, organizations: unknown = [acme.id], more = {}) =>
    send('POST', '/mappings/test', { organizations, ...more })
  const limited = given.as(principalFor([acme], 'canManageConfig'))
  assert.equal((await ask(given.as(undefined))).status, 401)
  assert.equal((await ask(given.as(principalFor([acme], 'canExecuteWorkflows')))).status, 403)
  assert.equal((await ask(limited, [globex.id])).body.error, 'organization_not_found')
  assert.equal((await ask(limited, 'all')).body.total, 1)
  assert.equal((await ask(given.send, 'all', { integration_name: 'nothing' })).body.error, 'integration_not_found')
  assert.equal((await ask(given.send, [])).body.error, 'validation_failed')
})

test('what a list of mappings is narrowed to is tested, on all its pages, and the list says how many that are', async () => {
  await using given = await givenOrganizations('Acme*', 'Globex*', 'Initech*')
  const { 'Acme*': acme } = given.organizations
  await givenPublished(given.db, integrationDefinition('halo'), integrationDefinition('ninja'))
  await createMapping(given.db, systemActing, acme.id, { integrationName: 'ninja', externalOrgId: '1' })
  const start = async (filter: object) => (await given.send('POST', '/mappings/test', { organizations: 'all', ...filter })).body
  const totals = async (filter: Record<string, string>) => {
    const listed = (await given.send('GET', `/mappings?limit=1&${new URLSearchParams(filter)}`)).body
    return [listed.count, listed.total, (await start(filter)).total]
  }
  assert.deepEqual(await totals({}), [1, 4, 4])
  assert.deepEqual(await totals({ search: 'acme' }), [1, 2, 2])
  assert.deepEqual(await totals({ search: 'acme', integration_name: 'halo' }), [1, 1, 1])
  assert.deepEqual(await totals({ attention: 'never_tested' }), [1, 4, 4])
  for (const attention of ['failing_test', 'gone', 'renamed']) assert.deepEqual(await totals({ attention }), [0, 0, 0], attention)
  assert.deepEqual((await start({ search: 'acme', attention: 'never_tested' })).parameters, { attention: 'never_tested', search: 'acme' })
  assert.equal((await start({ attention: 'nonsense' })).error, 'validation_failed')
})
