import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { HostRequest } from '../src/engine/state/requests.ts'
import { FencedOff, inScope, sql } from '../src/platform/database/database.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'
import { until } from '../testing/until.ts'

let worker: TestWorker
let isTakenOver = false
const tried: unknown[] = []

/** Stands in for a change of ours that an execution asks for. */
const request: HostRequest = {
  name: 'setIntegrationMapping',
  isRecorded: true,
  async handle({ db, execution }) {
    if (isTakenOver)
      await inScope(worker.db, 'allOrganizations', (transaction) =>
        transaction.query(sql`update executions set claim = claim + 1 where id = ${execution.id}`),
      )
    try {
      await inScope(db, 'allOrganizations', (transaction) => transaction.query(sql`update organizations set name = 'Changed'`))
      tried.push('changed')
    } catch (error) {
      tried.push(error)
      throw error
    }
    return { integrationName: 'counting', mappingData: {} }
  },
}

before(async () => {
  worker = await startTestWorker({ requests: [request] })
})
after(() => worker[Symbol.asyncDispose]())

const nameOfOrganization = async () =>
  (
    await inScope(worker.db, 'allOrganizations', (transaction) => transaction.query<{ name: string }>(sql`select name from organizations`))
  )[0]?.name

test('what an execution asks for is not changed any more once another worker has taken it over', async () => {
  isTakenOver = true
  const id = await worker.submit('keeps_ledger', { length: 1, mappingId: 'any' })
  await until('the change is tried', () => tried.length > 0)
  assert.ok(tried[0] instanceof FencedOff, String(tried[0]))
  assert.equal(await nameOfOrganization(), 'Acme')
  assert.deepEqual(
    (await worker.steps(id)).filter(({ status }) => status !== 'running'),
    [],
    'nothing of it was recorded',
  )
})

test('what an execution asks for is changed while it is in the hands of its worker', async () => {
  isTakenOver = false
  const { status } = await worker.run('keeps_ledger', { length: 1, mappingId: 'any' })
  assert.equal(status, 'success')
  assert.equal(await nameOfOrganization(), 'Changed')
})
