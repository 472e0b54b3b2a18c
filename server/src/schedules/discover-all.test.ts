import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApi, integrationDefinition } from '../../testing/given-definitions.ts'
import { testLogger } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { systemActing } from '../audit/audit.ts'
import { publishDefinitions } from '../definitions/definitions.ts'
import { beginPlanned, spreadSeconds } from '../discovery/planned-discoveries.ts'
import { readInScope, sql } from '../platform/database/database.ts'
import { fireDue, reconcileSchedules } from './firing.ts'
import { startScheduler } from './scheduler.ts'
import { getSchedule } from './schedules.ts'
import { setSchedule } from './setting.ts'

type Given = Awaited<ReturnType<typeof givenApi>>
const at = (iso: string) => new Date(`${iso}Z`)
const night = at('2026-06-02T01:00')

async function wake(given: Given, now: Date): Promise<void> {
  await reconcileSchedules(given.db, now)
  while (await fireDue(given.db, now));
}

const planned = (given: Given) =>
  readInScope<{ name: string; organization: string | null; due_at: Date }>(
    given.db,
    'allOrganizations',
    sql`
    select p.integration_name as name, o.name as organization, p.due_at from planned_discoveries p left join organizations o on o.id = p.organization_id
    order by p.integration_name, o.name nulls first`,
  )
const namesOf = async (given: Given) => (await planned(given)).map(({ name, organization }) => `${name} ${organization ?? 'global'}`)
const executions = (given: Given) =>
  readInScope<{ name: string; organization_id: string | null; status: string; priority: number }>(
    given.db,
    'allOrganizations',
    sql`select name, organization_id, status, priority from executions where kind = 'discovery' order by id`,
  )

/** Integrations with one required secret each, which `halo` has globally, and `ninja` for Globex and the deactivated Gone only. */
async function givenCredentials() {
  const given = await givenApi()
  const key = (name: string, required: boolean) => [{ key: name, label: name, required, description: null }]
  const definitions = [
    integrationDefinition('halo'),
    integrationDefinition('ninja', { config: key('ninja_api_url', true) }),
    integrationDefinition('unset'),
    integrationDefinition('manual', { supportsDiscovery: false, secrets: [], config: [] }),
    integrationDefinition('open', { secrets: [], config: [] }),
    integrationDefinition('optional', { secrets: key('optional_key', false), config: [] }),
  ]
  await publishDefinitions(given.db, { definitions, problems: [], codeVersion: 'test' })
  const organizations: Record<string, string> = {}
  for (const name of ['Acme', 'Globex', 'Gone']) organizations[name] = (await given.send('POST', '/organizations', { name })).body.id
  const put = async (key: string, organization?: string) => {
    const scope = organization === undefined ? { scope: 'global' } : { scope: 'organization', org_id: organizations[organization] }
    assert.equal((await given.send('POST', '/secrets', { key, value: 'secret', ...scope })).status, 201)
  }
  await put('halo_api_key')
  await put('halo_api_key', 'Acme')
  for (const name of ['Globex', 'Gone']) await put('ninja_api_key', name)
  await given.send('PUT' as never, '/config/ninja_api_url', { value: 'https://ninja.example', scope: 'global' })
  await given.send('DELETE', `/organizations/${organizations.Gone}`)
  return Object.assign(given, { organizations })
}

test('once a day a discovery is planned for everybody with credentials, each at a moment of its own', async () => {
  await using given = await givenCredentials()
  await wake(given, at('2026-06-01T12:00'))
  assert.deepEqual(await planned(given), [])
  await wake(given, night)
  assert.deepEqual(await namesOf(given), ['halo global', 'halo Acme', 'ninja Globex', 'open global'])
  const moments = (await planned(given)).map(({ due_at }) => due_at.getTime() - night.getTime())
  assert.equal(new Set(moments).size, 4, 'no two at once')
  assert.ok(moments.every((ms) => ms >= 0 && ms < spreadSeconds * 1_000))
  // Planned once, however often; and the next day at the same moments.
  await wake(given, at('2026-06-03T01:00'))
  assert.deepEqual(
    (await planned(given)).map(({ due_at }) => due_at.getTime() - night.getTime()),
    moments,
  )
  const schedule = await getSchedule(given.db, 'discover_all', night)
  assert.deepEqual([schedule.isBuiltIn, schedule.lastRunAt, schedule.lastBatchId], [true, at('2026-06-03T01:00'), null])
})

