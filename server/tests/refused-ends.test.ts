import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { claimLeft } from '../src/engine/dispatch/claim.queries.ts'
import { upsertSteps } from '../src/engine/journal/journal.queries.ts'
import { putBackRefused, sweepOrphans } from '../src/engine/leases/take-over.ts'
import { listSteps } from '../src/engine/state/executions.queries.ts'
import { type Execution, getExecution, waitForExecution } from '../src/engine/state/executions.ts'
import type { EndHandler } from '../src/engine/state/requests.ts'
import { inScope, readInScope, type Sql, sql } from '../src/platform/database/database.ts'
import { pauses } from '../src/processes/slices.ts'
import { givenHeld, givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp, type TestApp, testLogger } from '../testing/test-app.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

// The database answers, and refuses whatever an execution is to be ended with.

let app: TestApp
let organizationId: string

before(async () => {
  app = await createTestApp()
  organizationId = (await givenOrganization(app.db, 'Acme')).id
})
after(() => app[Symbol.asyncDispose]())

/** What belongs to the end of workflows of that name is refused each time. */
const refuses = (name: string): EndHandler => ({
  kind: 'workflow',
  async onEnd(transaction, execution) {
    if (execution.name === name) await transaction.query(sql`select 1 / 0`)
  },
})
const given = (workerId: string) => ({ db: app.db, workerId, logger: testLogger, pauses, endHandlers: [refuses('poisoned')] })
const rows = <Row extends object>(statement: Sql) => readInScope<Row>(app.db, 'allOrganizations', statement)
const lossesOf = async (id: string) => (await rows<{ losses: number }>(sql`select losses from executions where id = ${id}`))[0]?.losses
const shown = (id: string) => getExecution(app.db, 'allOrganizations', id)

test('an execution whose end is refused is tried again five times, and ends then without what is refused', async () => {
  const { executionId: id } = await givenHeld(app.db, organizationId, 'me', { name: 'poisoned' })
  for (let losses = 1; losses <= 5; losses++) {
    await putBackRefused(given('me'), [id])
    assert.deepEqual([(await shown(id)).status, await lossesOf(id)], ['pending', losses])
    const [row] = await claimLeft(app.db, { workerId: 'me', codeVersion: null, limit: 10 })
    assert.equal(row?.id, id)
  }
  const step = {
    position: 0,
    name: 'step',
    attempt: 1,
    startedAt: new Date(),
    durationMs: null,
    error: null,
    idempotencyKey: 'key',
    arguments: null,
    attempts: [],
  }
  await inScope(app.db, 'allOrganizations', (transaction) =>
    upsertSteps(transaction, 'me', [{ ...step, executionId: id, claim: 6, status: 'running' }]),
  )
  await putBackRefused(given('me'), [id])
  const { status, error, completedAt } = await shown(id)
  assert.deepEqual([status, error?.details.code, completedAt !== null], ['failed', 'internal_error', true])
  assert.equal((await listSteps(app.db, 'allOrganizations', id)).length, 1)
})

test('what cannot be ended as it should be holds up nothing else that dead workers left', async () => {
  const { executionId: poisoned } = await givenHeld(app.db, organizationId, 'dead', { name: 'poisoned' })
  const { executionId: left } = await givenHeld(app.db, organizationId, 'dead')
  await rows(sql`update executions set losses = 5, is_suspect = true where id = ${poisoned}`)
  await rows(sql`insert into worker_leases (id, host, pid, expires_at) values ('dead', 'here', 1, now() - interval '1 minute')`)
  await sweepOrphans(given('other'), true)
  const { status, error } = await shown(poisoned)
  assert.deepEqual([status, error?.details.code], ['failed', 'worker_lost'])
  assert.deepEqual([(await shown(left)).status, await lossesOf(left)], ['pending', 0])
  await rows(sql`update executions set status = 'cancelled' where id = ${left}`)
})

test('a worker whose ends are refused does not go round with an execution for ever', async () => {
  await using parts = new AsyncDisposableStack()
  const owner = new pg.Client({ connectionString: app.databaseUrl })
  await owner.connect()
  parts.defer(() => owner.end())
  await owner.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
    create trigger refuses before update on execution_steps for each statement execute function refuse()`)
  const worker = await startWorkerProcess(app.databaseUrl)
  parts.defer(() => endProcess(worker, 'SIGKILL'))
  const id = await givenSubmitted(app.db, organizationId, 'compared', { act: 'lets a step lose a race' })
  await rows(sql`update executions set losses = 5 where id = ${id}`)
  const ended: Execution = await waitForExecution(app, 'allOrganizations', id, 60_000)
  assert.deepEqual([ended.status, ended.error?.details.code], ['failed', 'internal_error'])
})
