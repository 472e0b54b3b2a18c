import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApi, givenPublished, integrationDefinition, principalFor } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { inScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'

async function givenTwo() {
  const api = await givenApi()
  await givenPublished(api.db, integrationDefinition('halo'), integrationDefinition('mail', { supportsOrgMapping: false, secrets: [] }))
  const [acme, globex] = [await givenOrganization(api.db, 'Acme'), await givenOrganization(api.db, 'Globex')]
  const fail = async (organizationId: string, given: { kind?: string; status?: string; retryOf?: string; hoursAgo?: number } = {}) => {
    const id = newId()
    await inScope(api.db, 'allOrganizations', (transaction) =>
      transaction.query(sql`
        insert into executions (id, organization_id, kind, name, status, timeout_ms, caller, retry_of, error)
        values (case when ${given.hoursAgo ?? 0}::int > 0 then overlay(first_id_at(now() - make_interval(hours => ${given.hoursAgo ?? 0}))::text placing ${id.slice(14)} from 15)::uuid else ${id}::uuid end,
          ${organizationId}, ${given.kind ?? 'workflow'}, 'sync', ${given.status ?? 'failed'}, 1000,
          '{"type":"api_key","id":"x","name":"x"}', ${given.retryOf ?? null}, '{"type":"Error","message":"It broke","details":{}}')`),
    )
    return id
  }
  const attention = async (send = api.send) => (await send('GET', '/attention')).body
  const setSecret = (body: Record<string, unknown>) => api.send('POST', '/secrets', { key: 'halo_api_key', value: 'v', ...body })
  const map = (orgId: string, id: string) =>
    api.send('POST', `/organizations/${orgId}/integrations`, { integration_name: 'halo', external_org_id: id })
  return { ...api, acme, globex, fail, attention, setSecret, map }
}

test('where nothing needs attention, everything is zero', async () => {
  await using api = await givenTwo()
  await api.setSecret({ scope: 'global' })
  assert.deepEqual(await api.attention(), {
    failing_test: 0,
    needs_repair: 0,
    gone: 0,
    renamed: 0,
    never_tested: 0,
    missing_credentials: [],
    failed_executions: { count: 0, newest: [] },
    failed_discoveries: [],
    expiring_secrets: [],
    approvals: { for_you: 0, undecidable: [] },
    counted_to: 10_000,
  })
})

test('the mappings that need attention are counted', async () => {
  await using api = await givenTwo()
  const { db, acme, globex, map, attention, as } = api
  const failing = (await map(acme.id, '1')).body.id
  await map(globex.id, '2')
  await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query(sql`update organization_mappings set last_tested_at = now(), last_test_success = false where id = ${failing}`),
  )
  const all = await attention()
  assert.deepEqual([all.failing_test, all.never_tested, all.gone, all.renamed], [1, 1, 0, 0])
  const limited = await attention(as(principalFor([globex], 'canManageConfig')))
  assert.deepEqual([limited.failing_test, limited.never_tested], [0, 1])
})

test('a workflow that failed in the last day counts until it is tried again', async () => {
  await using api = await givenTwo()
  const { acme, fail, attention } = api
  await fail(acme.id, { hoursAgo: 25 })
  await fail(acme.id, { kind: 'connection_test' })
  await fail(acme.id, { status: 'cancelled' })
  const timedOut = await fail(acme.id, { status: 'timeout' })
  const failed = await fail(acme.id)
  const { failed_executions: found } = await attention()
  assert.equal(found.count, 2)
  assert.deepEqual(
    found.newest.map(({ execution_id, error }: { execution_id: string; error: { message: string } }) => [execution_id, error.message]),
    [
      [failed, 'It broke'],
      [timedOut, 'It broke'],
    ],
  )
  await fail(acme.id, { status: 'success', retryOf: failed })
  const retry = await fail(acme.id, { retryOf: timedOut })
  const { failed_executions: left } = await attention()
  assert.deepEqual([left.count, left.newest[0].execution_id], [1, retry])
})

