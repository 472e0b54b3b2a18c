import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { countBlocked } from '../../../testing/blocked-connections.ts'
import { givenHeld } from '../../../testing/given-executions.ts'
import { givenOrganization } from '../../../testing/given-installation.ts'
import { createTestApp, type TestApp, testLogger } from '../../../testing/test-app.ts'
import { until } from '../../../testing/until.ts'
import { systemActing } from '../../audit/audit.ts'
import { createBatch } from '../../batches/batches.ts'
import { cancelBatchWithin, pauseBatchWithin } from '../../batches/steering.ts'
import { inScope, readInScope, sql } from '../../platform/database/database.ts'
import { pauses } from '../../processes/slices.ts'
import { claimLeft, endTrial } from '../dispatch/claim.queries.ts'
import { countLogLines, insertLogLines, upsertSteps } from '../journal/journal.queries.ts'
import { saveProgress } from '../journal/progress.queries.ts'
import { endHeld } from '../state/ending.ts'
import { listSteps } from '../state/executions.queries.ts'
import { getExecution } from '../state/executions.ts'
import { failed, platformFailure } from '../state/outcomes.ts'
import { insertStepRecord, listStepRecords } from '../steps/step-records.queries.ts'
import { allOf, leave, orphans, putBack } from './take-over.queries.ts'
import { sweepOrphans } from './take-over.ts'

let app: TestApp
let organizationId: string

before(async () => {
  app = await createTestApp()
  organizationId = (await givenOrganization(app.db, 'Acme')).id
})
after(() => app[Symbol.asyncDispose]())

const givenRunning = async (workerId: string) => (await givenHeld(app.db, organizationId, workerId)).executionId

const lineOf = (executionId: string, sequence: number) => ({
  executionId,
  claim: 1,
  sequence,
  at: new Date(),
  level: 'info' as const,
  message: `line ${sequence}`,
  data: null,
  isFromAuthor: true,
})

const putBackOrphans = () => inScope(app.db, 'allOrganizations', (transaction) => putBack(transaction, pauses, orphans))

test('what a worker is just writing is left to it, and the worker that takes the execution over afterwards finds it all', async () => {
  const id = await givenRunning('gone')
  const written = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const writing = inScope(app.db, 'allOrganizations', async (transaction) => {
    await insertLogLines(transaction, 'gone', [lineOf(id, 0), lineOf(id, 1)])
    written.resolve()
    await goOn.promise
  })
  await written.promise
  assert.equal(await putBackOrphans(), 0)
  goOn.resolve()
  await writing
  assert.equal(await putBackOrphans(), 1)
  const [row] = await claimLeft(app.db, { workerId: 'other', codeVersion: null, limit: 10 })
  assert.deepEqual([row?.id, row?.claim], [id, 2])
  assert.deepEqual(await countLogLines(app.db, id), { fromAuthor: 2, next: 2 })
})

test('lines of a worker whose execution was taken over are dropped', async () => {
  const lost = await givenRunning('paused')
  await putBackOrphans()
  const kept = await givenRunning('paused')
  await inScope(app.db, 'allOrganizations', (transaction) => insertLogLines(transaction, 'paused', [lineOf(lost, 0), lineOf(kept, 0)]))
  assert.deepEqual(await countLogLines(app.db, lost), { fromAuthor: 0, next: 0 })
  assert.deepEqual(await countLogLines(app.db, kept), { fromAuthor: 1, next: 1 })
})

const stepOf = (executionId: string, claim: number, status: 'running' | 'success') => ({
  executionId,
  claim,
  position: 0,
  name: 'step',
  attempt: 1,
  startedAt: new Date(),
  status,
  durationMs: null,
  error: null,
  idempotencyKey: 'key',
  arguments: null,
  attempts: [],
})
const recordOf = (order: number) => ({
  name: 'step',
  fingerprint: '',
  occurrence: 0,
  order,
  outcome: { ok: true, value: order } as const,
  isPlain: true,
  isSealed: false,
})
const transact = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(app.db, 'allOrganizations', work)

test('whatever a worker writes while its execution is just being taken away waits for that, and is not written', async () => {
  const id = await givenRunning('slow')
  const held = { executionId: id, claim: 1, workerId: 'slow' }
  const execution = await getExecution(app.db, 'allOrganizations', id)
  const takenAway = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const takingAway = transact(async (transaction) => {
    assert.equal(await putBack(transaction, pauses, allOf('slow')), 1)
    takenAway.resolve()
    await goOn.promise
  })
  await takenAway.promise
  const writing = Promise.all([
    insertStepRecord(app.db, held, recordOf(0)),
    transact((transaction) => endHeld(transaction, [], { execution, claim: held }, failed(platformFailure))),
    transact((transaction) => insertLogLines(transaction, 'slow', [lineOf(id, 0)])),
    transact((transaction) => upsertSteps(transaction, 'slow', [stepOf(id, 1, 'running')])),
    saveProgress(app.db, held, { done: 1, total: 1, message: null }),
  ])
  await until('all of them wait', async () => (await countBlocked(app.db)) === 5)
  goOn.resolve()
  await takingAway
  assert.deepEqual((await writing).slice(0, 2), [false, false])
  assert.deepEqual(await listStepRecords(app.db, id), [])
  assert.deepEqual(await countLogLines(app.db, id), { fromAuthor: 0, next: 0 })
  assert.deepEqual(await listSteps(app.db, 'allOrganizations', id), [])
  const { status, progress } = await getExecution(app.db, 'allOrganizations', id)
  assert.deepEqual([status, progress], ['pending', null])
  await claimLeft(app.db, { workerId: 'other', codeVersion: null, limit: 10 })
})

