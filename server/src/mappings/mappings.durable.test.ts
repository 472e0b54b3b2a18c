import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Mask } from '@crosswalk/sdk/masking'
import { givenApi, givenPublished, integrationDefinition } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { givenKey } from '../../testing/given-keys.ts'
import { testLogger } from '../../testing/test-app.ts'
import { systemActing } from '../audit/audit.ts'
import { switchIntegration } from '../definitions/switched-off.ts'
import { findExecution } from '../engine/state/executions.queries.ts'
import { type Execution, executionOf, submitAlone } from '../engine/state/executions.ts'
import { nothingSeen, type RequestContext } from '../engine/state/requests.ts'
import { deactivateOrganization } from '../organizations/organizations.ts'
import { readInScope, sql } from '../platform/database/database.ts'
import type { DomainError } from '../platform/errors.ts'
import { mappingRequests } from './mappings.durable.ts'
import { createMapping, deleteMapping, updateMapping } from './mappings.ts'
import type { AuthorMapping } from './resolution/mapping-resolution.ts'

/** What an execution of one organization may ask. */
async function givenExecution() {
  const app = await givenApi()
  const { db } = app
  const dataSchema = { type: 'object', properties: { tier: { type: 'string' } } }
  await givenPublished(db, integrationDefinition('halo', { mappingDataSchema: dataSchema }), integrationDefinition('ninja'))
  const [acme, globex] = [await givenOrganization(db, 'Acme'), await givenOrganization(db, 'Globex')]
  const { id } = await submitAlone(db, {
    organizationId: acme.id,
    kind: 'workflow',
    name: 'sync_users',
    input: {},
    timeoutMs: 1_000,
    acting: systemActing,
    isInteractive: true,
  })
  const execution = executionOf((await findExecution(db, { organizationId: acme.id }, id)) as never) as Execution
  const known = new Mask()
  const context: RequestContext = {
    ...{ db, logger: testLogger, execution },
    seen: nothingSeen(),
    mask: (value) => known.add(value),
    holdsSecret: (value) => known.isSurelyIn(value),
    mayHoldSecret: (json) => known.mayBeInJson(json),
    withoutSecrets: (value) => known.data(value),
    signal: new AbortController().signal,
    restMs: () => 1_000,
    progress() {},
  }
  const ask = async (name: string, args: unknown) => mappingRequests.find((request) => request.name === name)?.handle(context, args)
  const failure = (name: string, args: unknown) =>
    ask(name, args).then(
      () => assert.fail('It should have failed.'),
      (error: DomainError) => error,
    )
  return {
    ...app,
    acme,
    globex,
    execution,
    context,
    ask,
    failure,
    map: (externalOrgId: string) => createMapping(db, systemActing, acme.id, { integrationName: 'halo', externalOrgId }),
  }
}

test('the only active mapping is given without being named', async () => {
  await using given = await givenExecution()
  const { id } = await given.map('42')
  const gone = await given.map('43')
  await deleteMapping(given.db, systemActing, given.acme.id, gone.id)
  const mapping = { id, integrationName: 'halo', externalOrgId: '42', externalOrgName: '42', mappingData: {}, isActive: true }
  assert.deepEqual(await given.ask('getIntegrationMapping', { name: 'halo' }), mapping)
  assert.deepEqual(await given.ask('getIntegrationMapping', { name: 'halo', mappingId: id }), mapping)
  assert.deepEqual(await given.ask('getOrgMappings', { name: 'halo' }), [mapping])
  assert.deepEqual(await given.ask('getOrgMappings', { name: 'ninja' }), [])
})

test('of an integration that is switched off there is no mapping, and so no client, until it is on again', async () => {
  await using given = await givenExecution()
  await given.map('42')
  await givenPublished(given.db, integrationDefinition('halo', { file: '@crosswalk/integrations/halo/halo.ts' }))
  await switchIntegration(given.db, systemActing, 'halo', false)
  for (const request of ['getIntegrationMapping', 'getOrgMappings'])
    assert.equal((await given.failure(request, { name: 'halo' })).code, 'integration_switched_off')
  await switchIntegration(given.db, systemActing, 'halo', true)
  assert.equal(((await given.ask('getIntegrationMapping', { name: 'halo' })) as AuthorMapping).externalOrgId, '42')
})

