import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  endExecution,
  failed,
  givenApi,
  givenPublished,
  givenWorker,
  integrationDefinition,
  succeeded,
} from '../../../testing/given-definitions.ts'
import { givenOrganization } from '../../../testing/given-installation.ts'
import { systemActing } from '../../audit/audit.ts'
import type { Execution } from '../../engine/state/executions.ts'
import type { Outcome } from '../../engine/state/requests.ts'
import { deactivateOrganization } from '../../organizations/organizations.ts'
import { readInScope, sql } from '../../platform/database/database.ts'
import { connectionTestEnd } from '../mappings.durable.ts'
import { createMapping, updateMapping } from '../mappings.ts'

async function givenMapping(work: (execution: Execution) => Promise<Outcome> | Outcome) {
  const api = await givenApi()
  await givenPublished(
    api.db,
    integrationDefinition('halo', { displayName: 'HaloPSA' }),
    integrationDefinition('mail', { supportsOrgMapping: false }),
  )
  const acme = await givenOrganization(api.db, 'Acme')
  const mapping = await createMapping(api.db, systemActing, acme.id, {
    integrationName: 'halo',
    externalOrgId: '42',
    externalOrgName: 'Acme Ltd',
    mappingData: { tier: 'a' },
  })
  const worker = givenWorker(api, [connectionTestEnd], work)
  const path = `/organizations/${acme.id}/integrations/${mapping.id}`
  return {
    ...api,
    acme,
    mapping,
    worker,
    path,
    testSaved: () => api.send('POST', `${path}/test`),
    read: async () => (await api.send('GET', path)).body,
  }
}

test('a test that succeeds is answered as the integration answered it, and kept on the mapping', async () => {
  await using given = await givenMapping(() =>
    succeeded({ success: true, message: 'Successfully connected to Acme', details: { org_name: 'Acme' } }),
  )
  const { status, body } = await given.testSaved()
  const [execution] = given.worker.taken
  assert.equal(status, 200)
  assert.deepEqual(body, {
    success: true,
    message: 'Successfully connected to Acme',
    details: { org_name: 'Acme', execution_id: execution?.id },
  })
  assert.deepEqual(execution?.input, {
    mapping: { id: given.mapping.id, external_org_id: '42', external_org_name: 'Acme Ltd', mapping_data: { tier: 'a' } },
  })
  assert.equal(execution?.timeoutMs, 10_000)
  const kept = await given.read()
  assert.deepEqual([kept.last_test_success, kept.last_test_result], [true, 'Successfully connected to Acme'])
  assert.ok(Date.parse(kept.last_tested_at) > 0)
  const [audit] = await readInScope<{ actor_name: string; target: object; changes: object }>(
    given.db,
    { organizationId: given.acme.id },
    sql`
    select actor_name, target, changes from audit_events where action = 'integration_mapping.tested'`,
  )
  assert.equal(audit?.actor_name, 'Administrator key')
  assert.deepEqual(audit?.target, {
    type: 'integration_mapping',
    id: given.mapping.id,
    name: 'Acme Ltd',
    integration_name: 'halo',
    external_org_id: '42',
    execution_id: execution?.id,
  })
  assert.deepEqual(Object.keys(audit?.changes ?? {}).sort(), ['last_test_result', 'last_test_success'])
})

const outcomes: [string, Outcome, RegExp][] = [
  [
    'the integration found the credentials wrong',
    succeeded({ success: false, message: 'API error: 401 Unauthorized', details: { error_type: 'APIError', status_code: 401 } }),
    /^API error: 401 Unauthorized\. HaloPSA did not accept the credentials: check the secret 'API key' \(halo_api_key\)/,
  ],
  [
    'the id is unknown',
    succeeded({ success: false, message: 'API error: 404 Not Found', details: { status_code: 404 } }),
    /does not know this external organization id/,
  ],
  [
    'the integration gives guidance of its own',
    succeeded({ success: false, message: 'No.', details: { status_code: 404, guidance: 'Ask Bob.' } }),
    /^No\. Ask Bob\.$/,
  ],
  [
    'the author’s code threw',
    failed('fetch failed: connect ECONNREFUSED', { code: 'ECONNREFUSED', stack: 'at x' }, 'TypeError'),
    /could not be reached/,
  ],
  ['the author’s code broke', failed('x is not a function', {}, 'TypeError'), /^x is not a function$/],
  [
    'it took too long',
    { status: 'timeout', result: null, error: { type: 'TimeoutError', message: 'The execution took longer than its limit.', details: {} } },
    /did not answer in time/,
  ],
  ['it returned nonsense', succeeded(['nonsense']), /returned no result/],
]

