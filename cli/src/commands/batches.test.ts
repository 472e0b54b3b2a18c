import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Batch } from '@crosswalk/client'
import { Interrupted } from '../failure.ts'
import { callCli } from '../testing/call-cli.ts'
import { acmeId, givenOrganization, givenOrganizations, pointingTo } from '../testing/given.ts'
import { type StubServer, startStubServer } from '../testing/stub-server.ts'

const id = '01890000-0000-7000-8000-0000000000b1'
const none = {
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

function givenBatch(status: Batch['status'], counts: Partial<Batch['counts']>, more: Partial<Batch> = {}): Batch {
  const all = { ...none, ...counts }
  const total = Object.values(all).reduce((sum, count) => sum + count, 0)
  return {
    batch_id: id,
    kind: 'workflow',
    workflow_name: 'sync_users',
    organizations: 'all',
    parameters: {},
    status,
    is_paused: status === 'paused',
    total,
    done: total - all.pending - all.running - all.waiting - all.cancelling,
    counts: all,
    caller: { type: 'api_key', id: 'admin', name: 'Administrator key' },
    schedule: null,
    due_at: null,
    created_at: '2025-10-11T10:00:00.123Z',
    completed_at: null,
    ...more,
  }
}

const failure = {
  org_id: acmeId,
  org_name: 'Acme Corp',
  mapping_id: null,
  status: 'failed',
  attempt: 1,
  execution_id: '01890000-0000-7000-8000-0000000000e1',
  result: null,
  error: { type: 'Error', message: 'The vendor is down', details: {} },
  duration_ms: 12,
  started_at: null,
  completed_at: null,
}

/** A batch that is as `states` say, one look after the other. */
function givenProgress(server: StubServer, ...states: Batch[]): void {
  const [first, ...rest] = states
  server.on('POST /api/workflows/execute', { status: 202, body: first })
  server.on(`GET /api/batches/${id}`, () => ({ body: rest.length > 1 ? rest.shift() : rest[0] }))
  server.on(`GET /api/batches/${id}/executions`, { body: { executions: [failure], count: 1, next_cursor: null } })
}

test('a run for many organizations shows how far it is, and in the end what failed', async () => {
  await using server = await startStubServer()
  givenProgress(
    server,
    givenBatch('expanding', { pending: 3 }),
    givenBatch('running', { pending: 1, success: 2 }),
    givenBatch('finished', { success: 2, failed: 1 }),
  )
  const { code, out, err } = await callCli(['run', 'sync_users', '--organizations', 'mapped:halo', '--param', 'a=1'], pointingTo(server))
  assert.equal(code, 1)
  assert.match(out, /^ORGANIZATION +STATUS.*\nAcme Corp +failed +1 +12 ms +01890000-0000-7000-8000-0000000000e1 +The vendor is down\n$/)
  assert.equal(
    err,
    `finished: 2 success, 1 failed ${id}\nTo see each result: crosswalk batches results ${id}\nTo run again what failed: crosswalk batches retry-failed ${id}\n`,
  )
  const ordered = server.requests.find(({ method }) => method === 'POST')
  assert.deepEqual(ordered?.body, { workflow_name: 'sync_users', parameters: { a: '1' }, organizations: 'mapped:halo' })
  assert.equal(ordered?.headers['x-organization-id'], undefined)
})

test('a run where all succeed or are skipped is a success; --json prints the batch', async () => {
  await using server = await startStubServer()
  const ended = givenBatch('finished', { success: 2, skipped: 1 })
  givenProgress(server, givenBatch('running', { pending: 3 }), ended)
  const { code, out } = await callCli(['run', 'sync_users', '--organizations', 'all', '--json'], pointingTo(server))
  assert.equal(code, 0)
  assert.deepEqual(JSON.parse(out), ended)
})

test('organizations are named by ids or whole names; --no-wait prints the id of the batch', async () => {
  await using server = await startStubServer()
  givenOrganizations(server, [givenOrganization('Acme Corp')])
  givenProgress(server, givenBatch('expanding', { pending: 2 }))
  const other = '01890000-0000-7000-8000-00000000000b'
  const { code, out } = await callCli(['run', 'sync_users', '--organizations', `Acme Corp,${other}`, '--no-wait'], pointingTo(server))
  assert.deepEqual({ code, out }, { code: 0, out: `${id}\n` })
  assert.deepEqual(server.requests.at(-1)?.body, { workflow_name: 'sync_users', organizations: [acmeId, other] })
})

test('a run says for whom, once', async () => {
  await using server = await startStubServer()
  for (const options of [[], ['--org', acmeId, '--organizations', 'all']])
    assert.equal((await callCli(['run', 'sync_users', ...options], pointingTo(server))).code, 2, options.join(' '))
  assert.deepEqual(server.requests, [])
})

test('Ctrl+C leaves the batch running and says how to stop it', async () => {
  await using server = await startStubServer()
  const stop = new AbortController()
  givenProgress(server, givenBatch('running', { pending: 3 }))
  server.on(`GET /api/batches/${id}`, () => {
    stop.abort(new Interrupted())
    return { body: givenBatch('running', { pending: 3 }) }
  })
  const { code, err } = await callCli(['run', 'sync_users', '--organizations', 'all'], { ...pointingTo(server), signal: stop.signal })
  assert.equal(code, 130)
  assert.match(err, new RegExp(`The batch continues\\. .*crosswalk batches cancel ${id}`))
})

test('batches are listed, shown and steered', async () => {
  await using server = await startStubServer()
  const batch = givenBatch('paused', { pending: 1, success: 2 })
  server.on('GET /api/batches', { body: { batches: [batch], count: 1, next_cursor: null } })
  server.on(`GET /api/batches/${id}`, { body: batch })
  server.on(`GET /api/batches/${id}/executions`, { body: { executions: [failure], count: 1, next_cursor: null } })
  for (const act of ['pause', 'resume', 'cancel']) server.on(`POST /api/batches/${id}/${act}`, { status: 202, body: batch })
  const list = await callCli(['batches', 'list', '--workflow', 'sync_users'], pointingTo(server))
  assert.match(list.out, /sync_users +paused +2 of 3 +0 /)
  assert.match((await callCli(['batches', 'show', id], pointingTo(server))).out, /Executions +2 success, 1 pending\n/)
  assert.match((await callCli(['batches', 'results', id, '--status', 'failed'], pointingTo(server))).out, /Acme Corp +failed/)
  for (const act of ['pause', 'resume', 'cancel']) assert.equal((await callCli(['batches', act, id], pointingTo(server))).code, 0, act)
  assert.deepEqual(
    server.requests.map(({ method, path, query }) => `${method} ${path.slice('/api/batches'.length)} ${Object.values(query).join()}`),
    ['GET  sync_users', `GET /${id} `, `GET /${id}/executions failed`, `POST /${id}/pause `, `POST /${id}/resume `, `POST /${id}/cancel `],
  )
})

test('what failed is run again and followed', async () => {
  await using server = await startStubServer()
  givenProgress(server, givenBatch('finished', {}), givenBatch('finished', { success: 3 }))
  server.on(`POST /api/batches/${id}/retry-failed`, { status: 202, body: givenBatch('expanding', { pending: 1, success: 2 }) })
  server.on(`GET /api/batches/${id}/executions`, { body: { executions: [], count: 0, next_cursor: null } })
  const { code, err } = await callCli(['batches', 'retry-failed', id], pointingTo(server))
  assert.deepEqual([code, err], [0, `finished: 3 success ${id}\nTo see each result: crosswalk batches results ${id}\n`])
})
