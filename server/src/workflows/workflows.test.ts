import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failed, givenApi, givenWorker, principalFor, succeeded, workflowDefinition } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { systemActing } from '../audit/audit.ts'
import { publishDefinitions } from '../definitions/definitions.ts'
import { deactivateOrganization } from '../organizations/organizations.ts'
import { readInScope, sql } from '../platform/database/database.ts'

const parametersSchema = {
  type: 'object',
  properties: { tenant: { type: 'string', minLength: 1 }, limit: { type: 'integer' } },
  required: ['tenant'],
}

const hourly = { cron: '0 * * * *', timeZone: 'UTC', organizations: 'all', missed: 'skip' }

async function givenWorkflows() {
  const api = await givenApi()
  await publishDefinitions(api.db, {
    definitions: [
      workflowDefinition('sync_users', {
        description: 'Syncs users.',
        category: 'User Management',
        tags: ['sync'],
        schedule: hourly,
        timeoutMs: 5_000,
      }),
      workflowDefinition('with_parameters', { parametersSchema }),
    ],
    problems: [
      { kind: 'workflow', file: 'workflows/broken.ts', reason: 'It does not load.' },
      { kind: 'integration', file: 'integrations/x.ts', reason: 'No.' },
    ],
    codeVersion: 'v1',
  })
  const [acme, globex] = [await givenOrganization(api.db, 'Acme'), await givenOrganization(api.db, 'Globex')]
  const execute = (body: unknown, query = '', organizationId: string = acme.id) =>
    api.send('POST', `/workflows/execute${query}`, body, { 'x-organization-id': organizationId })
  return { ...api, acme, globex, execute }
}

test('workflows are listed with their schemas, and with the files that failed to load', async () => {
  await using given = await givenWorkflows()
  const { status, body } = await given.send('GET', '/workflows')
  assert.equal(status, 200)
  assert.deepEqual([body.count, body.next_cursor, body.problems], [2, null, [{ file: 'workflows/broken.ts', reason: 'It does not load.' }]])
  const syncUsers = {
    name: 'sync_users',
    display_name: 'sync_users',
    offered_to: null,
    description: 'Syncs users.',
    category: 'User Management',
    tags: ['sync'],
    parameters_schema: { type: 'object' },
    schedule: hourly,
    concurrency: { per_organization: null, total: null },
    deadline_ms: null,
    timeout_ms: 5_000,
    file: 'workflows/sync_users.ts',
  }
  assert.deepEqual(body.workflows[0], syncUsers)
  assert.deepEqual((await given.send('GET', '/workflows/sync_users')).body, syncUsers)
  const missing = await given.send('GET', '/workflows/nothing')
  assert.deepEqual(
    [missing.status, missing.body.error, missing.body.details.available],
    [404, 'workflow_not_found', ['sync_users', 'with_parameters']],
  )
})

test('an execution that ends in time is answered with its result', async () => {
  await using given = await givenWorkflows()
  using worker = givenWorker(given, [], () => succeeded({ users_synced: 3 }))
  const { status, body } = await given.execute({ workflow_name: 'with_parameters', parameters: { tenant: 't' } })
  assert.equal(status, 200)
  const { execution_id, duration_ms, started_at, completed_at, ...rest } = body
  assert.deepEqual(rest, { workflow_name: 'with_parameters', status: 'success', result: { users_synced: 3 }, error: null })
  assert.ok(duration_ms >= 0 && Date.parse(completed_at) - Date.parse(started_at) === duration_ms)
  const [execution] = worker.taken
  assert.deepEqual(
    [execution?.id, execution?.kind, execution?.organizationId, execution?.input, execution?.caller.name],
    [execution_id, 'workflow', given.acme.id, { parameters: { tenant: 't' } }, 'Administrator key'],
  )
  const [audit] = await readInScope(
    given.db,
    { organizationId: given.acme.id },
    sql`select actor_name, target from audit_events where action = 'workflow.executed'`,
  )
  assert.deepEqual(audit, { actor_name: 'Administrator key', target: { type: 'workflow', id: 'with_parameters', execution_id } })
})

test('a workflow that throws is answered with 200 and its error', async () => {
  await using given = await givenWorkflows()
  using _ = givenWorker(given, [], () => failed('No users.', { code: 'no_users' }, 'SyncError'))
  const { status, body } = await given.execute({ workflow_name: 'sync_users' })
  assert.deepEqual(
    [status, body.status, body.result, body.error],
    [200, 'failed', null, { type: 'SyncError', message: 'No users.', details: { code: 'no_users' } }],
  )
})

test('what has not ended when the wait is over is answered with 202', async () => {
  await using given = await givenWorkflows()
  const { status, body } = await given.execute({ workflow_name: 'sync_users', parameters: {} }, '?wait=0')
  assert.equal(status, 202)
  const { execution_id, ...rest } = body
  assert.deepEqual(rest, {
    workflow_name: 'sync_users',
    status: 'pending',
    result: null,
    error: null,
    duration_ms: null,
    started_at: null,
    completed_at: null,
  })
  assert.ok(execution_id)
})

