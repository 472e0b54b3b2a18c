import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toErrorData } from '@crosswalk/sdk'
import { givenHeld } from '../../../testing/given-executions.ts'
import { givenOrganization } from '../../../testing/given-installation.ts'
import { createTestApp, type TestApp } from '../../../testing/test-app.ts'
import { readInScope, sql } from '../../platform/database/database.ts'
import type { Submission } from '../state/executions.ts'
import type { StepRecord } from '../steps/step-record.ts'
import { insertStepRecord } from '../steps/step-records.queries.ts'
import { openRun } from './durable-run.ts'

let app: TestApp
let organizationId: string
const sealer = { seal: async (bytes: Buffer) => bytes.toString('base64'), open: async (text: string) => Buffer.from(text, 'base64') }

before(async () => {
  app = await createTestApp()
  organizationId = (await givenOrganization(app.db, 'Acme')).id
})
after(() => app[Symbol.asyncDispose]())

const givenRunning = (more: Partial<Submission> = {}) => givenHeld(app.db, organizationId, 'me', more)

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
  const claim = await givenRunning({ retryOf: { id: first.executionId, codeVersion: null } })
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