test('without a mapping there is an error that says for whom and how to add one', async () => {
  await using given = await givenExecution()
  const { id } = await given.map('42')
  await createMapping(given.db, systemActing, given.globex.id, { integrationName: 'ninja', externalOrgId: '1' })
  const other = await given.failure('getIntegrationMapping', { name: 'ninja' })
  assert.equal(other.code, 'mapping_not_found')
  assert.match(other.message, /The organization 'Acme' has no active mapping for the integration 'ninja'. Add one under/)
  for (const args of [
    { name: 'halo', mappingId: 'mapping_001' },
    { name: 'halo', mappingId: given.acme.id },
    { name: 'ninja', mappingId: id },
  ]) {
    assert.equal((await given.failure('getIntegrationMapping', args)).code, 'mapping_not_found')
  }
})

test('a mapping that holds a secret which the execution has read is refused, in whatever form, and leaves no audit event', async () => {
  await using given = await givenExecution()
  given.context.mask('hunter2-and-more')
  given.context.mask('4711')
  for (const args of [
    { externalOrgId: 'x-hunter2-and-more' },
    { externalOrgId: '1', externalOrgName: Buffer.from('me:hunter2-and-more').toString('base64') },
    { externalOrgId: '1', mappingData: { tier: encodeURIComponent('hunter2-and-more') } },
    { externalOrgId: '1', mappingData: { 'hunter2-and-more': 1 } },
    { externalOrgId: '1', mappingData: { tier: '4711' } },
  ]) {
    const error = await given.failure('setIntegrationMapping', { integrationName: 'halo', ...args })
    assert.equal(error.code, 'mapping_holds_secret')
    assert.ok(!JSON.stringify([error.message, error.details]).includes('hunter2'))
  }
  const events = await readInScope(given.db, 'allOrganizations', sql`select from audit_events where action like 'integration_mapping.%'`)
  assert.equal(events.length, 0)
  // Four digits are in many an id by chance.
  assert.equal(
    ((await given.ask('setIntegrationMapping', { integrationName: 'halo', externalOrgId: '1471134' })) as AuthorMapping).externalOrgId,
    '1471134',
  )
})

test('several mappings have to be told apart by their ids', async () => {
  await using given = await givenExecution()
  const ids = [(await given.map('1')).id, (await given.map('2')).id, (await given.map('3')).id]
  const error = await given.failure('getIntegrationMapping', { name: 'halo' })
  assert.deepEqual([error.code, error.details.mapping_ids], ['multiple_mappings', ids])
  assert.equal(((await given.ask('getIntegrationMapping', { name: 'halo', mappingId: ids[1] })) as AuthorMapping).externalOrgId, '2')
  assert.deepEqual(
    ((await given.ask('getOrgMappings', { name: 'halo' })) as AuthorMapping[]).map(({ id }) => id),
    ids,
  )
})

test('an integration that nobody published is named with the ones that are', async () => {
  await using given = await givenExecution()
  for (const name of ['acme', 'x\0', 'HALO']) {
    const error = await given.failure('getIntegrationMapping', { name })
    assert.deepEqual([error.code, error.details.available], ['integration_not_found', ['halo', 'ninja']])
    assert.equal(
      (await given.failure('setIntegrationMapping', { integrationName: 'acme', externalOrgId: '1' })).code,
      'integration_not_found',
    )
  }
})

test('an organization that is deactivated meanwhile gives no mapping any more', async () => {
  await using given = await givenExecution()
  await given.map('42')
  await deactivateOrganization(given.db, systemActing, given.acme.id)
  for (const [name, args] of [
    ['getIntegrationMapping', { name: 'halo' }],
    ['setIntegrationMapping', { integrationName: 'halo', externalOrgId: '1' }],
  ] as const) {
    assert.equal((await given.failure(name, args)).code, 'organization_inactive')
  }
})