test('the same idempotency key is the same execution, for the same workflow, organization and parameters', async () => {
  await using given = await givenWorkflows()
  const order = { workflow_name: 'with_parameters', parameters: { tenant: 't', limit: 1 }, idempotency_key: 'k 1' }
  const ids = await Promise.all(Array.from({ length: 10 }, () => given.execute(order, '?wait=0').then(({ body }) => body.execution_id)))
  assert.equal(new Set(ids).size, 1)
  assert.equal((await given.execute({ ...order, parameters: { limit: 1, tenant: 't' } }, '?wait=0')).body.execution_id, ids[0])
  const reused = await given.execute({ ...order, parameters: { tenant: 'other' } }, '?wait=0')
  assert.deepEqual([reused.status, reused.body.error, reused.body.details.execution_id], [409, 'idempotency_key_reused', ids[0]])
  assert.notEqual((await given.execute(order, '?wait=0', given.globex.id)).body.execution_id, ids[0])
  assert.notEqual((await given.execute({ workflow_name: 'sync_users', idempotency_key: 'k 1' }, '?wait=0')).body.execution_id, ids[0])
  const audits = await readInScope(
    given.db,
    { organizationId: given.acme.id },
    sql`select 1 from audit_events where action = 'workflow.executed'`,
  )
  assert.equal(audits.length, 2, 'only what was started is recorded')
})

test('parameters that do not fit say which field and why', async () => {
  await using given = await givenWorkflows()
  const { status, body } = await given.execute({ workflow_name: 'with_parameters', parameters: { limit: 1.5 } })
  assert.deepEqual(
    [status, body.error, body.details],
    [400, 'validation_failed', { 'parameters.tenant': ['is required'], 'parameters.limit': ['must be a whole number'] }],
  )
})

test('executing is refused without a principal, a permission, an organization or a workflow', async () => {
  await using given = await givenWorkflows()
  const order = { workflow_name: 'sync_users' }
  const header = { 'x-organization-id': given.acme.id }
  const code = async (answer: Promise<{ status: number; body: { error: string } }>) => [(await answer).status, (await answer).body.error]
  assert.deepEqual(await code(given.as(undefined)('POST', '/workflows/execute', order, header)), [401, 'unauthenticated'])
  for (const path of ['/workflows', '/workflows/sync_users'])
    assert.deepEqual(await code(given.as(undefined)('GET', path)), [401, 'unauthenticated'])
  assert.deepEqual(await code(given.as(principalFor([given.acme], 'canViewHistory'))('POST', '/workflows/execute', order, header)), [
    403,
    'forbidden',
  ])
  assert.deepEqual(await code(given.as(principalFor([given.globex], 'canExecuteWorkflows'))('POST', '/workflows/execute', order, header)), [
    404,
    'organization_not_found',
  ])
  assert.deepEqual(await code(given.execute(order, '', '01990000-0000-7000-8000-000000000000')), [404, 'organization_not_found'])
  assert.deepEqual(await code(given.execute(order, '', 'nonsense')), [400, 'validation_failed'])
  const { body } = await given.send('POST', '/workflows/execute', order)
  assert.deepEqual([body.error, Object.keys(body.details)], ['validation_failed', ['X-Organization-Id']])
  assert.deepEqual(await code(given.execute({ workflow_name: 'nothing' })), [404, 'workflow_not_found'])
  await deactivateOrganization(given.db, systemActing, given.acme.id)
  assert.deepEqual(await code(given.execute(order)), [409, 'organization_inactive'])
})

test('bad orders are 4xx, never 500', async () => {
  await using given = await givenWorkflows()
  const deep = `{"workflow_name":"sync_users","parameters":{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`
  const bad = [
    {},
    [],
    'x',
    deep,
    { workflow_name: 5 },
    { workflow_name: '' },
    { workflow_name: 'a\0' },
    { workflow_name: 'sync_users', parameters: [] },
    { workflow_name: 'sync_users', parameters: { x: '\0' } },
    { workflow_name: 'sync_users', parameters: { x: '\ud800' } },
    { workflow_name: 'sync_users', parameters: { x: 'y'.repeat(600_000) } },
    { workflow_name: 'sync_users', parameters: { x: 'y'.repeat(1_100_000) } },
    { workflow_name: 'sync_users', idempotency_key: '' },
    { workflow_name: 'sync_users', idempotency_key: 'x'.repeat(201) },
    { workflow_name: 'sync_users', idempotency_key: 'a\0' },
    { workflow_name: 'sync_users', extra: true },
  ]
  for (const body of bad) {
    const { status } = await given.execute(body, '?wait=0')
    assert.ok(status >= 400 && status < 500, `${JSON.stringify(body).slice(0, 80)} was answered with ${status}`)
  }
  for (const query of ['?wait=-1', '?wait=301', '?wait=x', '?wait=1.5'])
    assert.equal((await given.execute({ workflow_name: 'sync_users' }, query)).status, 400, query)
})
