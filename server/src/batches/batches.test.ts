import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expand, givenOrganizations, workOff } from '../../testing/given-batches.ts'
import { failed, principalFor, succeeded } from '../../testing/given-definitions.ts'
import { systemActing } from '../audit/audit.ts'
import { deactivateOrganization } from '../organizations/organizations.ts'
import { readInScope, sql } from '../platform/database/database.ts'
import { settleEnded } from './expansion.queries.ts'
import { expandChunk } from './expansion.ts'

const nothing = {
  pending: 0,
  running: 0,
  waiting: 0,
  success: 0,
  failed: 0,
  timeout: 0,
  not_tested: 0,
  cancelling: 0,
  cancelled: 0,
  skipped: 0,
  expired: 0,
}

test('a workflow runs once for each active organization, and its results are listed', async () => {
  await using given = await givenOrganizations('Acme', 'Globex', 'Gone')
  const { Acme, Globex, Gone } = given.organizations
  await deactivateOrganization(given.db, systemActing, Gone.id)
  const { status, body } = await given.run('all', { parameters: { depth: 2 } })
  assert.equal(status, 202)
  const { batch_id, created_at: _at, ...rest } = body
  assert.deepEqual(rest, {
    kind: 'workflow',
    workflow_name: 'sync_users',
    organizations: 'all',
    parameters: { depth: 2 },
    status: 'expanding',
    is_paused: false,
    total: 2,
    done: 0,
    counts: { ...nothing, pending: 2 },
    caller: { type: 'api_key', id: 'admin', name: 'Administrator key' },
    schedule: null,
    due_at: null,
    completed_at: null,
  })
  await expand(given.db, batch_id)
  assert.equal((await given.counts(batch_id)).status, 'running')
  await workOff(given.db, (row) => {
    assert.deepEqual([row.input, row.priority, row.timeout_ms, row.kind], [{ parameters: { depth: 2 } }, 10, 7_000, 'workflow'])
    return row.organization_id === Globex.id ? failed('No users.', { code: 'no_users' }) : succeeded({ users: 3 })
  })
  const ended = await given.counts(batch_id)
  assert.deepEqual([ended.status, ended.done, ended.counts], ['finished', 2, { ...nothing, success: 1, failed: 1 }])
  await settleEnded(given.db)
  assert.deepEqual(await given.counts(batch_id), ended, 'the counts that are kept are the counts as they were')
  const items = (await given.send('GET', `/batches/${batch_id}/executions`)).body.executions
  assert.deepEqual(
    items.map((item: Record<string, unknown>) => [item.org_id, item.org_name, item.status, item.result, item.attempt, item.mapping_id]),
    [
      [Acme.id, 'Acme', 'success', { users: 3 }, 1, null],
      [Globex.id, 'Globex', 'failed', null, 1, null],
    ],
  )
  assert.equal(items[1].error.message, 'No users.')
  assert.equal((await given.send('GET', `/executions/${items[0].execution_id}`)).body.org_id, Acme.id)
  assert.deepEqual(await given.audited(), ['batch.created'])
})

test('organizations are selected by their mapping, or by their ids', async () => {
  await using given = await givenOrganizations('Acme*', 'Globex', 'Initech*')
  const { 'Acme*': acme, Globex, 'Initech*': initech } = given.organizations
  const mapped = await given.submitted('mapped:halo')
  assert.deepEqual(await given.names(mapped), { 'Acme*': 'pending', 'Initech*': 'pending' })
  await deactivateOrganization(given.db, systemActing, initech.id)
  const named = await given.submitted([acme.id.toUpperCase(), initech.id, acme.id])
  assert.deepEqual(await given.names(named), { 'Acme*': 'pending', 'Initech*': 'skipped' })
  const answer = async (selection: unknown, more?: object) => {
    const { status, body } = await given.run(selection, more)
    return [status, body.error]
  }
  assert.deepEqual(await answer('mapped:nothing'), [404, 'integration_not_found'])
  assert.deepEqual(await answer([Globex.id, '01990000-0000-7000-8000-000000000000']), [404, 'organization_not_found'])
  assert.deepEqual(await answer('all', { workflow_name: 'nothing' }), [404, 'workflow_not_found'])
  for (const bad of ['some', 'mapped:', [], ['x'], 5, null, {}])
    assert.deepEqual(await answer(bad), [400, 'validation_failed'], String(bad))
  const both = await given.send(
    'POST',
    '/workflows/execute',
    { workflow_name: 'sync_users', organizations: 'all' },
    { 'x-organization-id': Globex.id },
  )
  assert.deepEqual([both.status, Object.keys(both.body.details)], [400, ['X-Organization-Id']])
})