test('as many workflows are counted as the list of them has', async () => {
  await using api = await givenTwo()
  const { acme, globex, fail, attention, send, as } = api
  await fail(acme.id, { hoursAgo: 25 })
  await fail(acme.id, { kind: 'connection_test' })
  await fail(acme.id, { status: 'cancelled' })
  const tried = await fail(acme.id)
  await fail(acme.id, { status: 'success', retryOf: tried })
  await fail(acme.id, { status: 'timeout' })
  await fail(globex.id)
  const since = new Date(Date.now() - 24 * 3_600_000).toISOString()
  const listed = async (query: string, sender = send) => (await sender('GET', `/executions?attention=failed${query}`)).body.count
  assert.equal((await attention()).failed_executions.count, 2)
  assert.deepEqual([await listed(`&since=${since}`), await listed('')], [2, 3])
  assert.deepEqual([await listed('&status=timeout'), await listed(`&org_id=${globex.id}`), await listed('&limit=1')], [1, 1, 1])
  const limited = as(principalFor([globex], 'canManageConfig', 'canViewHistory'))
  assert.deepEqual([(await attention(limited)).failed_executions.count, await listed('', limited)], [1, 1])
  await send('DELETE', `/organizations/${acme.id}`)
  assert.deepEqual([(await attention()).failed_executions.count, await listed(`&since=${since}`)], [1, 1])
  assert.equal((await send('GET', '/executions?attention=nothing')).status, 400)
})

test('an integration whose newest discovery with the global credentials failed needs attention until one succeeds', async () => {
  await using api = await givenTwo()
  const { db, acme, attention, as } = api
  const ran = (name: string, error: { type: string; message: string; details: object } | null, organizationId: string | null = null) =>
    inScope(db, 'allOrganizations', (transaction) =>
      transaction.query(sql`
        insert into discovery_runs (id, integration_name, organization_id, execution_id, ended_at, is_success, error)
        values (${newId()}, ${name}, ${organizationId}, ${newId()}, now(), ${error === null}, ${error && JSON.stringify(error)})`),
    )
  const refused = { type: 'HttpError', message: 'The vendor answered 401.', details: { status: 401 } }
  const found = async (send = api.send) => (await attention(send)).failed_discoveries
  await ran('halo', null)
  await ran('halo', refused, acme.id)
  await ran('no_more', refused)
  assert.deepEqual(await found(), [])
  await ran('halo', refused)
  await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query(sql`insert into discovery_runs (id, integration_name, execution_id) values (${newId()}, 'halo', ${newId()})`),
  )
  const [failure, ...others] = await found()
  assert.deepEqual(others, [])
  const { execution_id, failed_at, ...told } = failure
  assert.deepEqual(
    [told.integration_name, told.display_name, told.error, told.failure_kind, typeof told.guidance, typeof execution_id, typeof failed_at],
    ['halo', 'HALO', { type: 'HttpError', message: 'The vendor answered 401.' }, 'credentials', 'string', 'string', 'string'],
  )
  assert.deepEqual(await found(as(principalFor([acme], 'canManageConfig'))), [], 'it names the customers of all')
  await ran('halo', null)
  assert.deepEqual(await found(), [])
})

test('failures of other organizations, and of deactivated ones, are not counted; without canViewHistory none are told', async () => {
  await using api = await givenTwo()
  const { acme, globex, fail, attention, as, send } = api
  await fail(acme.id)
  const own = await fail(globex.id)
  const limited = await attention(as(principalFor([globex], 'canManageConfig', 'canViewHistory')))
  assert.deepEqual([limited.failed_executions.count, limited.failed_executions.newest[0].execution_id], [1, own])
  assert.equal((await attention(as(principalFor([globex], 'canManageConfig')))).failed_executions, null)
  await send('DELETE', `/organizations/${acme.id}`)
  assert.equal((await attention()).failed_executions.count, 1)
})

