import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type GivenDatabase, givenDatabase } from '../../testing/given-database.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { type Database, inScope, raw, readInScope, type Scope, type Sql, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'

// Row-level security alone: every statement here is without a `where`.

type Owner = string | null

/** How a row of each table with an organization is made. A table that is missing here fails the first test. */
const rowOf: Record<string, (owner: Owner) => Sql> = {
  approvals: (owner) =>
    sql`insert into approvals (id, organization_id, execution_id, workflow_name, step_key, title, may_requester, requested_by, requester_type, requester_id, expires_at) values (${newId()}, ${owner}, ${newId()}, 'w', 'k', 't', false, '{}', 'system', 'x', now())`,
  audit_events: (owner) =>
    sql`insert into audit_events (id, actor_type, actor_id, actor_name, action, organization_id, target, changes) values (${newId()}, 'system', 'x', 'x', 'x.y', ${owner}, '{}', '{}')`,
  batch_items: (owner) => sql`insert into batch_items (batch_id, subject_id, organization_id) values (${batchId}, ${newId()}, ${owner})`,
  budgets: (owner) => sql`insert into budgets (id, host, credential, organization_id) values (${newId()}, 'host', 'c', ${owner})`,
  config: (owner) => sql`insert into config (id, organization_id, key, value, updated_by) values (${newId()}, ${owner}, 'key', '1', 'x')`,
  data_provider_cache: (owner) =>
    sql`insert into data_provider_cache (provider_name, organization_id, parameters_hash, options, cached_at, expires_at) values ('p', ${owner}, 'h', '[]', now(), now())`,
  discovery_runs: (owner) =>
    sql`insert into discovery_runs (id, integration_name, organization_id, execution_id) values (${newId()}, 'halo', ${owner}, ${newId()})`,
  execution_exchanges: (owner) =>
    sql`insert into execution_exchanges (execution_id, id, organization_id, method, host, path, attempt, request_bytes, response_bytes, waited_ms, started_at, duration_ms) values (${newId()}, ${newId()}, ${owner}, 'GET', 'h', '/', 1, 0, 0, 0, now(), 1)`,
  execution_keys: (owner) =>
    sql`insert into execution_keys (organization_id, name, idempotency_key, execution_id) values (${owner}, 'w', 'k', ${newId()})`,
  execution_logs: (owner) =>
    sql`insert into execution_logs (execution_id, organization_id, sequence, at, level, message) values (${newId()}, ${owner}, 0, now(), 'info', 'x')`,
  execution_steps: (owner) =>
    sql`insert into execution_steps (execution_id, organization_id, position, name, status, attempt, started_at) values (${newId()}, ${owner}, 0, 's', 'running', 1, now())`,
  executions: (owner) =>
    sql`insert into executions (id, organization_id, kind, name, timeout_ms, caller) values (${newId()}, ${owner}, 'workflow', 'w', 1, '{}')`,
  external_organizations: (owner) =>
    sql`insert into external_organizations (integration_name, organization_id, external_org_id, name, position, first_seen_at, last_seen_at, last_run_id) values ('halo', ${owner}, 'nobody', 'x', 0, now(), now(), ${newId()})`,
  organization_mappings: (owner) =>
    sql`insert into organization_mappings (id, organization_id, integration_name, external_org_id, external_org_name, mapping_data, created_by, updated_by) values (${newId()}, ${owner}, 'halo', ${owner}, 'x', '{}', 'x', 'x')`,
  planned_discoveries: (owner) =>
    sql`insert into planned_discoveries (integration_name, organization_id, due_at) values ('halo', ${owner}, now())`,
  replaced_secrets: (owner) =>
    sql`insert into replaced_secrets (organization_id, key, key_id, sealed_data_key, sealed_value, version) values (${owner}, 'key', 'k', '', '', 1)`,
  secret_reads: (owner) =>
    sql`insert into secret_reads (execution_id, organization_id, key, is_global) values (${newId()}, ${owner}, 'key', true)`,
  secrets: (owner) =>
    sql`insert into secrets (id, organization_id, key, key_id, sealed_data_key, sealed_value, updated_by) values (${newId()}, ${owner}, 'key', 'k', '', '', 'x')`,
  step_records: (owner) =>
    sql`insert into step_records (execution_id, organization_id, answer_order, name, fingerprint, occurrence, outcome, is_plain, is_sealed) values (${newId()}, ${owner}, 0, 's', 'f', 0, '', true, false)`,
  connections: (owner) =>
    sql`insert into connections (id, organization_id, integration_name, name, connected_by, connected_at) values (${newId()}, ${owner}, 'halo', 'account', 'x', now())`,
  connection_starts: (owner) =>
    sql`insert into connection_starts (id, digest, is_link, organization_id, integration_name, name, started_by, expires_at) values (${newId()}, ${Buffer.from(newId())}, true, ${owner}, 'halo', 'account', '{}', now())`,
  vendor_tokens: (owner) =>
    sql`insert into vendor_tokens (id, organization_id, token_key, host) values (${newId()}, ${owner}, 'k', 'api.example.com')`,
}

