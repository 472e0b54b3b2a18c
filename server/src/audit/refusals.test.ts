import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { givenDatabase } from '../../testing/given-database.ts'
import { givenPeople } from '../../testing/given-people.ts'
import { until } from '../../testing/until.ts'
import { readInScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { recordRefusedRequests } from './refusals.ts'

type Refused = {
  action: string
  actor: { id: string; type: string }
  target: Record<string, string | number>
  request_id: string
  address: string
}

test('what somebody asked for and may not is in the audit: by whom, from where, in which request, and what they lacked', async () => {
  await using given = await givenPeople()
  const { id, browser } = await given.join('Vera', [{ role: 'viewer', reach: { all: true } }])
  const refused = await browser.call('POST', '/organizations', { name: 'Acme' })
  const refusedToo = [await browser.call('POST', '/organizations', { name: 'Acme' }), await browser.call('GET', '/keys')]
  for (const { status } of [refused, ...refusedToo]) assert.equal(status, 403)
  const listed = async () => (await given.asKey.call('GET', '/audit?action=request.refused')).body.events as Refused[]
  await until('both routes are there', async () => (await listed()).length === 2)
  const of = (route: string) => listed().then((events) => events.find(({ target }) => target.id === route))
  const event = await of('POST /api/organizations')
  assert.partialDeepStrictEqual(event, {
    actor: { type: 'person', id, name: 'Vera' },
    target: { type: 'route', name: 'POST /api/organizations', code: 'forbidden', permission: 'canManageOrganizations' },
    request_id: refused.body.request_id,
    address: '127.0.0.1',
  })
  assert.equal((await of('GET /api/keys'))?.target.permission, 'canManageKeys')
})

test('what comes before something is allowed is no refusal: another proof, or the end of a view in which somebody has less', async () => {
  await using given = await givenPeople()
  const { browser } = await given.join('Ada')
  const { id } = await given.join('Vera', [{ role: 'viewer', reach: { all: true } }])
  assert.equal((await browser.call('POST', `/people/${id}/view`)).status, 201)
  const viewing = await browser.call('POST', '/organizations', { name: 'Acme' })
  assert.deepEqual([viewing.status, viewing.body.error], [403, 'viewing_as'])
  assert.equal((await browser.call('GET', '/audit')).status, 403)
  assert.equal((await browser.call('DELETE', '/session/view')).status, 204)
  const { browser: other } = await given.join('Vic', [{ role: 'viewer', reach: { all: true } }])
  assert.equal((await other.call('GET', '/keys')).status, 403)
  const listed = async () => (await given.asKey.call('GET', '/audit?action=request.refused')).body.events as Refused[]
  await until('the refusal is there', async () => (await listed()).length > 0)
  assert.deepEqual(
    (await listed()).map(({ target }) => target.id),
    ['GET /api/keys'],
  )
})

test('who does not reach all and asks for what is not there for them is in the audit, with what they asked for and how often', async () => {
  await using given = await givenPeople()
  const { body: acme } = await given.asKey.call('POST', '/organizations', { name: 'Acme' })
  const { body: globex } = await given.asKey.call('POST', '/organizations', { name: 'Globex' })
  const { browser, id } = await given.join('Eve', [{ role: 'engineer', reach: { organizations: [globex.id] } }])
  const { browser: ofAll } = await given.join('Ada')
  const guessed = Array.from({ length: 11 }, () => newId())
  for (const guess of guessed) {
    assert.equal((await browser.call('GET', `/executions/${guess}`)).status, 404)
    assert.equal((await ofAll.call('GET', `/executions/${guess}`)).status, 404)
  }
  assert.equal((await browser.call('GET', `/organizations/${acme.id}/integrations`)).status, 404)
  assert.equal((await browser.call('POST', `/workflows/execute?org_id=${acme.id}`, { workflow_name: 'sync_users' })).status, 404)
  // What nobody has, the definitions of the workspace and a path without a route: no organization has these.
  assert.equal((await browser.call('GET', '/workflows/no_such')).status, 404)
  assert.equal((await browser.call('GET', '/no-such-route')).status, 404)
  const listed = async () => (await given.asKey.call('GET', '/audit?action=request.refused')).body.events as Refused[]
  await until('they are there', async () => (await listed()).length >= 4)
  const events = await listed()
  assert.deepEqual(new Set(events.map(({ actor }) => actor.id)), new Set([id]))
  assert.deepEqual(
    events.map(({ target }) => [target.id, target.code, target.asked, target.times]).sort(),
    [
      ['GET /api/executions/:id', 'execution_not_found', guessed[0], 1],
      ['GET /api/executions/:id', 'execution_not_found', guessed[9], 10],
      ['GET /api/organizations/:orgId/integrations', 'organization_not_found', acme.id, 1],
      ['POST /api/workflows/execute', 'organization_not_found', acme.id, 1],
    ].sort(),
  )
})

test('of many refusals by one route in a minute the audit has the first, tenth, hundredth, and the number starts again with the minute', async () => {
  await using db = await givenDatabase({ name: 'crosswalk test' })
  let now = 0
  const record = recordRefusedRequests({ db, logger: pino({ level: 'silent' }) }, () => now)
  const acting = { actor: { type: 'person' as const, id: 'eve', name: 'Eve' }, requestId: null }
  const ask = () => record({ acting, route: 'GET /x', code: 'execution_not_found', asked: 'x' })
  for (let times = 0; times < 1_234; times++) ask()
  now = 60_000
  ask()
  const times = async () =>
    (await readInScope<{ times: number }>(db, 'allOrganizations', sql`select (target->>'times')::integer as times from audit_events`))
      .map((row) => row.times)
      .sort((one, other) => one - other)
  await until('they are recorded', async () => (await times()).length >= 5)
  assert.deepEqual(await times(), [1, 1, 10, 100, 1_000])
})

test('nobody fills the audit with what is refused: each route once a minute, and twenty routes of a caller', async () => {
  await using db = await givenDatabase({ name: 'crosswalk test' })
  let now = 0
  const record = recordRefusedRequests({ db, logger: pino({ level: 'silent' }) }, () => now)
  const ask = (id: string, route: string) =>
    record({ acting: { actor: { type: 'person', id, name: id }, requestId: null }, route, code: 'forbidden' })
  const count = async () => (await readInScope(db, 'allOrganizations', sql`select from audit_events`)).length
  for (let turn = 0; turn < 3; turn++) for (let route = 0; route < 30; route++) ask('eve', `GET /${route}`)
  ask('ada', 'GET /0')
  await until('they are recorded', async () => (await count()) >= 21)
  now = 60_000
  ask('eve', 'GET /29')
  ask('ada', 'GET /0')
  await until('a minute later they are recorded again', async () => (await count()) >= 23)
  const routes = await readInScope<{ actor_id: string; routes: number }>(
    db,
    'allOrganizations',
    sql`select actor_id, count(*)::integer as routes from audit_events group by actor_id order by actor_id`,
  )
  assert.deepEqual(routes, [
    { actor_id: 'ada', routes: 2 },
    { actor_id: 'eve', routes: 21 },
  ])
})
