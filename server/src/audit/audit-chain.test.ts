import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { givenApi, principalFor } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { systemActing } from '../audit/audit.ts'
import { updateOrganization } from '../organizations/organizations.ts'
import { inScope, sql } from '../platform/database/database.ts'
import { linkAuditEvents } from './audit-chain.ts'
import { auditRetention } from './audit-retention.ts'

/** An API with five events in the chain, and the owner of its database, whom nothing keeps from them. */
async function givenChain() {
  const api = await givenApi()
  const acme = await givenOrganization(api.db, 'Acme')
  const globex = await givenOrganization(api.db, 'Globex')
  for (const name of ['One', 'Two', 'Three']) await updateOrganization(api.db, systemActing, acme.id, { name })
  assert.equal(await linkAuditEvents(api.db), 5)
  assert.equal(await linkAuditEvents(api.db), 0)
  const owner = new pg.Client({ connectionString: api.databaseUrl, options: '-c crosswalk.scope=all' })
  await owner.connect()
  return {
    ...api,
    acme,
    globex,
    owner,
    check: async (query = '') => (await api.send('GET', `/audit/chain${query}`)).body,
    async [Symbol.asyncDispose]() {
      await owner.end()
      await api[Symbol.asyncDispose]()
    },
  }
}
// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
const told = ({ problems }: any) => problems.map(({ sequence, problem }: any) => [sequence, problem])

test('the chain holds as long as nobody touches the events, and new ones are linked behind it', async () => {
  await using given = await givenChain()
  const before = await given.check()
  assert.deepEqual([before.checked, before.problems, before.next_cursor, before.unlinked, before.head.sequence], [5, [], null, 0, 5])
  await updateOrganization(given.db, systemActing, given.acme.id, { name: 'Four' })
  assert.equal((await given.check()).unlinked, 1)
  await linkAuditEvents(given.db)
  const after = await given.check(`?head=5:${before.head.hash}`)
  assert.deepEqual([after.head.sequence, after.has_head, after.problems], [6, true, []])
  assert.deepEqual((await given.check('?cursor=4')).checked, 2)
})

test('an event that is changed, or missing, or cut off the end shows', async () => {
  await using given = await givenChain()
  const { owner } = given
  const { head } = await given.check()
  const idAt = async (sequence: number) =>
    (await owner.query('select event_id from audit_links where sequence = $1', [sequence])).rows[0].event_id
  await owner.query(`update audit_events set actor_name = 'Somebody else' where id = $1`, [await idAt(2)])
  await owner.query('delete from audit_events where id = $1', [await idAt(4)])
  assert.deepEqual(told(await given.check()), [
    [2, 'event_changed'],
    [4, 'event_missing'],
  ])
  await owner.query('delete from audit_links where sequence = 3')
  assert.deepEqual(told(await given.check())[1], [3, 'link_missing'])
  await owner.query('delete from audit_links where sequence = 5')
  assert.equal((await given.check(`?head=${head.sequence}:${head.hash}`)).has_head, false)
})

test('from where something was done is in the chain, and an event from before that was kept has the link that it had', async () => {
  await using given = await givenChain()
  await updateOrganization(given.db, { ...systemActing, address: '192.0.2.44' }, given.acme.id, { name: 'Four' })
  await linkAuditEvents(given.db)
  assert.deepEqual(told(await given.check()), [])
  const { rows } = await given.owner.query(`
    select l.hash = sha256(coalesce(before.hash, decode(repeat('00', 32), 'hex')) || convert_to(jsonb_build_array(e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
      e.actor_type, e.actor_id, e.actor_name, e.action, e.organization_id, e.target, e.changes, e.request_id)::text, 'UTF8')) as is_as_before
    from audit_links l join audit_events e on e.id = l.event_id left join audit_links before on before.sequence = l.sequence - 1 order by l.sequence`)
  assert.deepEqual(
    rows.map(({ is_as_before }) => is_as_before),
    [true, true, true, true, true, false],
  )
  await given.owner.query('update audit_events set address = null where address is not null')
  assert.deepEqual(told(await given.check()), [[6, 'event_changed']])
})