test('a required key is missing while an organization that needs the global value has none of its own', async () => {
  await using api = await givenTwo()
  const { acme, globex, map, attention, setSecret, as, send } = api
  const missing = { kind: 'secret', key: 'halo_api_key', label: 'API key' }
  const expected = [{ integration_name: 'halo', display_name: 'HALO', missing: [missing] }]
  const found = async (sender = send) => (await attention(sender)).missing_credentials
  const limited = as(principalFor([globex], 'canManageConfig'))
  assert.deepEqual(await found(), expected, 'nobody is mapped yet')
  assert.deepEqual(await found(limited), [], 'which is not the business of those who see some organizations')
  await map(acme.id, '1')
  await map(globex.id, '2')
  await setSecret({ scope: 'organization', org_id: acme.id })
  assert.deepEqual(await found(), expected)
  assert.deepEqual(await found(limited), expected)
  await setSecret({ scope: 'organization', org_id: globex.id })
  assert.deepEqual(await found(), [], 'each has its own')
  await send('DELETE', `/secrets/halo_api_key?scope=organization&org_id=${globex.id}`)
  assert.deepEqual(await found(), expected)
  await send('DELETE', `/organizations/${globex.id}`)
  assert.deepEqual(await found(), [], 'a deactivated organization needs nothing')
  await send('PATCH', `/organizations/${globex.id}`, { is_active: true })
  await setSecret({ scope: 'global' })
  assert.deepEqual(await found(), [])
})

test('an integration that came along is waited for only when an organization is mapped to it', async () => {
  await using api = await givenTwo()
  await givenPublished(api.db, { ...integrationDefinition('halo'), file: '@crosswalk/integrations/halo/halo.ts' })
  assert.deepEqual((await api.attention()).missing_credentials, [])
  await api.map(api.acme.id, '1')
  assert.equal((await api.attention()).missing_credentials.length, 1)
})

test('attention is closed without a principal and without the permission', async () => {
  await using api = await givenTwo()
  const { as, acme } = api
  assert.equal((await as(undefined)('GET', '/attention')).status, 401)
  for (const permissions of [['canManageUsers'], ['canSubmitForms', 'canSeeResults'], ['canViewAudit', 'canViewCatalogue']] as const) {
    const { status, body } = await as(principalFor([acme], ...permissions))('GET', '/attention')
    assert.deepEqual([status, body.error, body.details.permission], [403, 'forbidden', 'canViewMappings'])
  }
})

test('each entry is shown by the permission that it needs itself, and the others say nothing', async () => {
  await using api = await givenTwo()
  const { acme, globex, fail, attention, map, setSecret, as } = api
  await map(acme.id, '1')
  await map(globex.id, '2')
  await fail(acme.id)
  await fail(globex.id)
  const soon = new Date(Date.now() + 86_400_000).toISOString()
  await setSecret({ key: 'token', scope: 'organization', org_id: acme.id, expires_at: soon })
  await setSecret({ key: 'token', scope: 'organization', org_id: globex.id, expires_at: soon })
  const nothing = {
    failing_test: null,
    needs_repair: null,
    gone: null,
    renamed: null,
    never_tested: null,
    missing_credentials: [],
    failed_executions: null,
    failed_discoveries: [],
    expiring_secrets: [],
    approvals: null,
    counted_to: 10_000,
  }
  const ofHistory = await attention(as(principalFor([acme], 'canViewHistory')))
  const { failed_executions: failed, ...restOfHistory } = ofHistory
  assert.deepEqual([failed.count, failed.newest.length, { ...restOfHistory, failed_executions: null }], [1, 1, nothing])
  const ofSecrets = await attention(as(principalFor([acme], 'canManageSecrets')))
  assert.deepEqual(
    ofSecrets.expiring_secrets.map(({ key, org_id }: { key: string; org_id: string }) => [key, org_id]),
    [['token', acme.id]],
  )
  assert.deepEqual({ ...ofSecrets, expiring_secrets: [] }, nothing)
  assert.deepEqual(await attention(as(principalFor([acme], 'canApprove'))), { ...nothing, approvals: { for_you: 0, undecidable: [] } })
  const ofMappings = await attention(as(principalFor([acme], 'canViewMappings')))
  assert.deepEqual([ofMappings.never_tested, ofMappings.missing_credentials.length], [1, 1])
  assert.deepEqual([ofMappings.failed_executions, ofMappings.expiring_secrets], [null, []])
})
