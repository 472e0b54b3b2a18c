import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { givenDatabase } from '../../../testing/given-database.ts'
import { newId } from '../ids.ts'
import { inScope, inScopeAtOnce, readInScope, sql } from './database.ts'

/** What one statement leaves behind, the next one meets. */
const oneConnection = { maxConnections: 1 }

const typed = (number: number) =>
  sql`select ${number}::int as number, '{"a":[1]}'::jsonb as json, null::text as nothing, now() as at, array['x'] as list`

test('a statement gives the same rows once its columns are known, whatever their types', async () => {
  await using db = await givenDatabase(oneConnection)
  for (const number of [1, 2, 3]) {
    const [row] = await readInScope<{ number: number; json: unknown; nothing: null; at: Date; list: string[] }>(
      db,
      'allOrganizations',
      typed(number),
    )
    assert.ok(row)
    assert.deepEqual([row.number, row.json, row.nothing, row.at instanceof Date, row.list], [number, { a: [1] }, null, true, ['x']])
    assert.deepEqual(Object.keys(row), ['number', 'json', 'nothing', 'at', 'list'])
  }
  const again = await inScope(db, 'allOrganizations', (transaction) => transaction.query<{ number: number }>(typed(4)))
  assert.equal(again[0]?.number, 4)
})

test('a statement without rows, one with none this time, and one without columns', async () => {
  await using db = await givenDatabase(oneConnection)
  const none = sql`update organizations set name = 'x' where false`
  const some = (isWanted: boolean) => sql`select 1 as one where ${isWanted}::boolean`
  for (const isWanted of [false, true, true, false]) {
    await inScope(db, 'allOrganizations', async (transaction) => {
      assert.deepEqual(await transaction.query(none), [])
      assert.deepEqual(await transaction.query(some(isWanted)), isWanted ? [{ one: 1 }] : [])
      assert.deepEqual(await transaction.query(sql`select from generate_series(1, 2)`), [{}, {}])
    })
  }
})

test('runs of one statement that are sent before its columns are known each have their own rows', async () => {
  await using db = await givenDatabase(oneConnection)
  const numbers = Array.from({ length: 30 }, (_, number) => number)
  for (let time = 0; time < 2; time++) {
    const rows = await inScope(db, 'allOrganizations', (transaction) =>
      Promise.all(numbers.map((number) => transaction.query<{ number: number }>(typed(number)))),
    )
    assert.deepEqual(
      rows.map(([row]) => row?.number),
      numbers,
    )
  }
})

test('PostgreSQL describes the columns of a statement once for a connection', async () => {
  await using db = await givenDatabase(oneConnection)
  let descriptions = 0
  db.pool.on('connect', (client) => {
    const { connection } = client as unknown as { connection: NodeJS.EventEmitter } // the driver's own
    connection.on('rowDescription', () => descriptions++)
  })
  await readInScope(db, 'allOrganizations', typed(1))
  const first = descriptions
  assert.ok(first > 0)
  for (const number of [2, 3, 4]) await readInScope(db, 'allOrganizations', typed(number))
  assert.equal(descriptions, first)
})

test('a value that cannot be sent fails its statement, spoils none after it, and has nothing beside it committed', async () => {
  await using db = await givenDatabase(oneConnection)
  const told = (value: unknown) => sql`select ${value}::jsonb as value`
  const unsendable = { number: 1n }
  await assert.rejects(readInScope(db, 'allOrganizations', told(unsendable)), TypeError)
  await assert.rejects(
    inScope(db, 'allOrganizations', (transaction) => transaction.query(told(unsendable))),
    TypeError,
  )
  for (const value of [{ a: 1 }, { b: 2 }]) {
    assert.deepEqual(await readInScope(db, 'allOrganizations', told(value)), [{ value }])
    assert.deepEqual(await inScope(db, 'allOrganizations', (transaction) => transaction.query(told(value))), [{ value }])
  }
  const added = sql`insert into organizations (id, name) values (${newId()}, 'Acme')`
  const both = inScopeAtOnce(db, 'allOrganizations', (transaction) =>
    Promise.all([transaction.query(added), transaction.query(told(unsendable))]),
  )
  await assert.rejects(both, TypeError)
  assert.deepEqual(await readInScope(db, 'allOrganizations', sql`select name from organizations`), [])
})

test('a statement that was refused at first is right afterwards', async () => {
  await using db = await givenDatabase(oneConnection)
  const divided = (by: number) => sql`select 6 / ${by}::int as result`
  await assert.rejects(readInScope(db, 'allOrganizations', divided(0)), /division by zero/)
  for (const by of [2, 3]) assert.deepEqual(await readInScope(db, 'allOrganizations', divided(by)), [{ result: 6 / by }])
  await assert.rejects(readInScope(db, 'allOrganizations', divided(0)), /division by zero/)
})

test('where a migration gives a table other columns, reads do not notice, and a transaction fails once', async () => {
  await using db = await givenDatabase({ maxConnections: 3 })
  const owner = new pg.Client({ connectionString: db.url })
  await owner.connect()
  try {
    const all = sql`select * from schema_migrations limit 1`
    const threeReads = () => Promise.all([1, 2, 3].map(() => readInScope<object>(db, 'allOrganizations', all)))
    const within = () => inScope(db, 'allOrganizations', (transaction) => transaction.query<object>(all))
    const [[before] = []] = await threeReads()
    await owner.query(`alter table schema_migrations add column added text default 'new'`)
    for (const rows of await threeReads()) assert.deepEqual(rows, [{ ...before, added: 'new' }])
    await within()
    await owner.query(`alter table schema_migrations add column again text default 'new'`)
    await assert.rejects(within(), /must not change result type/)
    for (let time = 0; time < 3; time++) assert.deepEqual(await within(), [{ ...before, added: 'new', again: 'new' }])
  } finally {
    await owner.end()
  }
})
