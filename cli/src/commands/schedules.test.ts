import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Schedule } from '@crosswalk/client'
import { callCli } from '../testing/call-cli.ts'
import { acmeId, pointingTo } from '../testing/given.ts'
import { startStubServer } from '../testing/stub-server.ts'

function givenSchedule(more: Partial<Schedule> = {}): Schedule {
  return {
    workflow_name: 'sync_users',
    is_built_in: false,
    is_declared: true,
    is_changed: false,
    declared: { cron: '0 3 * * *', time_zone: 'Europe/Vienna', organizations: 'all', missed: 'skip' },
    cron: '0 3 * * *',
    time_zone: 'Europe/Vienna',
    organizations: 'all',
    missed: 'skip',
    parameters: {},
    set_by: null,
    is_paused: false,
    next_run_at: '2025-10-12T01:00:00.000Z',
    last_run_at: null,
    last_batch_id: null,
    last_error: null,
    not_loaded_since: null,
    etag: '"a"',
    ...more,
  }
}

test('schedules are listed with their next and last runs', async () => {
  await using server = await startStubServer()
  const wrong = { error: 'validation_failed', message: 'The parameters do not fit.', at: '2025-10-11T01:00:00.000Z' }
  const gone = givenSchedule({ workflow_name: 'gone', not_loaded_since: '2025-10-12T01:00:00.000Z' })
  const utc = givenSchedule({ workflow_name: 'in_utc', time_zone: 'UTC', last_run_at: '2025-10-11T01:00:00.000Z' })
  const schedules = [givenSchedule(), gone, utc, givenSchedule({ workflow_name: 'nightly', organizations: [acmeId], last_error: wrong })]
  server.on('GET /api/schedules', { body: { schedules, count: 4, next_cursor: null } })
  const { out, err } = await callCli(['schedules', 'list'], pointingTo(server))
  assert.match(out, /sync_users +0 3 \* \* \* +Europe\/Vienna +all +no +2025-10-12 03:00:00\+02:00 +-\n/)
  assert.match(out, /gone .* does not load since 2025-10-12 03:00:00\+02:00/)
  assert.match(out, /in_utc .* 2025-10-12 01:00:00Z +2025-10-11 01:00:00Z\n/)
  assert.match(err, /See why: crosswalk workspace show/)
  assert.match(out, /nightly .* 1 +no .* The parameters do not fit\.\n/)
})

test('a schedule is set, paused, resumed and reset', async () => {
  await using server = await startStubServer()
  server.on('PUT /api/schedules/sync_users', (request) => ({ body: givenSchedule(request.body as Partial<Schedule>) }))
  server.on('DELETE /api/schedules/sync_users', { status: 204 })
  const call = (...args: string[]) => callCli(['schedules', ...args], pointingTo(server))
  const options = ['--cron', '0 4 * * *', '--time-zone', 'UTC', '--organizations', acmeId, '--missed', 'catch_up', '--param', 'depth:=2']
  assert.deepEqual((await call('set', 'sync_users', ...options)).err, '0 4 * * * in UTC. The next run: 2025-10-12 01:00:00Z.\n')
  assert.equal((await call('pause', 'sync_users')).err, 'Paused.\n')
  assert.equal((await call('resume', 'sync_users')).code, 0)
  assert.equal((await call('reset', 'sync_users')).code, 0)
  assert.deepEqual(
    server.requests.map(({ method, body }) => [method, body]),
    [
      ['PUT', { cron: '0 4 * * *', time_zone: 'UTC', organizations: [acmeId], missed: 'catch_up', parameters: { depth: 2 } }],
      ['PUT', { is_paused: true }],
      ['PUT', { is_paused: false }],
      ['DELETE', undefined],
    ],
  )
  assert.equal((await call('set', 'sync_users')).code, 2)
})

test('a schedule is run now', async () => {
  await using server = await startStubServer()
  server.on('POST /api/schedules/test_all_mappings/run', { status: 202, body: { batch_id: 'b1', total: 3 } })
  const { code, out, err } = await callCli(['schedules', 'run', 'test_all_mappings', '--no-wait'], pointingTo(server))
  assert.deepEqual([code, out], [0, 'b1\n'])
  assert.match(err, /^Started for 3\./)
})

test('the daily discovery is run now, and says how many begin', async () => {
  await using server = await startStubServer()
  let discoveries = 4
  server.on('POST /api/schedules/discover_all/run', () => ({ status: 202, body: { workflow_name: 'discover_all', discoveries } }))
  const run = (...more: string[]) => callCli(['schedules', 'run', 'discover_all', ...more], pointingTo(server))
  const { code, out, err } = await run()
  assert.deepEqual([code, out], [0, ''])
  assert.match(err, /Started 4 discoveries\. See: crosswalk executions list --kind discovery\./)
  assert.equal(JSON.parse((await run('--json')).out).discoveries, 4)
  discoveries = 0
  assert.match((await run()).err, /no integration has its credentials set/)
})
