import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dataProviderDefinition, failed, givenApi, givenWorker, principalFor, succeeded } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { systemActing } from '../audit/audit.ts'
import { publishDefinitions } from '../definitions/definitions.ts'
import type { Outcome } from '../engine/state/requests.ts'
import { deactivateOrganization } from '../organizations/organizations.ts'
import { inScope, readInScope, sql } from '../platform/database/database.ts'
import { dataProviderEnd } from './data-providers.durable.ts'

const parametersSchema = { type: 'object', properties: { integration: { type: 'string' } } }
const options = [
  { label: 'Acme Ltd (42)', value: 'm-1' },
  { label: 'Five', value: 5, metadata: { tier: 'a' } },
]

async function givenProviders(work: () => Outcome = () => succeeded(options)) {
  const api = await givenApi()
  await publishDefinitions(api.db, {
    definitions: [
      dataProviderDefinition('kept', { parametersSchema, cacheSeconds: 60, description: 'Tenants.' }),
      dataProviderDefinition('fresh'),
    ],
    problems: [{ kind: 'data_provider', file: 'data-providers/broken.ts', reason: 'It does not load.' }],
    codeVersion: 'v1',
  })
  const [acme, globex] = [await givenOrganization(api.db, 'Acme'), await givenOrganization(api.db, 'Globex')]
  const worker = givenWorker(api, [dataProviderEnd], work)
  const ask = (name: string, body: unknown = {}, organizationId: string = acme.id) =>
    api.send('POST', `/data-providers/${name}/options`, body, { 'x-organization-id': organizationId })
  return { ...api, acme, globex, worker, ask }
}

test('data providers are listed with their schemas, and with the files that failed to load', async () => {
  await using given = await givenProviders()
  const { status, body } = await given.send('GET', '/data-providers')
  assert.deepEqual([status, body.count, body.problems], [200, 2, [{ file: 'data-providers/broken.ts', reason: 'It does not load.' }]])
  assert.deepEqual(body.data_providers[1], {
    name: 'kept',
    description: 'Tenants.',
    category: 'Tests',
    parameters_schema: parametersSchema,
    cache_seconds: 60,
    timeout_ms: 10_000,
    file: 'data-providers/kept.ts',
  })
})

test('options are what the provider returned, and kept for as long as it says', async () => {
  await using given = await givenProviders()
  const first = await given.ask('kept', { parameters: { integration: 'halo' } })
  assert.deepEqual([first.status, first.body.options, first.body.cached], [200, options, false])
  const second = await given.ask('kept', { parameters: { integration: 'halo' } })
  assert.deepEqual([second.body.options, second.body.cached], [options, true])
  assert.ok(Date.parse(second.body.cached_at) > 0)
  assert.deepEqual(
    given.worker.taken.map(({ kind, name, input }) => [kind, name, input]),
    [['data_provider', 'kept', { parameters: { integration: 'halo' } }]],
  )
  await given.ask('kept', { parameters: { integration: 'ninja' } })
  await given.ask('kept', { parameters: { integration: 'halo' } }, given.globex.id)
  assert.equal(given.worker.taken.length, 3, 'other parameters and other organizations have options of their own')
  for (let time = 0; time < 2; time++) assert.deepEqual((await given.ask('fresh')).body, { options, cached: false, cached_at: null })
  assert.equal(given.worker.taken.length, 5)
  const asked = await readInScope<{ count: number }>(
    given.db,
    'allOrganizations',
    sql`select count(distinct target ->> 'execution_id')::integer as count from audit_events where action = 'data_provider.asked'`,
  )
  assert.deepEqual(asked, [{ count: 5 }], 'each asking is audited, and what was kept is none')
})

test('options that have expired are asked for again, and removed', async () => {
  await using given = await givenProviders()
  for (const integration of ['halo', 'ninja']) await given.ask('kept', { parameters: { integration } })
  await inScope(given.db, { organizationId: given.acme.id }, (transaction) =>
    transaction.query(sql`update data_provider_cache set expires_at = now() - interval '1 second'`),
  )
  assert.equal((await given.ask('kept', { parameters: { integration: 'halo' } })).body.cached, false)
  assert.equal((await readInScope(given.db, { organizationId: given.acme.id }, sql`select 1 from data_provider_cache`)).length, 1)
})

const failures: [string, Outcome, RegExp][] = [
  ['threw', failed('No tenants.'), /No tenants\./],
  [
    'took too long',
    { status: 'timeout', result: null, error: { type: 'TimeoutError', message: 'The execution took longer than its limit.', details: {} } },
    /longer than its limit/,
  ],
  ['was cancelled', { status: 'cancelled', result: null, error: null }, /ended as cancelled/],
  ['returned no list', succeeded({ options: [] }), /something other than a list/],
  ['returned an option without a label', succeeded([{ value: 1 }]), /something other than a list/],
]

for (const [what, outcome, reason] of failures) {
  test(`a provider that ${what} is answered with 502 and its reason, and nothing is kept`, async () => {
    await using given = await givenProviders(() => outcome)
    const { status, body } = await given.ask('kept')
    assert.deepEqual([status, body.error, body.details.execution_id], [502, 'data_provider_failed', given.worker.taken[0]?.id])
    assert.match(body.details.reason, reason)
    assert.equal((await readInScope(given.db, { organizationId: given.acme.id }, sql`select 1 from data_provider_cache`)).length, 0)
  })
}

test('kept options of one organization are out of reach for every other', async () => {
  await using given = await givenProviders()
  await given.ask('kept')
  const scope = { organizationId: given.globex.id }
  assert.deepEqual(await readInScope(given.db, scope, sql`select 1 from data_provider_cache`), [])
  for (const statement of [sql`update data_provider_cache set options = '[]'`, sql`delete from data_provider_cache`])
    await inScope(given.db, scope, (transaction) => transaction.query(statement))
  assert.deepEqual((await given.ask('kept')).body.options, options)
})

test('options are refused without a principal, a permission, an organization or a provider', async () => {
  await using given = await givenProviders()
  const path = '/data-providers/kept/options'
  const header = { 'x-organization-id': given.acme.id }
  const code = async (answer: Promise<{ status: number; body: { error: string } }>) => [(await answer).status, (await answer).body.error]
  assert.deepEqual(await code(given.as(undefined)('POST', path, {}, header)), [401, 'unauthenticated'])
  assert.deepEqual(await code(given.as(undefined)('GET', '/data-providers')), [401, 'unauthenticated'])
  assert.deepEqual(await code(given.as(principalFor([given.acme], 'canManageConfig'))('POST', path, {}, header)), [403, 'forbidden'])
  assert.deepEqual(await code(given.as(principalFor([given.globex], 'canExecuteWorkflows'))('POST', path, {}, header)), [
    404,
    'organization_not_found',
  ])
  assert.deepEqual(await code(given.ask('nothing')), [404, 'data_provider_not_found'])
  assert.deepEqual(await code(given.send('POST', path, {})), [400, 'validation_failed'])
  for (const body of [
    [],
    'x',
    { parameters: 5 },
    { parameters: { integration: 5 } },
    { parameters: { integration: '\0' } },
    { extra: 1 },
  ]) {
    assert.deepEqual((await given.ask('kept', body)).status, 400, JSON.stringify(body))
  }
  await deactivateOrganization(given.db, systemActing, given.acme.id)
  assert.deepEqual(await code(given.ask('kept')), [409, 'organization_inactive'])
})
