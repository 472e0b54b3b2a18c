import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type GivenDatabase, givenDatabase } from '../../../testing/given-database.ts'
import { testLogger } from '../../../testing/test-app.ts'
import { newId } from '../ids.ts'
import { inScope, inScopeAtOnce, isUniqueViolation, readInScope, sql, type Transaction } from './database.ts'
import { listen, type Notifications } from './notifications.ts'
import { isDatabaseAway } from './outages.ts'

let db: GivenDatabase
let notifications: Notifications
const heard: string[] = []

before(async () => {
  // One connection, so that whatever a transaction leaves behind is met by the next.
  db = await givenDatabase({ maxConnections: 1 })
  notifications = await listen(db.url, testLogger)
  notifications.on('test', null, (id) => void heard.push(id))
})
after(async () => {
  await notifications.close()
  await db[Symbol.asyncDispose]()
})

const insert = (transaction: Transaction, id: string) => transaction.query(sql`insert into organizations (id, name) values (${id}, 'Acme')`)
const names = () => readInScope(db, 'allOrganizations', sql`select from organizations`)

for (const [way, transact] of Object.entries({ inScope, inScopeAtOnce })) {
  test(`${way}: what fails is undone with all beside it, and nothing of it is told`, async () => {
    const id = newId()
    const failing = transact(db, 'allOrganizations', async (transaction) => {
      transaction.tell('test', 'undone')
      await Promise.all([insert(transaction, newId()), insert(transaction, id), insert(transaction, id), insert(transaction, newId())])
    })
    await assert.rejects(failing, (error) => isUniqueViolation(error))
    assert.equal((await names()).length, 0)
  })

  test(`${way}: a connection that breaks in the middle leaves nothing behind, and is replaced`, async () => {
    const failing = transact(db, 'allOrganizations', (transaction) =>
      Promise.all([
        insert(transaction, newId()),
        // As the owner, who may.
        transaction.query(sql`select set_config('role', 'none', true)`),
        transaction.query(sql`select pg_terminate_backend(pg_backend_pid())`),
        insert(transaction, newId()),
      ]),
    )
    await assert.rejects(failing, isDatabaseAway)
    assert.equal((await names()).length, 0)
  })

  test(`${way}: the rows of no organization but its own are in reach, and none after it`, async () => {
    const [own, other] = [newId(), newId()]
    const written = await transact(db, { organizationId: own }, (transaction) =>
      transaction.query<{ id: string }>(sql`select current_organization_id() as id`),
    )
    assert.equal(written[0]?.id, own)
    assert.deepEqual(await readInScope(db, { organizationId: other }, sql`select current_organization_id() as id`), [{ id: other }])
  })
}

test('a statement that comes after a transaction was sent at once is refused', async () => {
  const failing = inScopeAtOnce(db, 'allOrganizations', async (transaction) => {
    await transaction.query(sql`select 1`)
    await insert(transaction, newId())
  })
  await assert.rejects(failing, TypeError)
  assert.equal((await names()).length, 0)
})

test('a transaction that a fence has to let through is not sent at once', () => {
  assert.throws(() => inScopeAtOnce({ ...db, fence: sql`select 1` }, 'allOrganizations', async () => {}), TypeError)
})

test('of several statements that fail together, what is thrown is why the first failed, whichever is heard of first', async () => {
  const together = inScope(db, 'allOrganizations', (transaction) => {
    const first = transaction.query(sql`select 1 / 0`)
    const second = transaction.query(sql`select 1`)
    const late = first.catch((error) => second.catch(() => Promise.reject(error)))
    return Promise.all([late, second])
  })
  await assert.rejects(together, { code: '22012' })
})