test('a batch for no organization is finished at once', async () => {
  await using given = await givenOrganizations('Acme')
  const id = await given.submitted('mapped:halo')
  const { status, total, completed_at } = await given.counts(id)
  assert.deepEqual([status, total, typeof completed_at], ['finished', 0, 'string'])
  await settleEnded(given.db)
  assert.equal((await given.counts(id)).status, 'finished')
})

test('an organization that is deactivated before its turn is skipped', async () => {
  await using given = await givenOrganizations('Acme', 'Globex')
  const { batch_id: id } = (await given.run('all')).body
  await deactivateOrganization(given.db, systemActing, given.organizations.Acme.id)
  await expand(given.db, id)
  assert.deepEqual(await workOff(given.db), [given.organizations.Globex.id])
  assert.deepEqual(await given.names(id), { Acme: 'skipped', Globex: 'success' })
  const { status, done } = await given.counts(id)
  assert.deepEqual([status, done], ['finished', 2])
})

test('a large batch is submitted in parts, by any worker, and each organization once', async () => {
  await using given = await givenOrganizations('Acme')
  await readInScope(
    given.db,
    'allOrganizations',
    sql`insert into organizations (id, name) select gen_random_uuid(), 'Organization ' || n from generate_series(1, 899) n`,
  )
  const { batch_id: id } = (await given.run('all')).body
  assert.equal(await expandChunk(given.db, id), 'more')
  const part = await given.counts(id)
  assert.deepEqual([part.status, part.total, part.counts.pending], ['expanding', 900, 900])
  await Promise.all(Array.from({ length: 4 }, () => expand(given.db, id)))
  await expand(given.db, id)
  const organizations = await workOff(given.db)
  assert.deepEqual([organizations.length, new Set(organizations).size], [900, 900])
  const { body } = await given.send('GET', `/batches/${id}/executions?limit=200&status=success`)
  const next = await given.send('GET', `/batches/${id}/executions?limit=200&cursor=${body.next_cursor}`)
  const seen = new Set([...body.executions, ...next.body.executions].map((item: { org_id: string }) => item.org_id))
  assert.deepEqual([body.count, next.body.count, seen.size], [200, 200, 400])
})

test('of a batch that is larger than that, a thousand wait at once, and the rest follows as they end', async () => {
  await using given = await givenOrganizations('Acme')
  await readInScope(
    given.db,
    'allOrganizations',
    sql`insert into organizations (id, name) select gen_random_uuid(), 'Organization ' || n from generate_series(1, 1249) n`,
  )
  const { batch_id: id } = (await given.run('all')).body
  await expand(given.db, id)
  assert.equal(await expandChunk(given.db, id), 'full')
  const part = await given.counts(id)
  assert.deepEqual([part.status, part.total, part.counts.pending], ['expanding', 1_250, 1_250])
  await given.send('POST', `/batches/${id}/pause`)
  assert.equal(await expandChunk(given.db, id), 'done', 'nobody waits for room in it while it is paused')
  await given.send('POST', `/batches/${id}/resume`)
  assert.equal((await workOff(given.db)).length, 1_000)
  await expand(given.db, id)
  assert.equal((await workOff(given.db)).length, 250)
  const ended = await given.counts(id)
  assert.deepEqual([ended.status, ended.counts.success], ['finished', 1_250])
})

test('the same idempotency key is the same batch', async () => {
  await using given = await givenOrganizations('Acme', 'Globex')
  const wish = { idempotency_key: 'monday', parameters: { a: 1 } }
  const answers = await Promise.all(Array.from({ length: 8 }, () => given.run('all', wish)))
  assert.equal(new Set(answers.map(({ body }) => body.batch_id)).size, 1)
  for (const [selection, more] of [
    ['mapped:halo', wish],
    ['all', { ...wish, parameters: {} }],
  ] as const) {
    const { status, body } = await given.run(selection, more)
    assert.deepEqual([status, body.error], [409, 'idempotency_key_reused'])
  }
  assert.deepEqual(await given.audited(), ['batch.created'])
})

