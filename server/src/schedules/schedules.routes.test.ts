import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenPrincipal } from '../../testing/given-installation.ts'
import { givenSchedules } from '../../testing/given-schedules.ts'
import { readInScope, sql } from '../platform/database/database.ts'

const declared = { cron: '0 3 * * *', timeZone: 'Europe/Vienna', organizations: 'mapped:halo', missed: 'catch_up' }
// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Any = any
type Given = Awaited<ReturnType<typeof givenSchedules>>

const put = (given: Given, name: string, body: object) => given.send<Any>('PUT', `/schedules/${name}`, body)
const read = async (given: Given, name: string) => (await given.send<Any>('GET', `/schedules/${name}`)).body
const actions = async (given: Given) =>
  (
    await readInScope<{ action: string }>(
      given.db,
      'allOrganizations',
      sql`select action from audit_events where action like 'schedule.%' order by id`,
    )
  ).map(({ action }) => action)

test('schedules are listed: the declared ones, the daily discovery and the weekly test of all mappings', async () => {
  await using given = await givenSchedules({ nightly: declared, alpha: { cron: '*/5 * * * *' }, never: null })
  const { status, body } = await given.send<Any>('GET', '/schedules')
  assert.equal(status, 200)
  assert.deepEqual(
    body.schedules.map((schedule: Any) => [
      schedule.workflow_name,
      schedule.cron,
      schedule.time_zone,
      schedule.organizations,
      schedule.missed,
    ]),
    [
      ['alpha', '*/5 * * * *', 'UTC', 'all', 'skip'],
      ['discover_all', '0 1 * * *', 'UTC', 'all', 'catch_up'],
      ['nightly', '0 3 * * *', 'Europe/Vienna', 'mapped:halo', 'catch_up'],
      ['test_all_mappings', '0 5 * * 1', 'UTC', 'all', 'skip'],
    ],
  )
  const listed = async (name: string) =>
    (await given.send<Any>('GET', `/schedules?workflow_name=${name}`)).body.schedules.map((schedule: Any) => schedule.workflow_name)
  assert.deepEqual([await listed('alpha'), await listed('never'), await listed('unknown')], [['alpha'], [], []])
  const builtIn = body.schedules[3]
  assert.deepEqual([builtIn.is_built_in, builtIn.is_declared, builtIn.is_changed, builtIn.is_paused], [true, true, false, false])
  assert.deepEqual(builtIn.declared, { cron: '0 5 * * 1', time_zone: 'UTC', organizations: 'all', missed: 'skip' })
  assert.equal(new Date(builtIn.next_run_at).getUTCDay(), 1)
  const page = await given.send<Any>('GET', '/schedules?limit=1')
  const rest = await given.send<Any>('GET', `/schedules?cursor=${page.body.next_cursor}`)
  assert.deepEqual([page.body.count, rest.body.count], [1, 3])
  assert.equal((await read(given, 'never')).error, 'schedule_not_found')
  assert.equal((await read(given, 'nothing')).error, 'workflow_not_found')
})

test('what is set stands in place of what is declared, until it is taken back', async () => {
  await using given = await givenSchedules({ nightly: declared })
  const changed = await put(given, 'nightly', { cron: '0  4 * * MON', organizations: [given.acme.id], parameters: { depth: 1 } })
  assert.equal(changed.status, 200)
  const { cron, time_zone, organizations, parameters, missed, is_changed, next_run_at } = changed.body
  assert.deepEqual(
    [cron, time_zone, organizations, parameters, missed, is_changed],
    ['0 4 * * mon', 'Europe/Vienna', [given.acme.id], { depth: 1 }, 'catch_up', true],
  )
  assert.equal(new Date(next_run_at).getUTCDay(), 1)
  const { timeZone, ...same } = declared
  assert.deepEqual(changed.body.declared, { ...same, time_zone: timeZone }, 'what was declared is told, whatever is set')
  const backInPart = await put(given, 'nightly', { cron: null })
  assert.deepEqual([backInPart.body.cron, backInPart.body.parameters], ['0 3 * * *', { depth: 1 }])
  assert.equal((await given.send('DELETE', '/schedules/nightly')).status, 204)
  const reset = await read(given, 'nightly')
  assert.deepEqual([reset.organizations, reset.parameters, reset.is_changed], ['mapped:halo', {}, false])
  assert.deepEqual(await actions(given), ['schedule.set', 'schedule.set', 'schedule.reset'])
})

test('a schedule that cannot be computed is listed with its error beside the others, and can be paused', async () => {
  await using given = await givenSchedules({ nightly: declared, alpha: { cron: '*/5 * * * *' } })
  await put(given, 'nightly', { cron: '0 4 * * *' })
  await readInScope(
    given.db,
    'allOrganizations',
    sql`update schedules set cron = '*/90 * * * *', timing = null where workflow_name = 'nightly'`,
  )
  const { status, body } = await given.send<Any>('GET', '/schedules')
  assert.equal(status, 200)
  const [alpha, , nightly] = body.schedules
  assert.deepEqual([alpha.last_error, nightly.next_run_at, nightly.last_error.error], [null, null, 'schedule_invalid'])
  assert.equal((await put(given, 'nightly', { is_paused: true })).body.is_paused, true)
  assert.deepEqual((await put(given, 'nightly', { is_paused: false })).body.details, {
    cron: ["The schedule has the cron expression '*/90 * * * *'; '*/90' is not a minute: a step is a number from 1 to 60."],
  })
  assert.equal((await put(given, 'nightly', { is_paused: false, cron: null })).body.last_error, null)
})