const batchId = newId()
let db: GivenDatabase
let ids: string[]
let three: string[]

type Table = { name: string; canBeNobodys: boolean; canBeChanged: boolean }

/** Every table with an organization, as PostgreSQL itself tells; partitions belong to their tables. */
const tablesOf = (database: Database) =>
  readInScope<Table>(
    database,
    'allOrganizations',
    sql`
    select c.relname as name, not a.attnotnull as "canBeNobodys", has_table_privilege(c.oid, 'update') as "canBeChanged"
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname`,
  )

const write = (scope: Scope, statement: Sql) => inScope(db, scope, (transaction) => transaction.query(statement))
const ownersIn = async (scope: Scope, table: string) =>
  (await readInScope<{ owner: Owner }>(db, scope, sql`select organization_id as owner from ${raw(table)}`)).map(({ owner }) => owner)

before(async () => {
  db = await givenDatabase()
  ids = []
  for (let index = 0; index < 7; index++) ids.push((await givenOrganization(db, `Organization ${index}`)).id)
  three = ids.slice(2, 5)
  await write('allOrganizations', sql`delete from organization_mappings`)
  await write('allOrganizations', sql`insert into master_keys (key_id, proof, is_current) values ('k', '', true)`)
  await write(
    'allOrganizations',
    sql`insert into batches (id, kind, name, timeout_ms, selection, caller) values (${batchId}, 'workflow', 'w', 1, '"all"', '{}')`,
  )
  for (const { name, canBeNobodys } of await tablesOf(db)) {
    const make = rowOf[name]
    assert.ok(make, `${name} has an organization: say here how a row of it is made, so that it is held to its scope.`)
    for (const owner of [...ids, ...(canBeNobodys ? [null] : [])]) await write('allOrganizations', make(owner))
  }
})
after(() => db[Symbol.asyncDispose]())

test('the catalogue has the tables that are looked at here, each with row-level security that binds its owner, too', async () => {
  const found = (await tablesOf(db)).map(({ name }) => name)
  assert.deepEqual(found, Object.keys(rowOf).sort())
  const open = await readInScope(
    db,
    'allOrganizations',
    sql`select relname from pg_class where relname = any(${[...found, 'organizations', 'batches']}) and not (relrowsecurity and relforcerowsecurity)`,
  )
  assert.deepEqual(open, [])
})

test('who has three organizations sees the rows of three in every table, and nobody’s in none', async () => {
  const scope = { organizationIds: new Set(three) }
  for (const { name } of await tablesOf(db)) {
    const owners = await ownersIn(scope, name)
    assert.deepEqual(new Set(owners), new Set(three), name)
  }
  const organizations = await readInScope<{ id: string }>(db, scope, sql`select id from organizations order by id`)
  assert.deepEqual(
    organizations.map(({ id }) => id),
    three,
  )
})

test('who has all but three sees the rows of the others in every table, and nobody’s in none', async () => {
  const scope = { exceptOrganizationIds: new Set(three) }
  const others = ids.filter((id) => !three.includes(id))
  for (const { name } of await tablesOf(db)) assert.deepEqual(new Set(await ownersIn(scope, name)), new Set(others), name)
  const organizations = await readInScope<{ id: string }>(db, scope, sql`select id from organizations order by id`)
  assert.deepEqual(
    organizations.map(({ id }) => id),
    others,
  )
})

test('listed organizations are seen by the role for them alone, and it is left with the transaction', async () => {
  const setting = `only {${three.join()}}`
  for (const { name } of [...(await tablesOf(db)), { name: 'organizations' }]) {
    const client = await db.pool.connect()
    try {
      await client.query(`begin; set local crosswalk.scope = '${setting}'`)
      assert.deepEqual((await client.query(`select from ${name}`)).rows, [], name)
      await client.query(`rollback; begin; set local role crosswalk_listed`)
      assert.deepEqual((await client.query(`select from ${name}`)).rows, [], `${name}, without a scope`)
      await client.query('rollback')
    } finally {
      client.release()
    }
  }
  const role = sql`select current_user as role`
  const scope = { organizationIds: new Set(three) }
  const roleIn = async (given: Scope) => (await readInScope<{ role: string }>(db, given, role))[0]?.role
  for (let turn = 0; turn < 2; turn++) {
    assert.equal(await roleIn(scope), 'crosswalk_listed')
    assert.equal(await roleIn('allOrganizations'), 'crosswalk_app')
    assert.deepEqual(await write(scope, role), [{ role: 'crosswalk_listed' }])
    assert.equal(await roleIn({ organizationId: three[0] as string }), 'crosswalk_app')
  }
  await assert.rejects(readInScope(db, scope, sql`select 1 / (count(*) - ${three.length}) from organizations`), /division by zero/)
  await assert.rejects(write(scope, sql`select 1 / (count(*) - ${three.length}) from organizations`), /division by zero/)
  assert.deepEqual((await db.pool.query('select distinct current_user as role from generate_series(1, 5)')).rows, [
    { role: 'crosswalk_app' },
  ])
})