for (const [what, steer, end] of [
  ['paused', pauseBatchWithin, 'held'],
  ['cancelled', (transaction, acting, id) => cancelBatchWithin(transaction, [], acting, id), 'cancelling'],
] as [string, typeof pauseBatchWithin, string][])
  test(`what a worker leaves of a batch that is just being ${what} waits for that, and keeps to it`, async () => {
    const { id: batchId } = await transact((transaction) =>
      createBatch(transaction, {
        kind: 'workflow',
        name: 'any',
        parameters: {},
        selection: [organizationId],
        scope: 'allOrganizations',
        timeoutMs: 1_000,
        acting: systemActing,
      }),
    )
    const { executionId } = await givenHeld(app.db, organizationId, what, { batch: { id: batchId, isPaused: false } })
    const goOn = Promise.withResolvers<void>()
    const locked = Promise.withResolvers<void>()
    const steering = transact(async (transaction) => {
      await transaction.query(sql`select from batches where id = ${batchId} for update`)
      locked.resolve()
      await goOn.promise
      await steer(transaction, systemActing, batchId)
    })
    await locked.promise
    const leaving = leave(app.db, pauses, what)
    await until('it waits for who steers', async () => (await countBlocked(app.db)) > 0)
    goOn.resolve()
    await Promise.all([steering, leaving])
    const [row] = await readInScope<{ status: string }>(
      app.db,
      'allOrganizations',
      sql`select status from executions where id = ${executionId}`,
    )
    assert.equal(row?.status, end)
  })

test('a worker that lost an execution does not end its steps', async () => {
  const id = await givenRunning('lost')
  const execution = await getExecution(app.db, 'allOrganizations', id)
  await putBackOrphans()
  await claimLeft(app.db, { workerId: 'other', codeVersion: null, limit: 10 })
  await transact((transaction) => upsertSteps(transaction, 'other', [stepOf(id, 2, 'running')]))
  const claimOf = (workerId: string, claim: number) => ({ execution, claim: { executionId: id, workerId, claim } })
  const end = (workerId: string, claim: number) =>
    transact((transaction) => endHeld(transaction, [], claimOf(workerId, claim), failed(platformFailure)))
  const statuses = async () => (await listSteps(app.db, 'allOrganizations', id)).map(({ status }) => status)
  assert.deepEqual([await end('lost', 1), await statuses()], [false, ['running']])
  assert.deepEqual([await end('other', 2), await statuses()], [true, ['failed']])
})

/** Workers on a database of their own. */
async function givenWorkers() {
  const own = await createTestApp()
  const { id } = await givenOrganization(own.db, 'Acme')
  return {
    app: own,
    organizationId: id,
    givenRunning: async (workerId: string) => (await givenHeld(own.db, id, workerId)).executionId,
    /** A worker dies with all that it has, and another looks. */
    async die(workerId: string) {
      await readInScope(
        own.db,
        'allOrganizations',
        sql`insert into worker_leases (id, host, pid, expires_at, is_draining) values (${workerId}, 'host', 1, now() - interval '1 s', false) returning id`,
      )
      await sweepOrphans({ db: own.db, workerId: 'living', logger: testLogger, pauses, endHandlers: [] }, true)
    },
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  }
}

test('what was at a worker that died is tried apart, and of later deaths only the one on trial is the cause', async () => {
  await using given = await givenWorkers()
  const { app, organizationId, givenRunning, die } = given
  const claim = async (workerId: string) =>
    (await claimLeft(app.db, { workerId, codeVersion: null, limit: 10 })).map(({ id, claim: number }) => ({ id, number }))
  const lossesOf = async (id: string) =>
    (
      await readInScope<{ losses: number; shared_losses: number }>(
        app.db,
        'allOrganizations',
        sql`select losses, shared_losses from executions where id = ${id}`,
      )
    )[0]

  const guilty = await givenRunning('worker 0')
  const innocent = [await givenRunning('worker 0'), await givenRunning('worker 0')]
  await die('worker 0')
  for (let death = 1; death <= 6; death++) {
    const worker = `worker ${death}`
    assert.deepEqual(
      (await claim(worker)).map(({ id }) => id),
      [guilty],
      'one at a time, the oldest first',
    )
    assert.deepEqual(await claim(worker), [], 'while it is on trial')
    // Beside it runs what was begun there.
    const beside = await givenRunning(worker)
    assert.deepEqual(await lossesOf(guilty), { losses: death - 1, shared_losses: 1 })
    await die(worker)
    assert.deepEqual(await lossesOf(beside), { losses: 0, shared_losses: 1 })
    innocent.push(beside)
  }
  const { status, error } = await getExecution(app.db, { organizationId }, guilty)
  assert.deepEqual([status, error?.details.code], ['failed', 'worker_lost'])
  for (const id of innocent) {
    const [claimed] = await claim('last')
    assert.equal(claimed?.id, id)
    assert.deepEqual(await claim('last'), [])
    await endTrial(app.db, { executionId: id, claim: claimed?.number ?? 0, workerId: 'last' })
    assert.deepEqual(await lossesOf(id), { losses: 0, shared_losses: 1 })
  }
})

test('an execution that has a share in death after death, of which nobody can tell the cause, ends at last', async () => {
  await using given = await givenWorkers()
  const { app, organizationId, givenRunning, die } = given
  const [one, other] = [await givenRunning('crowded'), await givenRunning('crowded')]
  await readInScope(
    app.db,
    'allOrganizations',
    sql`update executions set shared_losses = case id when ${one} then 20 else 19 end where id in (${one}, ${other}) returning id`,
  )
  await die('crowded')
  assert.equal((await getExecution(app.db, { organizationId }, one)).error?.details.code, 'worker_lost')
  assert.equal((await getExecution(app.db, { organizationId }, other)).status, 'pending')
})
