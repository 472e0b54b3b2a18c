import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { type GivenDatabase, givenDatabase } from '../../../testing/given-database.ts'
import { newId } from '../ids.ts'
import { forRequest, forSameRequest } from './causes.ts'
import { type Database, forPurpose, inScope, openDatabase, readInScope, sql } from './database.ts'

/** One connection, so that a name that stays behind would be met by the next. */
let db: GivenDatabase
before(async () => {
  db = await givenDatabase({ maxConnections: 1, name: 'crosswalk test' })
})
after(() => db[Symbol.asyncDispose]())

const shown = sql`select current_setting('application_name') as name`
const readName = (given: Database) => readInScope<{ name: string }>(given, 'allOrganizations', shown).then(([row]) => row?.name)
const nameWithin = (given: Database) =>
  inScope(given, { organizationIds: new Set() }, (transaction) => transaction.query<{ name: string }>(shown)).then(([row]) => row?.name)

test('statements run under the name of the request that they are for, also where several are served at once', async () => {
  const ids = Array.from({ length: 10 }, () => newId())
  const names = await Promise.all(ids.map((id) => forRequest(id, async () => [await readName(db), await nameWithin(db)])))
  assert.deepEqual(
    names,
    ids.map((id) => Array(2).fill(`crosswalk test request ${id}`)),
  )
  assert.deepEqual([await readName(db), await nameWithin(db)], ['crosswalk test', 'crosswalk test'])
  assert.deepEqual((await db.pool.query(shown.text)).rows, [{ name: 'crosswalk test' }])
})

test('what a stream is made of is for the request that began it, also where another takes the next item', async () => {
  const id = newId()
  async function* names() {
    for (let item = 0; item < 3; item++) yield await readName(db)
  }
  const stream = forRequest(id, () => Readable.from(forSameRequest(names())))
  assert.deepEqual(await forRequest(newId(), () => stream.toArray()), Array(3).fill(`crosswalk test request ${id}`))
})

test('a database for one purpose says so, and one whose name has other characters or is too long is refused', async () => {
  assert.equal(await readName(forPurpose(db, 'audit chain')), 'crosswalk test audit chain')
  const uuid = '01a22b6c-32f4-77f5-8924-73891839c4d3'
  const longest = forPurpose({ ...db, name: 'crosswalk worker' }, `execution ${uuid}`)
  assert.equal(await nameWithin(longest), `crosswalk worker execution ${uuid}`)
  for (const name of ["x'; select 1; --", 'x\ny', 'x  y', ' x', 'Ä', `${uuid} ${uuid}`]) {
    assert.throws(() => forPurpose(db, name), /No statement can run under the name/, name)
    assert.throws(() => forRequest(name, () => assert.fail('it runs')), /No statement can run under the name/, name)
    assert.throws(() => openDatabase(db.url, { name: `crosswalk ${name}` }), /No statement can run under the name/, name)
  }
})