test('who has all sees every row, and who has none or no scope sees none', async () => {
  for (const { name, canBeNobodys } of await tablesOf(db)) {
    const owners = await ownersIn('allOrganizations', name)
    assert.deepEqual(new Set(owners), new Set([...ids, ...(canBeNobodys ? [null] : [])]), name)
    assert.deepEqual(await ownersIn({ organizationIds: new Set() }, name), [], name)
    assert.deepEqual((await db.pool.query(`select from ${name}`)).rows, [], name)
  }
})

test('within listed organizations nobody else’s row is changed, made or taken over', async () => {
  const scope = { organizationIds: new Set(three) }
  const other = ids[0] as string
  for (const { name, canBeChanged } of await tablesOf(db)) {
    await assert.rejects(write(scope, (rowOf[name] as (typeof rowOf)[string])(other)), /row-level security/, name)
    if (!canBeChanged) continue
    const changed = sql`update ${raw(name)} set organization_id = organization_id returning organization_id as owner`
    const rows = await inScope(db, scope, (transaction) => transaction.query<{ owner: Owner }>(changed))
    assert.deepEqual(new Set(rows.map(({ owner }) => owner)), new Set(three), name)
    await assert.rejects(write(scope, sql`update ${raw(name)} set organization_id = ${other}`), /row-level security|unique/, name)
  }
})

test('of the global list of external organizations they see what theirs are mapped to', async () => {
  const add = (externalId: string) =>
    sql`insert into external_organizations (integration_name, external_org_id, name, position, first_seen_at, last_seen_at, last_run_id) values ('halo', ${externalId}, 'x', 0, now(), now(), ${newId()})`
  for (const id of ids) await write('allOrganizations', add(id))
  const seenIn = async (scope: Scope) =>
    (
      await readInScope<{ id: string }>(
        db,
        scope,
        sql`select external_org_id as id from external_organizations where organization_id is null order by external_org_id`,
      )
    ).map(({ id }) => id)
  assert.deepEqual(await seenIn({ organizationIds: new Set(three) }), three)
  assert.deepEqual(
    await seenIn({ exceptOrganizationIds: new Set(three) }),
    ids.filter((id) => !three.includes(id)),
  )
  assert.equal((await seenIn({ organizationId: three[0] as string })).length, 8, 'within one organization, what is global is read')
})

test('a batch is seen where none of the organizations that could come into it is out of scope', async () => {
  const [first, second, third] = three as [string, string, string]
  const other = ids[0] as string
  const add = (name: string, reach: string[] | null) =>
    sql`insert into batches (id, kind, name, timeout_ms, selection, caller, reach) values (${newId()}, 'workflow', ${name}, 1, '"all"', '{}', ${reach})`
  for (const [name, reach] of [
    ['own', [first, third]],
    ['mixed', [second, other]],
    ['others', [other]],
    ['everyone', null],
  ] as const)
    await write('allOrganizations', add(name, reach && [...reach]))
  const seenIn = async (scope: Scope) =>
    (await readInScope<{ name: string }>(db, scope, sql`select name from batches where name <> 'w' order by name`)).map(({ name }) => name)
  assert.deepEqual(await seenIn({ organizationIds: new Set(three) }), ['own'])
  assert.deepEqual(await seenIn({ exceptOrganizationIds: new Set(three) }), ['others'])
  assert.deepEqual(await seenIn({ organizationIds: new Set(ids) }), ['mixed', 'others', 'own'])
  assert.deepEqual(await seenIn({ organizationId: first }), [])
  await assert.rejects(write({ organizationIds: new Set(three) }, add('taken', [other])), /row-level security/)
  await assert.rejects(write({ organizationIds: new Set(three) }, add('taken', null)), /row-level security/)
})

test('what was done to no single organization is written down within listed ones, and not read there', async () => {
  const scope = { organizationIds: new Set(three) }
  const before = (await ownersIn('allOrganizations', 'audit_events')).length
  await write(scope, (rowOf.audit_events as (typeof rowOf)[string])(null))
  assert.equal((await ownersIn('allOrganizations', 'audit_events')).length, before + 1)
  assert.ok(!(await ownersIn(scope, 'audit_events')).includes(null))
})

test('hundreds of organizations make a scope, and what is no id makes none', async () => {
  const many = new Set([...Array.from({ length: 900 }, () => newId()), ...three])
  assert.deepEqual(new Set(await ownersIn({ organizationIds: many }, 'organization_mappings')), new Set(three))
  const [row] = await inScope(db, { organizationIds: many }, (transaction) =>
    transaction.query<{ count: number }>(sql`select count(*)::int as count from organizations`),
  )
  assert.equal(row?.count, 3)
  for (const scope of [{ organizationIds: new Set(["x'} or true"]) }, { exceptOrganizationIds: new Set(['']) }]) {
    await assert.rejects(readInScope(db, scope, sql`select 1`), TypeError)
    await assert.rejects(
      inScope(db, scope, async () => {}),
      TypeError,
    )
  }
})
