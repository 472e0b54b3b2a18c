import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expand, givenOrganizations, workOff } from '../../testing/given-batches.ts'
import { failed, succeeded } from '../../testing/given-definitions.ts'
import { systemActing } from '../audit/audit.ts'
import { settleEnded } from '../batches/expansion.queries.ts'
import { createMapping, deleteMapping } from '../mappings/mappings.ts'
import { deactivateOrganization } from '../organizations/organizations.ts'
import { fireDue, reconcileSchedules } from './firing.ts'
import { getSchedule } from './schedules.ts'

type Item = { org_id: string; status: string; attempt: number; error: { message: string } | null }

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
  while (await fireDue(given.db, monday));
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

test('a test that finds a failure is counted, listed and made again as failed, and its execution stays as it is', async () => {
  await using given = await givenOrganizations('Acme*', 'Globex*', 'Initech*', 'Umbrella*')
  const { 'Acme*': acme, 'Globex*': globex, 'Initech*': initech } = given.organizations
  const { body } = await given.send('POST', '/schedules/test_all_mappings/run')
  const id = body.batch_id
  await expand(given.db, id)
  const test = (success: boolean, message: string) => succeeded({ success, message, details: success ? {} : { status_code: 401 } })
  await workOff(given.db, (row) => {
    if (row.organization_id === initech.id) return failed('It broke.')
    return row.organization_id === globex.id ? test(false, 'The key is refused.') : test(true, 'Connected.')
  })
  const ended = await given.counts(id)
  assert.deepEqual([ended.status, ended.counts.success, ended.counts.failed], ['finished', 2, 2])
  await settleEnded(given.db)
  assert.deepEqual((await given.counts(id)).counts, ended.counts, 'the counts that are kept are the same')
  const [listed] = (await given.send('GET', '/batches')).body.batches
  assert.deepEqual(listed.counts, ended.counts)

  const list = async (status: string) => (await given.send('GET', `/batches/${id}/executions?status=${status}`)).body.executions
  const bad = await list('failed')
  assert.deepEqual(
    bad.map((item: Item) => [item.org_id, item.status, item.error?.message]),
    [
      [globex.id, 'failed', 'The key is refused.'],
      [initech.id, 'failed', 'It broke.'],
    ],
  )
  assert.deepEqual(bad[0].result, { success: false, message: 'The key is refused.', details: { status_code: 401 } })
  assert.equal(bad[0].error.details.integration_name, 'halo')
  assert.match(bad[0].error.details.guidance, /did not accept the credentials/)
  assert.equal((await list('success')).length, 2)
  const execution = (await given.send('GET', `/executions/${bad[0].execution_id}`)).body
  assert.deepEqual([execution.status, execution.error], ['success', null])

  await given.send('POST', `/batches/${id}/retry-failed`)
  await expand(given.db, id)
  const again = await workOff(given.db, (row) => {
    assert.equal(row.retry_of, null, 'a test has nothing to continue from')
    return test(true, 'Connected.')
  })
  assert.deepEqual(again.sort(), [globex.id, initech.id].sort())
  assert.deepEqual((await given.counts(id)).counts.success, 4)
  const [item] = (await list('success')).filter(({ org_id }: Item) => org_id === globex.id)
  assert.deepEqual([item.attempt, item.error], [2, null])
  assert.equal((await list('success')).filter(({ org_id, attempt }: Item) => org_id === acme.id && attempt === 1).length, 1)
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
