import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { givenDatabase } from '../../../testing/given-database.ts'
import { newId } from '../ids.ts'
import { inScope, sql } from './database.ts'

test('a dump across all organizations sees every row of every table, partitions by their own names too', async () => {
  await using db = await givenDatabase()
  const organizationId = newId()
  await inScope(db, 'allOrganizations', async (transaction) => {
    await transaction.query(sql`insert into organizations (id, name) values (${organizationId}, 'Acme')`)
    await transaction.query(
      sql`insert into executions (id, organization_id, kind, name, timeout_ms, caller) values (${newId()}, ${organizationId}, 'workflow', 'w', 1, '{}')`,
    )
  })
  // What `PGOPTIONS='-c crosswalk.scope=all' pg_dump --enable-row-security` does: as the owner, table by table, leaves of partitions included.
  const dump = new pg.Client({ connectionString: db.url, options: '-c crosswalk.scope=all -c row_security=on' })
  await dump.connect()
  try {
    const { rows: leaves } = await dump.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'executions'::regclass`,
    )
    let found = 0
    for (const { name } of leaves) found += Number((await dump.query(`select count(*) from ${name}`)).rows[0].count)
    assert.equal(found, 1)
    assert.equal((await dump.query('select count(*) from organizations')).rows[0].count, '1')
  } finally {
    await dump.end()
  }
  const plain = new pg.Client({ connectionString: db.url })
  await plain.connect()
  try {
    assert.equal((await plain.query('select count(*) from organizations')).rows[0].count, '0')
  } finally {
    await plain.end()
  }
})
