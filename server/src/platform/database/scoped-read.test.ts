import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { givenDatabase } from '../../../testing/given-database.ts'
import { startOwnPostgres } from '../../../testing/own-postgres.ts'
import { newId } from '../ids.ts'
import { inScope, openDatabase, readInScope, sql } from './database.ts'

/** What one statement leaves behind, the next one meets. */
const oneConnection = { maxConnections: 1 }

type Settings = { organization: string | null; scope: string | null }
const settings = sql`select current_setting('crosswalk.organization_id', true) as organization, current_setting('crosswalk.scope', true) as scope`

test('a read sees its scope, and leaves none behind', async () => {
  await using db = await givenDatabase(oneConnection)
  const id = newId()
  assert.deepEqual(await readInScope<Settings>(db, { organizationId: id }, settings), [{ organization: id, scope: '' }])
  assert.deepEqual(await readInScope<Settings>(db, 'allOrganizations', settings), [{ organization: '', scope: 'all' }])
  const { rows } = await db.pool.query<Settings>(settings.text)
  assert.deepEqual(
    rows.map(({ organization, scope }) => [organization || null, scope || null]),
    [[null, null]],
  )
})

test('reads that begin together on one connection each have their own scope and rows', async () => {
  await using db = await givenDatabase(oneConnection)
  const ids = Array.from({ length: 20 }, () => newId())
  const found = await Promise.all(
    ids.map((id, index) =>
      readInScope<Settings & { index: number }>(
        db,
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
  await using db = await givenDatabase(oneConnection)
  assert.deepEqual(await readInScope(db, 'allOrganizations', sql`select 1 where false`), [])
  for (const failing of [sql`select 1 / ${0}::int`, sql`select nothing_of_that_name`, sql`select ${'x'}::int`]) {
    await assert.rejects(readInScope(db, 'allOrganizations', failing))
    await assert.rejects(readInScope(db, 'allOrganizations', failing))
  }
  assert.deepEqual(await readInScope(db, 'allOrganizations', sql`select 1 as one`), [{ one: 1 }])
})

test('a single statement that writes is committed, and taken back whole where it fails', async () => {
  await using db = await givenDatabase(oneConnection)
  const id = newId()
  await readInScope(db, { organizationId: id }, sql`insert into organizations (id, name) values (${id}, 'Acme')`)
  const failing = sql`with added as (insert into organizations (id, name) values (${newId()}, 'Globex') returning id) select 1 / (count(*) - 1) from added`
  await assert.rejects(readInScope(db, 'allOrganizations', failing), /division by zero/)
  const names = await inScope(db, 'allOrganizations', (transaction) => transaction.query(sql`select name from organizations`))
  assert.deepEqual(names, [{ name: 'Acme' }])
})

test('a scope that was set for all sessions of a database widens none of ours', async () => {
  await using postgres = await startOwnPostgres()
  const acme = newId()
  // PostgreSQL lets nobody else.
  const superuser = new pg.Client({ connectionString: postgres.superuserUrl })
  await superuser.connect()
  await superuser.query(`alter database crosswalk set crosswalk.scope = 'all'`).finally(() => superuser.end())
  await using ends = new AsyncDisposableStack()
  const db = ends.adopt(openDatabase(postgres.url, oneConnection), (opened) => opened.close())
  await readInScope(db, 'allOrganizations', sql`insert into organizations (id, name) values (${acme}, 'Acme')`)
  const other = { organizationId: newId() }
  const listing = sql`select name from organizations`
  assert.deepEqual(await readInScope(db, other, listing), [])
  assert.deepEqual(await inScope(db, other, (transaction) => transaction.query(listing)), [])
  assert.deepEqual((await db.pool.query(listing.text)).rows, [])
  assert.deepEqual(await readInScope(db, { organizationId: acme }, listing), [{ name: 'Acme' }])
})