for (const [what, outcome, message] of outcomes) {
  test(`where ${what} the test has failed, with what to do about it`, async () => {
    await using given = await givenMapping(() => outcome)
    const { status, body } = await given.testSaved()
    assert.equal(status, 200)
    assert.equal(body.success, false)
    assert.match(body.message, message)
    assert.equal(body.details.execution_id, given.worker.taken[0]?.id)
    assert.equal(body.details.stack, undefined)
    const kept = await given.read()
    assert.deepEqual([kept.last_test_success, kept.last_test_result], [false, body.message])
  })
}

test('a cancelled test leaves the last result as it was', async () => {
  const outcomes: Outcome[] = [succeeded({ success: true, message: 'Connected.' }), { status: 'cancelled', result: null, error: null }]
  await using given = await givenMapping(() => outcomes.shift() as Outcome)
  await given.testSaved()
  assert.deepEqual((await given.testSaved()).body.message, 'The test was cancelled.')
  assert.equal((await given.read()).last_test_success, true)
})

test('a result is not kept on a mapping that was changed while it was tested', async () => {
  await using given = await givenMapping(async (execution) => {
    await updateMapping(given.db, systemActing, execution.organizationId as string, given.mapping.id, { externalOrgId: '43' })
    return succeeded({ success: true, message: 'Connected.' })
  })
  assert.equal((await given.testSaved()).body.success, true)
  assert.equal((await given.read()).last_tested_at, null)
})

test('a mapping that is not saved yet can be tested, and nothing is kept', async () => {
  await using given = await givenMapping(() => succeeded({ success: true, message: 'Connected.', details: {} }))
  const { status, body } = await given.send('POST', '/integrations/halo/test', {
    org_id: given.acme.id,
    external_org_id: '99',
    mapping_data: { tier: 'b' },
  })
  assert.deepEqual([status, body.success], [200, true])
  assert.deepEqual(given.worker.taken[0]?.input, {
    mapping: { id: null, external_org_id: '99', external_org_name: '99', mapping_data: { tier: 'b' } },
  })
  assert.equal((await given.read()).last_tested_at, null)
})

test('what cannot be tested is refused with its reason', async () => {
  await using given = await givenMapping(() => assert.fail('Nothing should run.'))
  const test = async (name: string, body: object) => {
    const answer = await given.send('POST', `/integrations/${name}/test`, body)
    return [answer.status, answer.body.error]
  }
  const draft = { org_id: given.acme.id, external_org_id: '1' }
  assert.deepEqual(await test('mail', draft), [400, 'mapping_not_supported'])
  assert.deepEqual(await test('nowhere', draft), [404, 'integration_not_found'])
  assert.deepEqual(await test('halo', { ...draft, external_org_id: ' ' }), [400, 'validation_failed'])
  assert.deepEqual(await test('halo', { external_org_id: '1' }), [400, 'validation_failed'])
  await deactivateOrganization(given.db, systemActing, given.acme.id)
  assert.deepEqual(await test('halo', draft), [409, 'organization_inactive'])
  assert.equal((await given.testSaved()).body.error, 'organization_inactive')
})

test('the end of an execution with an input of another form keeps nothing and breaks nothing', async () => {
  await using given = await givenMapping(() => succeeded({ success: true, message: 'Connected.' }))
  await given.testSaved()
  const [execution] = given.worker.taken
  assert.ok(execution)
  await endExecution(given.db, [connectionTestEnd], { ...execution, input: {} }, succeeded({ success: false, message: 'No.' }))
  assert.equal((await given.read()).last_test_success, true)
})
