import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApi, principalFor } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { inScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { insertAuditEvent } from './audit.queries.ts'
import { csvCell } from './audit-csv.ts'

type Event = { action: string; summary: string; org_name: string | null }
type Given = {
  action: string
  target?: { type: string; id: string; name?: string; integration_name?: string }
  orgId?: string
  who?: string
  daysAgo?: number
}

async function givenAudit() {
  const api = await givenApi()
  const [acme, globex] = [await givenOrganization(api.db, 'Acme'), await givenOrganization(api.db, 'Globex')]
  /** Records an act; one of the past gets an id of its time. */
  const did = async ({ action, target = { type: 'config', id: 'api_url' }, orgId, who = 'Ada', daysAgo = 0 }: Given) => {
    const acting = { actor: { type: 'person' as const, id: `id-of-${who}`, name: who }, requestId: null }
    await inScope(api.db, 'allOrganizations', async (transaction) => {
      if (daysAgo === 0)
        return insertAuditEvent(transaction, newId(), acting, {
          action,
          organizationId: orgId ?? null,
          target,
          changes: { a: { before: 1, after: 2 } },
        })
      await transaction.query(sql`
        insert into audit_events (id, at, actor_type, actor_id, actor_name, action, organization_id, target, changes)
        values (overlay(first_id_at(now() - make_interval(days => ${daysAgo}))::text placing ${newId().slice(14)} from 15)::uuid,
          now() - make_interval(days => ${daysAgo}), 'person', ${`id-of-${who}`}, ${who}, ${action}, ${orgId ?? null}, ${JSON.stringify(target)}, '{}')`)
    })
  }
  const found = async (query: string, send = api.send) =>
    ((await send('GET', `/audit?limit=200&${query}`)).body.events as Event[]).map(({ action }) => action).toSorted()
  return { ...api, acme, globex, did, found }
}

test('an event says from where it was done, where a request did it', async () => {
  await using given = await givenAudit()
  assert.equal((await given.send('POST', '/organizations', { name: 'Initech' })).status, 201)
  const { events } = (await given.send('GET', '/audit?action=organization.created')).body
  assert.deepEqual(
    events.map(({ target, address }: { target: { name: string }; address: string | null }) => [target.name, address]),
    [
      ['Initech', '127.0.0.1'],
      ['Globex', null],
      ['Acme', null],
    ],
  )
})

test('events are found by the whole action, or by what it was done to', async () => {
  await using given = await givenAudit()
  for (const action of ['config.set', 'config.deleted', 'configuration.set', 'secret.set']) await given.did({ action })
  assert.deepEqual(await given.found('action=config'), ['config.deleted', 'config.set'])
  assert.deepEqual(await given.found('action=config.set'), ['config.set'])
  for (const action of ['config.', 'conf', '%']) assert.deepEqual(await given.found(`action=${encodeURIComponent(action)}`), [])
})

test('who changed a thing last is found among its tests and readings', async () => {
  await using given = await givenAudit()
  const target = { type: 'integration_mapping', id: newId() }
  await given.did({ action: 'integration_mapping.created', target, orgId: given.acme.id })
  await given.did({ action: 'integration_mapping.updated', target, orgId: given.acme.id, who: 'Grace' })
  await given.did({ action: 'integration_mapping.tested', target, orgId: given.acme.id })
  // An act without changes, as a reading is.
  await given.did({ action: 'secret.read', target, orgId: given.acme.id, daysAgo: 1 })
  const query = `target_type=integration_mapping&target_id=${target.id}`
  assert.equal((await given.found(query)).length, 4)
  assert.deepEqual(await given.found(`${query}&changes_only=true`), ['integration_mapping.created', 'integration_mapping.updated'])
  const { events } = (await given.send('GET', `/audit?${query}&changes_only=true&limit=1`)).body as {
    events: { actor: { name: string } }[]
  }
  assert.equal(events[0]?.actor.name, 'Grace')
})

test('an action is said in plain words, and is found by any of them, by its own name, and by the names around it', async () => {
  await using given = await givenAudit()
  const target = { type: 'integration_mapping', id: newId(), name: 'Acme Corp', integration_name: 'halo' }
  await given.did({ action: 'integration_mapping.updated', target, orgId: given.acme.id })
  await given.did({ action: 'integration_mapping.deleted', target, orgId: given.acme.id })
  await given.did({ action: 'session.created', target: { type: 'session', id: 's1' }, who: 'Grace' })
  await given.did({ action: 'rocket_engine.lit', target: { type: 'rocket_engine', id: 'r1' } })
  const { events } = (await given.send('GET', '/audit?search=mapping')).body as { events: Event[] }
  assert.deepEqual(
    events.map(({ summary, org_name }) => [summary, org_name]),
    [
      ['Mapping deactivated', 'Acme'],
      ['Mapping changed', 'Acme'],
    ],
  )
  const both = ['integration_mapping.deleted', 'integration_mapping.updated']
  assert.deepEqual(await given.found('search=MAPP'), both)
  assert.deepEqual(await given.found('search=integration_mapping'), both)
  assert.deepEqual(await given.found('search=mapping+changed'), ['integration_mapping.updated'])
  assert.deepEqual(await given.found('search=halo+deactivated'), ['integration_mapping.deleted'])
  assert.deepEqual(await given.found('search=acme+corp'), both)
  assert.deepEqual(await given.found('search=signed+in'), ['session.created'])
  assert.deepEqual(await given.found('search=grace'), ['session.created'])
  assert.deepEqual(await given.found('search=rocket+lit'), ['rocket_engine.lit'], 'one that nobody put into words')
  for (const nothing of ['%25', '%5C', 'mapping+rocket']) assert.deepEqual(await given.found(`search=${nothing}`), [], nothing)
  assert.deepEqual(await given.found('actor=ad'), [...both, 'rocket_engine.lit'])
  assert.deepEqual(await given.found('actor=id-of-Grace'), ['session.created'])
})

test('who changed this mapping yesterday is one question', async () => {
  await using given = await givenAudit()
  const target = { type: 'integration_mapping', id: newId(), name: 'Acme Corp' }
  const other = { ...target, id: newId() }
  const orgId = given.acme.id
  await given.did({ action: 'integration_mapping.created', target, orgId, daysAgo: 9 })
  await given.did({ action: 'integration_mapping.updated', target, orgId, daysAgo: 1, who: 'Grace' })
  await given.did({ action: 'integration_mapping.updated', target: other, orgId, daysAgo: 1 })
  await given.did({ action: 'integration_mapping.tested', target, orgId })
  const day = (daysAgo: number) => encodeURIComponent(new Date(Date.now() - daysAgo * 86_400_000).toISOString())
  const history = `target_type=integration_mapping&target_id=${target.id}`
  const { events } = (await given.send('GET', `/audit?${history}&since=${day(1.5)}&until=${day(0.5)}`)).body
  assert.deepEqual(
    events.map((event: { actor: { name: string }; action: string }) => [event.actor.name, event.action]),
    [['Grace', 'integration_mapping.updated']],
  )
  assert.deepEqual(await given.found(history), ['integration_mapping.created', 'integration_mapping.tested', 'integration_mapping.updated'])
  assert.deepEqual(await given.found(`${history}&until=${day(5)}`), ['integration_mapping.created'])
  assert.equal((await given.send('GET', '/audit?since=yesterday')).body.error, 'validation_failed')
})

test('the audit shows what was done to other organizations, or to all, only to those who may see them', async () => {
  await using given = await givenAudit()
  await given.did({ action: 'config.set', orgId: given.acme.id })
  await given.did({ action: 'secret.set', orgId: given.globex.id })
  await given.did({ action: 'schedule.set' })
  const limited = given.as(principalFor([given.acme], 'canViewHistory'))
  assert.deepEqual(await given.found('', limited), ['config.set', 'organization.created'])
  assert.deepEqual(await given.found(`org_id=${given.globex.id}`, limited), [])
  const { body } = await limited('GET', '/audit/export')
  assert.ok(body.includes('config.set') && !body.includes('secret.set') && !body.includes('schedule.set'), body)
  for (const path of ['/audit', '/audit/export']) {
    assert.equal((await given.as(undefined)('GET', path)).status, 401)
    assert.equal((await given.as(principalFor([given.acme], 'canManageConfig'))('GET', path)).body.details.permission, 'canViewAudit')
  }
})

test('what the filters match is downloaded as CSV, all of it, and nothing in it runs as a formula', async () => {
  await using given = await givenAudit()
  const evil = { type: 'integration_mapping', id: newId(), name: '=HYPERLINK("http://evil.example","Acme, ""Ltd""")' }
  await given.did({ action: 'integration_mapping.created', target: evil, orgId: given.acme.id, who: '@Ada' })
  await inScope(given.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`
      insert into audit_events (id, actor_type, actor_id, actor_name, action, target, changes)
      select gen_random_uuid(), 'system', 'x', 'x', 'config.set', '{"type":"config","id":"k"}', '{}' from generate_series(1, 2500)`),
  )
  const many = await given.send('GET', '/audit/export?action=config.set')
  assert.equal(many.body.trim().split('\r\n').length, 2_501)
  const { body, headers } = await given.send('GET', '/audit/export?search=mapping')
  assert.equal(headers['content-type'], 'text/csv; charset=utf-8')
  assert.match(String(headers['content-disposition']), /attachment; filename="crosswalk-audit\.csv"/)
  const [head, line, rest] = body.split('\r\n')
  assert.match(head, /^\ufefftime,who,/)
  assert.match(line, /,Mapping created,integration_mapping\.created,Acme,/)
  assert.ok(line.includes(`"'=HYPERLINK(""http://evil.example"",""Acme, """"Ltd"""""")"`), line)
  assert.match(line, /,'@Ada,person,/)
  assert.match(line, /,"\{""a"":\{""before"":1,""after"":2\}\}",/)
  assert.equal(rest, '')
  await inScope(given.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`
      insert into audit_events (id, actor_type, actor_id, actor_name, action, target, changes)
      values (gen_random_uuid(), 'person', 'eve', 'Eve;=1+1', 'config.set', '{"type":"config","id":"k"}', '{"value":{"before":null,"after":"x;=1+1"}}')`),
  )
  const parted = (await given.send('GET', '/audit/export?actor=Eve')).body.split('\r\n')[1]
  assert.match(parted, /,Eve;'=1\+1,person,/)
  assert.ok(parted.includes('""after"":""x\\u003b=1+1""'), parted)
})

test('a cell of CSV is quoted where it must be, and is text to every spreadsheet', () => {
  const cells = ['plain', 'a,b', 'say "hi"', 'two\nlines', '+1', '-1', '\t=1', ' =1', '\uff1d1', '', 'a=b', '2026-01-01']
  assert.deepEqual(cells.map(csvCell), [
    'plain',
    '"a,b"',
    '"say ""hi"""',
    '"two\nlines"',
    "'+1",
    "'-1",
    "'\t'=1",
    "' =1",
    "'\uff1d1",
    '',
    'a=b',
    '2026-01-01',
  ])
})

test('a cell of CSV begins no formula where a spreadsheet parts at semicolons, tabs or line ends instead', () => {
  const parted = /[,;\t\r\n]"?[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]/
  const formulas = ['Ada;=1+1', 'Ada;+1', 'Ada; -1', 'Ada;@a', 'Ada\t=1', 'Ada\r\n=1', 'Ada\n=1', ';=1', 'a;\uff1d1', 'a;;=1']
  for (const text of formulas) assert.doesNotMatch(csvCell(text), parted, JSON.stringify(text))
  assert.equal(csvCell('Ada;=1+1'), "Ada;'=1+1")
  assert.deepEqual(['a; b', 'a;b', 'x-y;z'].map(csvCell), ['a; b', 'a;b', 'x-y;z'])
})
