import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toErrorData } from '@crosswalk/sdk'
import { submitAlone } from '../executions/executions.ts'
import { inScope, readInScope, sql } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { openRun } from './durable-run.ts'
import type { StepRecord } from './step-record.ts'
import { insertStepRecord } from './step-records.queries.ts'

let app: TestApp
const organizationId = newId()
const sealer = { seal: async (bytes: Buffer) => bytes.toString('base64'), open: async (text: string) => Buffer.from(text, 'base64') }

before(async () => {
  app = await createTestApp()
  await inScope(app.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`insert into organizations (id, name) values (${organizationId}, 'Acme')`),
  )
})
after(() => app[Symbol.asyncDispose]())

async function givenRunning(retryOf?: string) {
  const { id } = await submitAlone(app.db, {
    organizationId,
    kind: 'workflow',
    name: 'any',
    input: {},
    timeoutMs: 1_000,
    acting: { actor: { type: 'api_key', id: 'test', name: 'Test' }, requestId: null },
    isInteractive: false,
    ...(retryOf === undefined ? {} : { retryOf: { id: retryOf, codeVersion: null } }),
  })
  await readInScope(app.db, 'allOrganizations', sql`update executions set status = 'running', worker_id = 'me', claim = 1 where id = ${id}`)
  return { executionId: id, workerId: 'me', claim: 1 }
}

const record = (order: number, given: Partial<StepRecord> = {}): StepRecord => ({
  name: `step ${order}`,
  fingerprint: `mark ${order}`,
  occurrence: 0,
  order,
  outcome: { ok: true, value: order },
  isPlain: true,
  isSealed: false,
  ...given,
})

test('what a retry repeated of the first execution hides nothing that its own retry may spare', async () => {
  const first = await givenRunning()
  // The retry's first record repeats the sixth of the execution before it.
  for (const kept of [
    record(0, { source: 5 }),
    record(1),
    record(2, { outcome: { ok: false, error: toErrorData(new Error('x')) } }),
    record(5),
  ])
    assert.ok(await insertStepRecord(app.db, first, kept))
  const error = { type: 'Error', message: 'x', details: {} }
  await readInScope(
    app.db,
    'allOrganizations',
    sql`update executions set status = 'failed', error = ${JSON.stringify(error)}, worker_id = null where id = ${first.executionId}`,
  )
  const claim = await givenRunning(first.executionId)
  const open = (isResumed: boolean) => openRun({ db: app.db, sealer }, { claim, isResumed, retryOf: first.executionId })
  const ordersOf = ({ recorded, spare }: Awaited<ReturnType<typeof openRun>>) =>
    [recorded, spare].map((records) => records.map(({ order }) => order))
  const run = await open(false)
  assert.deepEqual(ordersOf(run), [[0, 1], [5]])
  assert.deepEqual(ordersOf(await open(true)), [[0, 1], [5]], 'a worker that takes it over sees the same')

  const [spare] = run.spare
  assert.ok(spare)
  await run.record(spare, async () => ({ ...spare, source: spare.order }))
  assert.deepEqual(ordersOf(await open(true)), [[0, 1, 2], []], 'what was repeated once is not repeated again')
})