test('a planned discovery is submitted at its moment, once, in the background', async () => {
  await using given = await givenCredentials()
  await wake(given, at('2026-06-01T12:00'))
  await wake(given, night)
  assert.equal(await beginPlanned(given.db, new Date(night.getTime() - 1)), undefined)
  const over = new Date(night.getTime() + spreadSeconds * 1_000)
  const begun = (await Promise.all(Array.from({ length: 8 }, () => beginPlanned(given.db, over)))).filter((one) => one !== undefined)
  assert.equal(begun.length, 4)
  assert.deepEqual(
    (await executions(given)).map(({ name, organization_id, status, priority }) => [name, organization_id, status, priority > 0]).sort(),
    [
      ['halo', given.organizations.Acme, 'pending', true],
      ['halo', null, 'pending', true],
      ['ninja', given.organizations.Globex, 'pending', true],
      ['open', null, 'pending', true],
    ].sort(),
  )
  assert.deepEqual(await planned(given), [])
})

test('what is under way, deactivated or does not load by then is left out', async () => {
  await using given = await givenCredentials()
  await wake(given, at('2026-06-01T12:00'))
  await wake(given, night)
  await given.send('GET', '/integrations/open/discover?refresh=true&wait=0')
  await given.send('DELETE', `/organizations/${given.organizations.Globex}`)
  const file = 'integrations/halo.ts'
  await publishDefinitions(given.db, {
    definitions: [integrationDefinition('ninja'), integrationDefinition('open')],
    problems: [{ kind: 'integration', file, reason: 'It does not load.' }],
    codeVersion: 'v2',
  })
  const over = new Date(night.getTime() + spreadSeconds * 1_000)
  const begun: (string | null)[] = []
  for (let one = await beginPlanned(given.db, over); one; one = await beginPlanned(given.db, over)) begun.push(one.executionId)
  assert.deepEqual(begun, [null, null, null, null])
})

test('it is switched off by pausing it, which takes back what is planned', async () => {
  await using given = await givenCredentials()
  await wake(given, at('2026-06-01T12:00'))
  await wake(given, night)
  await setSchedule(given.db, systemActing, 'discover_all', { isPaused: true }, night)
  assert.deepEqual(await planned(given), [])
  await wake(given, at('2026-06-04T01:00'))
  assert.deepEqual(await planned(given), [])
  const some = { organizations: [given.organizations.Acme] }
  assert.deepEqual(Object.keys((await given.send('PUT' as never, '/schedules/discover_all', some)).body.details), ['organizations'])
})

test('run now begins all of them at once, also what is planned for later today and while it is paused', async () => {
  await using given = await givenCredentials()
  await wake(given, new Date(Date.now() - 26 * 3_600_000))
  await wake(given, new Date())
  assert.ok((await planned(given)).some(({ due_at }) => due_at > new Date()))
  const run = await given.send('POST', '/schedules/discover_all/run')
  assert.deepEqual([run.status, run.body], [202, { workflow_name: 'discover_all', discoveries: 4 }])
  assert.ok((await planned(given)).every(({ due_at }) => due_at <= new Date()))
  const scheduler = startScheduler({ ...given, logger: testLogger })
  try {
    await until('all are submitted', async () => (await executions(given)).length === 4)
    await given.send('PUT' as never, '/schedules/discover_all', { is_paused: true })
    const again = await given.send('POST', '/schedules/discover_all/run')
    assert.deepEqual([again.status, again.body.discoveries], [202, 4])
    // Each is under way already, and nobody is asked twice at once.
    await until('nothing is planned any more', async () => (await planned(given)).length === 0)
    assert.equal((await executions(given)).length, 4)
  } finally {
    await scheduler.close()
  }
  const { body } = await given.send('GET', '/audit?action=schedule.run')
  assert.deepEqual(
    body.events.map(({ target }: { target: object }) => target),
    Array(2).fill({ type: 'schedule', id: 'discover_all' }),
  )
  const schedule = await getSchedule(given.db, 'discover_all', new Date())
  assert.deepEqual([schedule.lastBatchId, schedule.lastRunAt !== null], [null, true])
})

test('run now says that there is nothing to discover', async () => {
  await using given = await givenApi()
  await publishDefinitions(given.db, { definitions: [integrationDefinition('halo')], problems: [], codeVersion: 'test' })
  assert.equal((await given.send('POST', '/schedules/discover_all/run')).body.discoveries, 0)
})

test('a worker wakes for what is planned', async () => {
  await using given = await givenCredentials()
  let ahead = night.getTime() - 1_000 - Date.now()
  const scheduler = startScheduler({ ...given, logger: testLogger, now: () => new Date(Date.now() + ahead) })
  try {
    await until('all are planned', async () => (await planned(given)).length === 4)
    ahead += spreadSeconds * 1_000
    given.db.tell('schedules.changed', 'discover_all')
    await until('all are submitted', async () => (await executions(given)).length === 4)
  } finally {
    await scheduler.close()
  }
})
