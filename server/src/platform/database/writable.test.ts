import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { type GivenDatabase, givenDatabase } from '../../../testing/given-database.ts'
import { newId } from '../ids.ts'
import { inScope, readInScope, sql } from './database.ts'
import { isDatabaseAway, isReadOnly } from './outages.ts'

let db: GivenDatabase

before(async () => {
  db = await givenDatabase({ maxConnections: 3 })
})
after(() => db[Symbol.asyncDispose]())

const pidOfOne = async () => (await readInScope<{ pid: number }>(db, 'allOrganizations', sql`select pg_backend_pid() as pid`))[0]?.pid

const insertion = () => sql`insert into organizations (id, name) values (${newId()}, 'Acme') returning id`
const writings = {
  inScope: () => inScope(db, 'allOrganizations', (transaction) => transaction.query(insertion())),
  readInScope: () => readInScope(db, 'allOrganizations', insertion()),
}

/** Opens all connections of the pool, to a server that takes no changes from then on. */
async function givenDemoted(): Promise<Set<number | undefined>> {
  const clients = await Promise.all([1, 2, 3].map(() => db.connections.take()))
  const pids = new Set<number | undefined>()
  for (const client of clients) {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    pids.add(rows[0]?.pid)
    await client.query('set session characteristics as transaction read only')
    client.release()
  }
  return pids
}

for (const [way, write] of Object.entries(writings)) {
  test(`${way}: after one refusal because the server is read-only, none of the connections to it is used again`, async () => {
    const demoted = await givenDemoted()
    assert.ok(demoted.has(await pidOfOne()), 'they are used until then')
    await assert.rejects(write(), (error) => isReadOnly(error) && isDatabaseAway(error))
    assert.equal(db.outages.isGoingOn, true)
    const pids = await Promise.all([pidOfOne(), pidOfOne(), pidOfOne()])
    assert.ok(!pids.some((pid) => demoted.has(pid)), 'fresh ones are made')
    assert.equal((await write()).length, 1)
    assert.equal(db.outages.isGoingOn, false)
  })
}

test('a server that is read-only is not used at all, as if it did not answer', async () => {
  const owner = new pg.Client({ connectionString: db.url })
  await owner.connect()
  await givenDemoted()
  await owner.query(`alter database ${owner.database} set default_transaction_read_only = on`)
  try {
    await assert.rejects(writings.inScope(), isReadOnly)
    await assert.rejects(pidOfOne(), (error) => isReadOnly(error) && isDatabaseAway(error))
  } finally {
    await owner.query('set default_transaction_read_only = off')
    await owner.query(`alter database ${owner.database} reset default_transaction_read_only`)
    await owner.end()
  }
  assert.equal((await writings.inScope()).length, 1)
})