test('a workflow without a schedule of its own can be given one', async () => {
  await using given = await givenSchedules({ plain: null })
  assert.deepEqual(Object.keys((await put(given, 'plain', { is_paused: true })).body.details), ['cron'])
  assert.deepEqual(await given.send('DELETE', '/schedules/plain').then(({ body }) => body.error), 'schedule_not_found')
  const set = await put(given, 'plain', { cron: '0 6 * * *' })
  assert.deepEqual([set.body.is_declared, set.body.declared, set.body.time_zone, set.body.organizations], [false, null, 'UTC', 'all'])
  assert.equal((await given.send('DELETE', '/schedules/plain')).status, 204)
  assert.equal((await read(given, 'plain')).error, 'schedule_not_found')
})

test('a schedule is paused and resumed, once each', async () => {
  await using given = await givenSchedules({ nightly: declared })
  for (const isPaused of [true, true, false, false]) {
    const { body } = await put(given, 'nightly', { is_paused: isPaused })
    assert.deepEqual([body.is_paused, body.next_run_at === null], [isPaused, isPaused])
  }
  assert.deepEqual(await actions(given), ['schedule.paused', 'schedule.resumed'])
})

test('a schedule is run now, also while it is paused', async () => {
  await using given = await givenSchedules({ nightly: { ...declared, organizations: 'all' } })
  await put(given, 'nightly', { is_paused: true, parameters: { depth: 1 } })
  const { status, body } = await given.send<Any>('POST', '/schedules/nightly/run')
  assert.deepEqual([status, body.workflow_name, body.total, body.schedule, body.due_at], [202, 'nightly', 2, 'nightly', null])
  assert.deepEqual([body.parameters, body.caller.name], [{ depth: 1 }, 'Test key'])
  assert.equal((await given.send<Any>('POST', '/schedules/nightly/run')).status, 202)
  const after = await read(given, 'nightly')
  assert.ok(after.last_run_at && after.last_batch_id !== body.batch_id)
  assert.deepEqual((await actions(given)).slice(-2), ['schedule.run', 'schedule.run'])
})

test('what makes no sense is refused with the field', async () => {
  await using given = await givenSchedules({ nightly: declared })
  const wrong: [object, string][] = [
    [{ cron: '0 25 * * *' }, 'cron'],
    [{ cron: '0 3 * *' }, 'cron'],
    [{ cron: '0 0 31 2 *' }, 'cron'],
    [{ cron: 5 }, 'cron'],
    [{ cron: '*/90 * * * *' }, 'cron'],
    [{ time_zone: 'Mars/Base' }, 'time_zone'],
    [{ time_zone: 'Eastern Standard Time' }, 'time_zone'],
    [{ organizations: 'some' }, 'organizations'],
    [{ missed: 'maybe' }, 'missed'],
    [{ parameters: [] }, 'parameters'],
    [{ surprise: 1 }, 'surprise'],
  ]
  for (const [body, field] of wrong) {
    const answer = await put(given, 'nightly', body)
    assert.equal(answer.body.error, 'validation_failed', JSON.stringify(body))
    assert.deepEqual(Object.keys(answer.body.details), [field], JSON.stringify(body))
  }
  const refused = async (name: string, body: object) => (await put(given, name, body)).body.error
  assert.equal(await refused('nothing', { cron: '0 3 * * *' }), 'workflow_not_found')
  assert.equal(await refused('nightly', { organizations: 'mapped:nothing' }), 'integration_not_found')
  assert.equal(await refused('nightly', { organizations: ['01990000-0000-7000-8000-000000000000'] }), 'organization_not_found')
  assert.equal(await refused('test_all_mappings', { parameters: { a: 1 } }), 'validation_failed')
  assert.deepEqual(await actions(given), [])
})

const routes = [
  ['GET', '/schedules'],
  ['GET', '/schedules/nightly'],
  ['PUT', '/schedules/nightly'],
  ['DELETE', '/schedules/nightly'],
  ['POST', '/schedules/nightly/run'],
] as const

test('every route of schedules is refused without a principal and without the permission', async () => {
  await using given = await givenSchedules({ nightly: declared })
  const other = given.as(givenPrincipal('all', ['canManageConfig', 'canViewHistory']))
  for (const [method, path] of routes) {
    const body = method === 'PUT' ? { is_paused: true } : undefined
    assert.equal((await given.as(undefined).send(method, path, body)).status, 401, path)
    assert.deepEqual(
      (await other.send(method, path, body)).body.details,
      { permission: method === 'GET' ? 'canRunWorkflows' : 'canManageSchedules' },
      path,
    )
  }
})

test('who may act for some organizations reads schedules without the others, and changes none', async () => {
  await using given = await givenSchedules({ nightly: declared })
  await put(given, 'nightly', { organizations: [given.acme.id, given.globex.id] })
  const limited = given.as(givenPrincipal([given.acme], ['canExecuteWorkflows']))
  assert.deepEqual((await limited.send<Any>('GET', '/schedules/nightly')).body.organizations, [given.acme.id])
  for (const [method, path] of routes.slice(2)) {
    const { status, body } = await limited.send(method, path, method === 'PUT' ? { is_paused: true } : undefined)
    assert.deepEqual([status, body.error], [403, 'forbidden'], path)
  }
})