test('the application itself can neither change nor delete what is in the chain', async () => {
  await using given = await givenChain()
  for (const statement of ['update audit_links set sequence = 9', 'delete from audit_links', 'delete from audit_events'])
    await assert.rejects(given.db.pool.query(statement), /permission denied/, statement)
})

test('JSON lines continue behind the last one that was read, within reach', async () => {
  await using given = await givenChain()
  const linesOf = async (query: string, send = given.send) => {
    const { body, headers } = await send('GET', `/audit/export?format=jsonl${query}`)
    assert.match(String(headers['content-type']), /x-ndjson/)
    return String(body)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  }
  const all = await linesOf('')
  assert.deepEqual(
    all.map(({ sequence, action }) => [sequence, action]),
    [
      [1, 'organization.created'],
      [2, 'organization.created'],
      [3, 'organization.updated'],
      [4, 'organization.updated'],
      [5, 'organization.updated'],
    ],
  )
  assert.deepEqual(
    (await linesOf('&after=3')).map(({ sequence }) => sequence),
    [4, 5],
  )
  assert.deepEqual(
    (await linesOf('&action=organization.created&after=1')).map(({ org_name }) => org_name),
    ['Globex'],
  )
  const ofGlobex = given.as(principalFor([given.globex], 'canViewHistory'))
  assert.deepEqual(
    (await linesOf('', ofGlobex)).map(({ sequence }) => sequence),
    [2],
  )
  assert.equal((await ofGlobex('GET', '/audit/chain')).status, 403)
})

test('events go for their age, the oldest first, and the chain holds behind their anchor', async () => {
  await using given = await givenChain()
  const { owner, db } = given
  const { head } = await given.check()
  const [rule] = auditRetention(60)
  assert.ok(rule)
  const forget = async () =>
    (
      await inScope(db, 'allOrganizations', (transaction) =>
        rule.deleteSome(transaction, { before: new Date(), now: new Date(), limit: 10 }),
      )
    ).deleted
  assert.equal(await forget(), 0)
  // A worker whose clock is ahead, and that keeps a month: nothing fails, and nothing younger goes.
  const [shortest] = auditRetention(30)
  assert.ok(shortest)
  const ahead = { before: new Date(), now: new Date(Date.now() + 3_600_000), limit: 10 }
  const early = await inScope(db, 'allOrganizations', (transaction) => shortest.deleteSome(transaction, ahead))
  assert.equal(early.deleted, 0)
  // As if a month had passed: what the chain holds of them is made again.
  await owner.query(
    `update audit_events set at = at - interval '70 days' where id in (select event_id from audit_links where sequence in (1, 2, 4))`,
  )
  await owner.query(`insert into audit_sinks (name, cursor) values ('syslog', 1)`)
  assert.equal(await forget(), 1, 'a sink does not have the second yet')
  await owner.query('update audit_sinks set cursor = 5')
  assert.equal(await forget(), 1, 'the third is younger, and so the fourth is kept behind it')
  const { anchor, checked, problems, has_head: hasHead } = await given.check(`?head=1:${head.hash}`)
  assert.deepEqual([anchor.sequence, checked, hasHead], [2, 3, null])
  assert.deepEqual(told({ problems }), [[4, 'event_changed']], 'which this test has changed')
  assert.equal((await given.check(`?head=${anchor.sequence}:${anchor.hash}`)).has_head, true)
  await assert.rejects(
    inScope(db, 'allOrganizations', (transaction) => transaction.query(sql`select forget_audit_events(now(), 5)`)),
    /at least 30 days/,
  )
  await assert.rejects(
    inScope(db, 'allOrganizations', (transaction) => transaction.query(sql`delete from audit_links`)),
    /permission denied/,
  )
  await owner.query(`update audit_events set at = at - interval '70 days'`)
  assert.equal(await forget(), 3)
  await updateOrganization(db, systemActing, given.acme.id, { name: 'Behind the anchor' })
  await linkAuditEvents(db)
  const after = await given.check()
  assert.deepEqual([after.checked, after.problems, after.head.sequence, after.anchor.sequence], [1, [], 6, 5])
})