test('who may act for some organizations runs for those, and sees the batches that are for no others', async () => {
  await using given = await givenOrganizations('Acme', 'Globex')
  const { Acme, Globex } = given.organizations
  const ofAll = await given.submitted('all')
  const ofAcme = await given.submitted([Acme.id])
  const limited = given.as(principalFor([Acme], 'canExecuteWorkflows'))
  const own = await limited('POST', '/workflows/execute', { workflow_name: 'sync_users', organizations: 'all' })
  assert.deepEqual([own.status, own.body.total], [202, 1])
  await expand(given.db, own.body.batch_id)
  assert.deepEqual(await given.names(own.body.batch_id), { Acme: 'pending' })
  const beyond = await limited('POST', '/workflows/execute', { workflow_name: 'sync_users', organizations: [Acme.id, Globex.id] })
  assert.deepEqual([beyond.status, beyond.body.details], [404, { org_ids: [Globex.id] }])
  const listed = (await limited('GET', '/batches')).body.batches.map((batch: { batch_id: string }) => batch.batch_id)
  assert.deepEqual(listed, [own.body.batch_id, ofAcme])
  const newest = await given.send('GET', '/batches?limit=2')
  const oldest = await given.send('GET', `/batches?cursor=${newest.body.next_cursor}&workflow_name=sync_users`)
  assert.deepEqual([newest.body.count, oldest.body.batches[0].batch_id, oldest.body.next_cursor], [2, ofAll, null])
  for (const [method, path] of routesOf(ofAll)) {
    const { status, body } = await limited(method, path)
    assert.deepEqual([status, body.error], [404, 'batch_not_found'], path)
  }
})

const routesOf = (id: string) =>
  [
    ['GET', `/batches/${id}`],
    ['GET', `/batches/${id}/executions`],
    ['POST', `/batches/${id}/pause`],
    ['POST', `/batches/${id}/resume`],
    ['POST', `/batches/${id}/cancel`],
    ['POST', `/batches/${id}/retry-failed`],
  ] as const

test('every route of batches is refused without a principal and without the permission', async () => {
  await using given = await givenOrganizations('Acme')
  const id = await given.submitted()
  const reader = given.as(principalFor([given.organizations.Acme], 'canManageConfig', 'canViewHistory'))
  for (const [method, path] of [['GET', '/batches'] as const, ...routesOf(id)]) {
    assert.equal((await given.as(undefined)(method, path)).status, 401, path)
    const { status, body } = await reader(method, path)
    assert.deepEqual([status, body.details], [403, { permission: 'canRunWorkflows' }], path)
  }
  for (const [method, path] of routesOf('01990000-0000-7000-8000-000000000000'))
    assert.equal((await given.send(method, path)).body.error, 'batch_not_found', path)
  assert.equal((await given.send('GET', '/batches/nonsense')).status, 400)
  assert.equal((await given.send('GET', `/batches/${id}/executions?cursor=x`)).status, 400)
})

test('an execution names its batch to those who may see that', async () => {
  await using given = await givenOrganizations('Acme', 'Globex')
  const { Acme } = given.organizations
  const ofAll = await given.submitted('all')
  const ofAcme = await given.submitted([Acme.id])
  await given.send('POST', '/workflows/execute?wait=0', { workflow_name: 'sync_users' }, { 'x-organization-id': Acme.id })
  const named = async (send = given.send) => {
    const { executions } = (await send('GET', `/executions?org_id=${Acme.id}`)).body
    for (const { execution_id, batch_id } of executions)
      assert.equal((await send('GET', `/executions/${execution_id}`)).body.batch_id, batch_id)
    return executions.map(({ batch_id }: { batch_id: string | null }) => batch_id)
  }
  assert.deepEqual(await named(), [null, ofAcme, ofAll])
  assert.deepEqual(await named(given.as(principalFor([Acme], 'canViewHistory', 'canExecuteWorkflows'))), [null, ofAcme, null])
  assert.deepEqual(await named(given.as(principalFor([Acme], 'canViewHistory'))), [null, null, null])
  await readInScope(given.db, 'allOrganizations', sql`delete from batches where id = ${ofAll}`)
  assert.deepEqual(await named(), [null, ofAcme, null], 'one that is not kept is not named')
})

test('within an organization nobody sees batches, or items of others', async () => {
  await using given = await givenOrganizations('Acme', 'Globex')
  await given.submitted()
  const scope = { organizationId: given.organizations.Acme.id }
  assert.deepEqual(await readInScope(given.db, scope, sql`select 1 from batches`), [])
  assert.deepEqual(await readInScope(given.db, scope, sql`select organization_id from batch_items`), [
    { organization_id: given.organizations.Acme.id },
  ])
})
