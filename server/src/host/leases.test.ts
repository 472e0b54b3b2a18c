import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { submitAlone } from '../executions/executions.ts'
import { inScope, readInScope, sql } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { findOrphans, renewLease, takeLease } from './host.queries.ts'

let app: TestApp
const organizationId = newId()

before(async () => {
  app = await createTestApp()
  await inScope(app.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`insert into organizations (id, name) values (${organizationId}, 'Acme')`),
  )
})
after(() => app[Symbol.asyncDispose]())

const termsOf = (id: string) => ({ id, host: 'here', pid: 1, leaseMs: 60_000, codeVersion: null, isDraining: false })

/** A worker whose lease has run out in the midst of an execution. */
async function givenSilentWorker(id: string): Promise<string> {
  await takeLease(app.db, termsOf(id))
  const execution = await submitAlone(app.db, {
    organizationId,
    kind: 'workflow',
    name: 'any',
    input: {},
    timeoutMs: 1_000,
    acting: { actor: { type: 'api_key', id: 'test', name: 'Test' }, requestId: null },
    isInteractive: false,
  })
  await inScope(app.db, 'allOrganizations', async (transaction) => {
    await transaction.query(sql`update worker_leases set expires_at = now() - interval '1 minute' where id = ${id}`)
    await transaction.query(sql`update executions set status = 'running', worker_id = ${id}, claim = 1 where id = ${execution.id}`)
  })
  return execution.id
}

const claimOf = async (id: string) =>
  (await readInScope<{ claim: number }>(app.db, 'allOrganizations', sql`select claim from executions where id = ${id}`))[0]?.claim

test('a lease that has run out is renewed where nobody has taken anything from its worker', async () => {
  const id = await givenSilentWorker('silent')
  assert.equal(await renewLease(app.db, termsOf('silent')), true)
  assert.deepEqual(await findOrphans(app.db, { workerId: 'other', endsLeases: true }), [])
  assert.equal(await claimOf(id), 1)
})

test('a lease is not renewed any more once its executions are taken over', async () => {
  const id = await givenSilentWorker('lost')
  assert.deepEqual(await findOrphans(app.db, { workerId: 'other', endsLeases: true }), [{ id, worker_id: 'lost' }])
  assert.equal(await renewLease(app.db, termsOf('lost')), false)
  assert.equal(await claimOf(id), 2, 'what the worker still wants to write is refused')
  await readInScope(app.db, 'allOrganizations', sql`delete from executions where id = ${id}`)
})

test('a worker that has not been in touch for long leaves those alone that may only have been cut off as well', async () => {
  const id = await givenSilentWorker('cut off')
  assert.deepEqual(await findOrphans(app.db, { workerId: 'other', endsLeases: false }), [])
  assert.equal(await claimOf(id), 1)
})

test('of a worker that takes over and one that renews its lease at the same moment, one gives way', async () => {
  for (let round = 0; round < 20; round++) {
    const worker = `racing ${round}`
    const id = await givenSilentWorker(worker)
    const [isHeld, orphans] = await Promise.all([
      renewLease(app.db, termsOf(worker)),
      findOrphans(app.db, { workerId: 'other', endsLeases: true }),
    ])
    const isTaken = orphans.some((orphan) => orphan.id === id)
    assert.notEqual(isHeld, isTaken, `round ${round}: ${isHeld ? 'both' : 'neither'} of them has it`)
    await readInScope(app.db, 'allOrganizations', sql`delete from executions where id = ${id}`)
  }
})
