import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { givenPublished, integrationDefinition, workflowDefinition } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { givenKey } from '../../testing/given-keys.ts'
import { createTestApp, type TestApp, testAdminKey } from '../../testing/test-app.ts'
import { installationAuthentication } from './authentication.ts'
import { requireCallerMay } from './callers.ts'
import type { Permission } from './permissions.ts'
import { asFor, type Principal, permissionsOf, principalOf, scopeOf } from './principal.ts'

let api: TestApp
let acme: string
let globex: string
let runner: { key: string; id: string }
let mapper: { key: string; id: string }

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any
const send = async (key: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object, org?: string) => {
  const answer = await api.app.inject({
    method,
    url: `/api${path}`,
    headers: { authorization: `Bearer ${key}`, ...(org ? { 'x-organization-id': org } : {}) },
    ...(body ? { payload: body } : {}),
  })
  return { status: answer.statusCode, body: (answer.body === '' ? null : answer.json()) as Body }
}
const run = (key: string, workflow: string, org = acme) => send(key, 'POST', '/workflows/execute?wait=0', { workflow_name: workflow }, org)

before(async () => {
  api = await createTestApp({
    authenticateWith: (given) =>
      installationAuthentication({ ...given, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  await givenPublished(
    api.db,
    workflowDefinition('nightly'),
    workflowDefinition('offboard'),
    integrationDefinition('halo'),
    integrationDefinition('ninja'),
  )
  acme = (await givenOrganization(api.db, 'Acme')).id
  globex = (await givenOrganization(api.db, 'Globex')).id
  runner = await givenKey(api.db, { role: 'engineer', reach: { all: true }, workflows: ['nightly'] })
  mapper = await givenKey(api.db, { role: 'technician', reach: { organizations: [acme] }, integrations: ['halo'] })
})
after(() => api[Symbol.asyncDispose]())

test('who may run one workflow runs it, for one and for many, and no other', async () => {
  assert.equal((await run(runner.key, 'nightly')).status, 202)
  const refused = await run(runner.key, 'offboard')
  assert.deepEqual([refused.status, refused.body.error, refused.body.details.workflow], [403, 'forbidden', 'offboard'])
  const batch = await send(runner.key, 'POST', '/workflows/execute', { workflow_name: 'nightly', organizations: 'all' })
  assert.equal(batch.status, 202)
  assert.equal((await send(runner.key, 'GET', `/batches/${batch.body.batch_id}`)).status, 200)
  const many = await send(runner.key, 'POST', '/workflows/execute', { workflow_name: 'offboard', organizations: 'all' })
  assert.equal(many.status, 403)
  const others = await send(testAdminKey, 'POST', '/workflows/execute', { workflow_name: 'offboard', organizations: 'all' })
  assert.equal((await send(runner.key, 'GET', `/batches/${others.body.batch_id}`)).body.error, 'batch_not_found')
  assert.equal((await send(runner.key, 'POST', `/batches/${others.body.batch_id}/cancel`)).body.error, 'batch_not_found')
})

test('of executions they see and steer those of that workflow', async () => {
  const own = (await run(testAdminKey, 'nightly')).body.execution_id
  const other = (await run(testAdminKey, 'offboard')).body.execution_id
  assert.equal((await send(runner.key, 'GET', `/executions/${own}`)).status, 200)
  assert.equal((await send(runner.key, 'GET', `/executions/${own}/logs`)).status, 200)
  assert.equal((await send(runner.key, 'POST', `/executions/${own}/cancel`)).status, 202)
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/logs'],
    ['POST', '/cancel'],
    ['POST', '/retry'],
  ] as const)
    assert.equal((await send(runner.key, method, `/executions/${other}${path}`)).body.error, 'execution_not_found', path)
  const listed = await send(runner.key, 'GET', '/executions')
  assert.deepEqual(new Set(listed.body.executions.map(({ workflow_name: name }: Body) => name)), new Set(['nightly']))
  assert.equal((await send(runner.key, 'GET', '/executions?workflow_name=offboard&kind=workflow')).body.count, 0)
  assert.ok((await send(runner.key, 'GET', `/executions?org_id=${acme}`)).body.count > 0)
})

test('they set the schedule of that workflow, and do nothing else that the role gives', async () => {
  assert.equal((await send(runner.key, 'PUT', '/schedules/nightly', { cron: '0 3 * * *' })).status, 200)
  assert.equal((await send(runner.key, 'PUT', '/schedules/offboard', { cron: '0 3 * * *' })).status, 403)
  for (const path of ['/secrets', '/config', '/audit', '/keys', `/organizations/${acme}/integrations`])
    assert.equal((await send(runner.key, 'GET', path)).status, 403, path)
  const me = await send(runner.key, 'GET', '/me?workflow=nightly')
  assert.ok(me.body.permissions.includes('canRunWorkflows'))
  assert.equal((await send(runner.key, 'GET', '/me?workflow=offboard')).body.permissions.includes('canRunWorkflows'), false)
  assert.deepEqual(me.body.grants, [{ role: 'engineer', reach: { all: true }, workflows: ['nightly'] }])
})

test('of schedules they see that of their workflow, and not what others run with', async () => {
  await send(testAdminKey, 'PUT', '/schedules/offboard', { cron: '0 4 * * *' })
  await send(testAdminKey, 'PUT', '/schedules/nightly', { cron: '0 3 * * *' })
  const { body } = await send(runner.key, 'GET', '/schedules')
  assert.deepEqual(
    body.schedules.map(({ workflow_name: name }: Body) => name),
    ['nightly'],
  )
  assert.equal((await send(runner.key, 'GET', '/schedules?workflow_name=offboard')).body.count, 0)
  assert.equal((await send(runner.key, 'GET', '/schedules/nightly')).status, 200)
  assert.equal((await send(runner.key, 'GET', '/schedules/offboard')).status, 403)
})

test('who may map one integration maps it, within their reach, and no other', async () => {
  const map = (integration: string, org = acme) =>
    send(mapper.key, 'POST', `/organizations/${org}/integrations`, { integration_name: integration, external_org_id: '42' })
  const made = await map('halo')
  assert.equal(made.status, 201)
  assert.equal((await map('ninja')).status, 403)
  assert.equal((await map('halo', globex)).body.error, 'organization_not_found')
  const path = `/organizations/${acme}/integrations`
  const ninja = await send(testAdminKey, 'POST', path, { integration_name: 'ninja', external_org_id: '7' })
  assert.equal((await send(mapper.key, 'GET', `${path}/${made.body.id}`)).status, 200)
  assert.equal((await send(mapper.key, 'DELETE', `${path}/${ninja.body.id}`)).body.error, 'organization_not_found')
  assert.equal((await send(mapper.key, 'GET', `${path}?integration_name=halo`)).body.count, 1)
  assert.equal((await send(mapper.key, 'GET', path)).body.count, 1)
  assert.equal((await send(mapper.key, 'GET', `${path}?integration_name=ninja`)).body.count, 0)
  assert.equal((await send(mapper.key, 'GET', `/organizations/${globex}/integrations`)).status, 404)
  assert.equal((await run(mapper.key, 'nightly')).status, 403)
})

test('author code maps what the one who started it may map', async () => {
  const given = { db: api.db, findTagged: async () => [] }
  const caller = { type: 'api_key' as const, id: mapper.id, name: 'mapper' }
  await requireCallerMay(given, caller, 'canManageMappings', acme, { integration: 'halo' })
  await assert.rejects(requireCallerMay(given, caller, 'canManageMappings', acme, { integration: 'ninja' }), /canManageMappings/)
})

test('nobody gives more than their limit', async () => {
  await send(testAdminKey, 'POST', '/roles', { name: 'key_maker', description: 'x', permissions: ['canManageKeys'] })
  const maker = await send(testAdminKey, 'POST', '/keys', {
    name: 'maker',
    grants: [
      { role: 'key_maker', reach: { all: true } },
      { role: 'technician', reach: { all: true }, workflows: ['nightly', 'offboard'] },
    ],
  })
  const give = (limits: object) =>
    send(maker.body.key, 'POST', '/keys', { name: 'x', grants: [{ role: 'technician', reach: { all: true }, ...limits }] })
  assert.equal((await give({})).status, 403)
  assert.equal((await give({ workflows: ['nightly', 'other'] })).status, 403)
  assert.equal((await give({ integrations: ['halo'] })).status, 403)
  const made = await give({ workflows: ['nightly'] })
  assert.equal(made.status, 201)
  assert.equal((await run(made.body.key, 'nightly')).status, 202)
  assert.equal((await run(made.body.key, 'offboard')).status, 403)
})

test('a limited grant counts for nothing where nobody says what it is about', async () => {
  const role = { name: 'x', permissions: new Set<Permission>(['canExecuteWorkflows', 'canManageConfig']) }
  const limits = { workflows: ['nightly'], integrations: ['halo'] }
  const actor = { type: 'person' as const, id: 'p', name: 'P' }
  const identity = { actor, grants: [{ role, reach: { all: true as const }, limits }] }
  const principal: Principal = await principalOf(async () => [], identity, 'authenticated')
  assert.equal(scopeOf(principal, 'authenticated'), 'allOrganizations')
  for (const permission of permissionsOf(principal)) assert.notEqual(scopeOf(principal, permission), 'allOrganizations', permission)
  assert.equal(scopeOf(asFor(principal, { workflow: 'nightly' }), 'canRunWorkflows'), 'allOrganizations')
  assert.notEqual(scopeOf(asFor(principal, { workflow: 'nightly' }), 'canManageMappings'), 'allOrganizations')
  assert.equal(scopeOf(asFor(principal, { integration: 'halo' }), 'canManageMappings'), 'allOrganizations')
  assert.equal(permissionsOf(principal).includes('canManageSecrets'), false)
})

test('lists and figures that name no workflow or integration have what is theirs', async () => {
  const own = await send(runner.key, 'POST', '/workflows/execute', { workflow_name: 'nightly', organizations: [acme] })
  const others = await send(testAdminKey, 'POST', '/workflows/execute', { workflow_name: 'offboard', organizations: [acme] })
  const listed = new Set((await send(runner.key, 'GET', '/batches')).body.batches.map(({ batch_id: id }: Body) => id))
  assert.deepEqual([listed.has(own.body.batch_id), listed.has(others.body.batch_id)], [true, false])

  await run(testAdminKey, 'offboard')
  await run(testAdminKey, 'nightly')
  const figures = (await send(runner.key, 'GET', '/executions/statistics')).body
  assert.deepEqual(
    figures.workflows.map(({ workflow_name: name }: Body) => name),
    ['nightly'],
  )
  assert.equal(figures.total.runs, figures.workflows[0].runs)

  for (const integration of ['halo', 'ninja'])
    for (const org of [acme, globex])
      await send(testAdminKey, 'POST', `/organizations/${org}/integrations`, {
        integration_name: integration,
        external_org_id: `${integration} of ${org}`,
      })
  const attention = (await send(mapper.key, 'GET', '/attention')).body
  assert.deepEqual(
    attention.missing_credentials.map(({ integration_name: name }: Body) => name),
    ['halo'],
  )
  const mappings = (await send(mapper.key, 'GET', '/mappings?attention=never_tested')).body
  for (const { integration_name: name, org_id: id } of mappings.mappings) assert.deepEqual([name, id], ['halo', acme])
  assert.ok(mappings.total > 0)
  assert.deepEqual([attention.never_tested, mappings.count], [mappings.total, mappings.total])
})
