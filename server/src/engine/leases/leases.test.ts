import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { givenHeld } from '../../../testing/given-executions.ts'
import { givenOrganization } from '../../../testing/given-installation.ts'
import { createTestApp, type TestApp, testLogger } from '../../../testing/test-app.ts'
import { readInScope, sql } from '../../platform/database/database.ts'
import { pauses } from '../../processes/slices.ts'
import { renewLease, takeLease } from './leases.queries.ts'
import { sweepOrphans } from './take-over.ts'

let app: TestApp
let organizationId: string

before(async () => {
  app = await createTestApp()
  organizationId = (await givenOrganization(app.db, 'Acme')).id
})
after(() => app[Symbol.asyncDispose]())

const termsOf = (id: string) => ({ id, host: 'here', pid: 1, leaseMs: 60_000, codeVersion: null, isDraining: false })

/** A worker whose lease has run out in the midst of an execution. */
async function givenSilentWorker(id: string): Promise<string> {
  await takeLease(app.db, termsOf(id))
  const { executionId } = await givenHeld(app.db, organizationId, id)
  await readInScope(app.db, 'allOrganizations', sql`update worker_leases set expires_at = now() - interval '1 minute' where id = ${id}`)
  return executionId
}

const sweep = (isSure: boolean) => sweepOrphans({ db: app.db, workerId: 'other', logger: testLogger, pauses, endHandlers: [] }, isSure)

async function isHeldBy(workerId: string, id: string): Promise<boolean> {
  const rows = await readInScope(
    app.db,
    'allOrganizations',
    sql`select from executions where id = ${id} and worker_id = ${workerId} and claim = 1`,
  )
  return rows.length > 0
}

test('a lease that has run out is renewed where nobody has taken anything from its worker', async () => {
  const id = await givenSilentWorker('silent')
  assert.equal(await renewLease(app.db, termsOf('silent')), true)
  await sweep(true)
  assert.ok(await isHeldBy('silent', id))
})

test('a lease is not renewed any more once its executions are taken over', async () => {
  const id = await givenSilentWorker('lost')
  await sweep(true)
  assert.equal(await renewLease(app.db, termsOf('lost')), false)
  assert.ok(!(await isHeldBy('lost', id)), 'what the worker still wants to write is refused')
  const rows = await readInScope(app.db, 'allOrganizations', sql`select status, losses from executions where id = ${id}`)
  assert.deepEqual(rows, [{ status: 'pending', losses: 1 }])
})

test('a worker that has not been in touch for long leaves those alone that may only have been cut off as well', async () => {
  const id = await givenSilentWorker('cut off')
  await sweep(false)
  assert.ok(await isHeldBy('cut off', id))
})

test('of a worker that takes over and one that renews its lease at the same moment, one gives way', async () => {
  for (let round = 0; round < 20; round++) {
    const worker = `racing ${round}`
    const id = await givenSilentWorker(worker)
    const [isRenewed] = await Promise.all([renewLease(app.db, termsOf(worker)), sweep(true)])
    const isHeld = await isHeldBy(worker, id)
    assert.equal(isRenewed, isHeld, `round ${round}: ${isRenewed ? 'neither' : 'both'} of them has it`)
  }
})
