import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApi, givenPublished, integrationDefinition, principalFor } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { inScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'

async function givenTwo() {
  const api = await givenApi()
  await givenPublished(api.db, integrationDefinition('halo'))
  const [acme, globex] = [await givenOrganization(api.db, 'Acme'), await givenOrganization(api.db, 'Globex')]
  const map = async (orgId: string, externalId: string): Promise<string> =>
    (await api.send('POST', `/organizations/${orgId}/integrations`, { integration_name: 'halo', external_org_id: externalId })).body.id
  const run = (statement: ReturnType<typeof sql>) => inScope(api.db, 'allOrganizations', (transaction) => transaction.query(statement))
  const ran = async (orgId: string, status: string, kind = 'workflow') => {
    const id = newId()
    await run(sql`insert into executions (id, organization_id, kind, name, status, timeout_ms, caller)
      values (${id}, ${orgId}, ${kind}, 'sync', ${status}, 1000, '{"type":"api_key","id":"x","name":"x"}')`)
    return id
  }
  const summaries = async (ids: string, send = api.send) => await send('GET', `/organizations/summaries?org_ids=${ids}`)
  return { ...api, acme, globex, map, run, ran, summaries }
}

test('a summary counts the active mappings and the failing ones, and names the last workflow', async () => {
  await using api = await givenTwo()
  const { acme, globex, map, run, ran, summaries, send } = api
  const [failing, gone] = [await map(acme.id, '1'), await map(acme.id, '2')]
  await map(acme.id, '3')
  await run(sql`update organization_mappings set last_test_success = false, last_tested_at = now() where id in (${failing}, ${gone})`)
  await send('DELETE', `/organizations/${acme.id}/integrations/${gone}`)
  await ran(acme.id, 'failed')
  const last = await ran(acme.id, 'held')
  await ran(acme.id, 'success', 'connection_test')
  const { body } = await summaries(`${globex.id},${acme.id.toUpperCase()},${globex.id},${newId()}`)
  assert.equal(body.count, 2)
  assert.deepEqual(body.summaries[0], { org_id: globex.id, mappings: 0, failing_mappings: 0, last_execution: null })
  const { last_execution: execution, ...counts } = body.summaries[1]
  assert.deepEqual(counts, { org_id: acme.id, mappings: 2, failing_mappings: 1 })
  assert.deepEqual([execution.execution_id, execution.status], [last, 'pending'])
})

test('summaries are closed without a principal and without the permission, leave other organizations out, and tell what ran only to who may know', async () => {
  await using api = await givenTwo()
  const { as, acme, globex, ran, summaries } = api
  await ran(acme.id, 'success')
  await ran(globex.id, 'success')
  const both = `${acme.id},${globex.id}`
  assert.equal((await summaries(both, as(undefined))).status, 401)
  assert.equal((await summaries(both, as(principalFor([acme], 'canViewHistory')))).status, 403)
  const { body } = await summaries(both, as(principalFor([globex], 'canManageConfig')))
  assert.deepEqual(body.summaries, [{ org_id: globex.id, mappings: 0, failing_mappings: 0, last_execution: null }])
})

test('ids that are none, and more than a hundred, are refused with the field', async () => {
  await using api = await givenTwo()
  for (const ids of ['', 'no-id', Array.from({ length: 101 }, newId).join(',')]) {
    const { status, body } = await api.summaries(ids)
    assert.deepEqual([status, body.error, Object.keys(body.details)], [400, 'validation_failed', ['org_ids']], ids.slice(0, 20))
  }
})
