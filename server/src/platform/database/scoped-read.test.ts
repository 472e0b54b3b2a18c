import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestDatabase } from '../../../testing/test-database.ts'
import { newId } from '../ids.ts'
import { inScope, openDatabase, readInScope, sql } from './database.ts'

type Settings = { organization: string | null; scope: string | null }
const settings = sql`select current_setting('crosswalk.organization_id', true) as organization, current_setting('crosswalk.scope', true) as scope`

/** One connection, so that what one read leaves behind would be met by the next. */
async function openOne(url: string) {
  const db = openDatabase(url, { maxConnections: 1 })
  return { db, [Symbol.asyncDispose]: () => db.close() }
}

test('a read sees its scope, and leaves none behind', async () => {
  await using database = await createTestDatabase()
  await using opened = await openOne(database.url)
  const id = newId()
  assert.deepEqual(await readInScope<Settings>(opened.db, { organizationId: id }, settings), [{ organization: id, scope: '' }])
  assert.deepEqual(await readInScope<Settings>(opened.db, 'allOrganizations', settings), [{ organization: '', scope: 'all' }])
  const { rows } = await opened.db.pool.query<Settings>(settings.text)
  assert.deepEqual(
    rows.map(({ organization, scope }) => [organization || null, scope || null]),
    [[null, null]],
  )
})

test('reads that begin together on one connection each have their own scope and rows', async () => {
  await using database = await createTestDatabase()
  await using opened = await openOne(database.url)
  const ids = Array.from({ length: 20 }, () => newId())
  const found = await Promise.all(
    ids.map((id, index) =>
      readInScope<Settings & { index: number }>(
        opened.db,
        { organizationId: id },
        sql`select current_setting('crosswalk.organization_id') as organization, ${index}::int as index`,
      ),
    ),
  )
  assert.deepEqual(
    found,
    ids.map((organization, index) => [{ organization, index }]),
  )
})

test('a read without rows is an empty list, and one that fails leaves the connection usable', async () => {
  await using database = await createTestDatabase()
  await using opened = await openOne(database.url)
  assert.deepEqual(await readInScope(opened.db, 'allOrganizations', sql`select 1 where false`), [])
  for (const failing of [sql`select 1 / ${0}::int`, sql`select nothing_of_that_name`, sql`select ${'x'}::int`]) {
    await assert.rejects(readInScope(opened.db, 'allOrganizations', failing))
    await assert.rejects(readInScope(opened.db, 'allOrganizations', failing))
  }
  assert.deepEqual(await readInScope(opened.db, 'allOrganizations', sql`select 1 as one`), [{ one: 1 }])
})

test('a single statement that writes is committed, and taken back whole where it fails', async () => {
  await using database = await createTestDatabase()
  await using opened = await openOne(database.url)
  const id = newId()
  await readInScope(opened.db, { organizationId: id }, sql`insert into organizations (id, name) values (${id}, 'Acme')`)
  const failing = sql`with added as (insert into organizations (id, name) values (${newId()}, 'Globex') returning id) select 1 / (count(*) - 1) from added`
  await assert.rejects(readInScope(opened.db, 'allOrganizations', failing), /division by zero/)
  const names = await inScope(opened.db, 'allOrganizations', (transaction) => transaction.query(sql`select name from organizations`))
  assert.deepEqual(names, [{ name: 'Acme' }])
})
