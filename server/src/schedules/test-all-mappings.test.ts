import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemActing } from '../audit/audit.ts'
import { expand, givenOrganizations, workOff } from '../batches/testing.ts'
import { failed, succeeded } from '../integrations/testing.ts'
import { createMapping, deleteMapping } from '../mappings/mappings.ts'
import { deactivateOrganization } from '../organizations/organizations.ts'
import { fireDue, reconcileSchedules } from './firing.ts'
import { getSchedule } from './schedules.ts'

const monday = new Date('2026-06-08T05:00:00Z')

test('every Monday each active mapping is tested in the background, and keeps its result', async () => {
  await using given = await givenOrganizations('Acme*', 'Globex*', 'Gone*', 'Unmapped')
  const { 'Acme*': acme, 'Globex*': globex, 'Gone*': gone } = given.organizations
  const draft = { integrationName: 'halo', externalOrgName: undefined, mappingData: {} }
  const second = await createMapping(given.db, systemActing, acme.id, { ...draft, externalOrgId: 'second' })
  const deleted = await createMapping(given.db, systemActing, acme.id, { ...draft, externalOrgId: 'deleted' })
  await deleteMapping(given.db, systemActing, acme.id, deleted.id)
  await deactivateOrganization(given.db, systemActing, gone.id)

  await reconcileSchedules(given.db, new Date('2026-06-07T12:00:00Z'))
  await fireDue(given.db, monday)
  const { lastBatchId } = await getSchedule(given.db, 'test_all_mappings', monday)
  await expand(given.db, String(lastBatchId))
  const tested = await workOff(given.db, (row) => {
    assert.deepEqual([row.kind, row.name, row.priority, row.timeout_ms], ['connection_test', 'halo', 10, 10_000])
    return row.organization_id === globex.id ? failed('No route.') : succeeded({ success: true, message: 'Connected.' })
  })
  assert.deepEqual(tested.sort(), [acme.id, acme.id, globex.id].sort())
  const mappingsOf = async (id: string) => (await given.send('GET', `/organizations/${id}/integrations`)).body.mappings
  const results = [...(await mappingsOf(acme.id)), ...(await mappingsOf(globex.id))]
  assert.deepEqual(
    results.map((mapping) => [mapping.last_test_success, mapping.last_test_result]),
    [
      [true, 'Connected.'],
      [true, 'Connected.'],
      [false, 'No route.'],
    ],
  )
  const { body } = await given.send('GET', `/batches/${lastBatchId}/executions`)
  assert.ok(
    body.executions.some((item: { mapping_id: string; org_id: string }) => item.mapping_id === second.id && item.org_id === acme.id),
  )
  const batch = await given.counts(String(lastBatchId))
  assert.deepEqual([batch.kind, batch.status, batch.counts.success, batch.counts.failed], ['connection_test', 'finished', 2, 1])
})

test('a mapping that is deleted before its turn is skipped', async () => {
  await using given = await givenOrganizations('Acme*', 'Globex*')
  const { 'Acme*': acme, 'Globex*': globex } = given.organizations
  const { body } = await given.send('POST', '/schedules/test_all_mappings/run')
  const [mapping] = (await given.send('GET', `/organizations/${acme.id}/integrations`)).body.mappings
  await deleteMapping(given.db, systemActing, acme.id, mapping.id)
  await expand(given.db, body.batch_id)
  assert.deepEqual(await workOff(given.db, () => succeeded({ success: true, message: 'Connected.' })), [globex.id])
  assert.deepEqual(await given.names(body.batch_id), { 'Acme*': 'skipped', 'Globex*': 'success' })
})