test('setting creates the first mapping, updates the only one, and repeats without harm', async () => {
  await using given = await givenExecution()
  const draft = { integrationName: 'halo', externalOrgId: '42', externalOrgName: 'Acme Ltd', mappingData: { tier: 'a' } }
  const first = (await given.ask('setIntegrationMapping', draft)) as AuthorMapping
  assert.deepEqual(await given.ask('setIntegrationMapping', draft), first)
  const moved = (await given.ask('setIntegrationMapping', { integrationName: 'halo', externalOrgId: '43' })) as AuthorMapping
  assert.deepEqual(moved, { ...first, externalOrgId: '43', externalOrgName: '43' })
  const actors = await readInScope(
    given.db,
    { organizationId: given.acme.id },
    sql`
    select action, actor_type, actor_id, actor_name from audit_events where action like 'integration_mapping.%' order by id`,
  )
  const actor = { actor_type: 'execution', actor_id: given.execution.id, actor_name: 'sync_users' }
  assert.deepEqual(actors, [
    { action: 'integration_mapping.created', ...actor },
    { action: 'integration_mapping.updated', ...actor },
  ])
})

test('with several mappings, setting without an id adds one, and with an id changes and revives that one', async () => {
  await using given = await givenExecution()
  const [one, two] = [await given.map('1'), await given.map('2')]
  const three = (await given.ask('setIntegrationMapping', { integrationName: 'halo', externalOrgId: '3' })) as AuthorMapping
  assert.ok(![one.id, two.id].includes(three.id))
  assert.deepEqual(await given.ask('setIntegrationMapping', { integrationName: 'halo', externalOrgId: '3' }), three)
  await given.ask('deleteIntegrationMapping', { name: 'halo', mappingId: two.id })
  const revived = (await given.ask('setIntegrationMapping', {
    integrationName: 'halo',
    externalOrgId: '22',
    mappingId: two.id,
  })) as AuthorMapping
  assert.deepEqual([revived.id, revived.externalOrgId, revived.isActive], [two.id, '22', true])
  const taken = await given.failure('setIntegrationMapping', { integrationName: 'halo', externalOrgId: '1', mappingId: two.id })
  assert.deepEqual([taken.code, taken.details.mapping_id], ['mapping_exists', one.id])
  assert.equal(
    (await given.failure('setIntegrationMapping', { integrationName: 'halo', externalOrgId: '9', mappingId: 'nothing' })).code,
    'mapping_not_found',
  )
  assert.equal(
    (await given.failure('setIntegrationMapping', { integrationName: 'ninja', externalOrgId: '9', mappingId: one.id })).code,
    'mapping_not_found',
  )
})

test('two executions that set at once agree on one mapping', async () => {
  await using given = await givenExecution()
  const set = (externalOrgId: string) =>
    given.ask('setIntegrationMapping', { integrationName: 'halo', externalOrgId }) as Promise<AuthorMapping>
  const ids = await Promise.all(Array.from({ length: 10 }, (_, index) => set(`${index}`).then(({ id }) => id)))
  assert.equal(new Set(ids).size, 1)
})

test('what author code sets is held to the rules of the API', async () => {
  await using given = await givenExecution()
  const bad: [Record<string, unknown>, string][] = [
    [{ externalOrgId: '' }, 'external_org_id'],
    [{ externalOrgId: 42 }, 'external_org_id'],
    [{ externalOrgId: '   ' }, 'external_org_id'],
    [{ externalOrgId: 2 ** 53 + 2 }, 'external_org_id'],
    [{ externalOrgId: '1', mappingData: { at: Number.NaN } }, 'mapping_data'],
    [{ externalOrgId: '1', mappingData: { list: [undefined] } }, 'mapping_data'],
    [{ externalOrgId: '1', externalOrgName: 'x'.repeat(201) }, 'external_org_name'],
    [{ externalOrgId: '1', mappingData: { tier: 5 } }, 'mapping_data.tier'],
    [{ externalOrgId: '1', mappingData: { note: 'x'.repeat(33_000) } }, 'mapping_data'],
    [{ externalOrgId: '1', mappingData: 'text' }, 'mapping_data'],
  ]
  for (const [draft, field] of bad) {
    const error = await given.failure('setIntegrationMapping', { integrationName: 'halo', ...draft })
    assert.deepEqual([error.code, Object.keys(error.details)], ['validation_failed', [field]])
  }
})

test('deleting deactivates, repeats without harm, and reaches no other organization', async () => {
  await using given = await givenExecution()
  const { id } = await given.map('42')
  const foreign = await createMapping(given.db, systemActing, given.globex.id, { integrationName: 'halo', externalOrgId: '1' })
  for (let time = 0; time < 2; time++) assert.equal(await given.ask('deleteIntegrationMapping', { name: 'halo', mappingId: id }), null)
  for (const mappingId of [foreign.id, 'nothing'])
    assert.equal((await given.failure('deleteIntegrationMapping', { name: 'halo', mappingId })).code, 'mapping_not_found')
  assert.equal((await given.failure('deleteIntegrationMapping', { name: 'ninja', mappingId: id })).code, 'mapping_not_found')
})

test('author code changes mappings as far as the caller of its execution may at that moment', async () => {
  await using given = await givenExecution()
  const { id } = await given.map('42')
  const set = { integrationName: 'halo', externalOrgId: '42' }
  const mayNot = async (caller: Execution['caller']) => {
    given.context.execution.caller = caller
    for (const [name, args] of [
      ['setIntegrationMapping', set],
      ['deleteIntegrationMapping', { name: 'halo', mappingId: id }],
    ] as const) {
      const error = await given.failure(name, args)
      assert.deepEqual([error.code, error.details.permission], ['forbidden', 'canManageMappings'], name)
    }
  }
  const here = { organizations: [given.acme.id] }
  await mayNot((await givenKey(given.db, { role: 'viewer', reach: { all: true } })).actor)
  await mayNot((await givenKey(given.db, { role: 'technician', reach: { organizations: [given.globex.id] } })).actor)
  await mayNot({ type: 'person', id: 'nobody', name: 'Nobody' })
  await mayNot({ type: 'api_key', id: 'nothing', name: 'Nothing' })
  const technician = await givenKey(given.db, { role: 'technician', reach: here })
  given.context.execution.caller = technician.actor
  assert.equal(((await given.ask('setIntegrationMapping', set)) as AuthorMapping).id, id)
  await technician.revoke()
  await mayNot(technician.actor)
  assert.equal(
    ((await given.ask('getIntegrationMapping', { name: 'halo' })) as AuthorMapping).id,
    id,
    'what it reads is its organization’s',
  )
})

test('what a workflow finds to repair is kept on the mapping until the next report, or a change of the mapping', async () => {
  await using given = await givenExecution()
  const { id } = await given.map('42')
  const repairUrl = 'https://login.example/consent'
  const found = [
    { problem: 'Nobody has consented.', remedy: 'Open the link.', repairUrl, code: 'AADSTS65001' },
    { problem: 'It ends.', dueAt: '2026-12-24T00:00:00Z' },
  ]
  const listed = async () => (await given.send('GET', '/mappings?attention=needs_repair')).body.mappings
  await given.ask('reportMappingHealth', { mappingId: id, problems: found })
  const [mapping] = await listed()
  assert.deepEqual(mapping.problems, [
    { problem: 'Nobody has consented.', remedy: 'Open the link.', repair_url: repairUrl, code: 'AADSTS65001', due_at: null },
    { problem: 'It ends.', remedy: null, repair_url: null, code: null, due_at: '2026-12-24T00:00:00Z' },
  ])
  assert.equal((await given.send('GET', '/attention')).body.needs_repair, 1)
  await given.ask('reportMappingHealth', { mappingId: id, problems: found.slice(1) })
  const [later] = await listed()
  assert.deepEqual([later.problems.length, later.needs_repair_since], [1, mapping.needs_repair_since], 'it is as old as the first report')
  await given.ask('reportMappingHealth', { mappingId: id, problems: [] })
  assert.deepEqual(await listed(), [])
  await given.ask('reportMappingHealth', { mappingId: id, problems: found })
  await updateMapping(given.db, systemActing, given.acme.id, id, { externalOrgId: '43' })
  assert.deepEqual(await listed(), [])
  // A runner that author code has taken over may say anything.
  for (const wrong of [{ repairUrl: 'javascript:alert(1)' }, { dueAt: 'no time at all' }])
    await assert.rejects(async () => given.ask('reportMappingHealth', { mappingId: id, problems: [{ problem: 'x', ...wrong }] }))
  const other = await createMapping(given.db, systemActing, given.globex.id, { integrationName: 'halo', externalOrgId: '44' })
  for (const mappingId of [other.id, 'nonsense']) {
    assert.equal((await given.failure('reportMappingHealth', { mappingId, problems: [] })).code, 'mapping_not_found')
  }
})
