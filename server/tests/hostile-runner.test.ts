import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { waitForExecution } from '../src/engine/state/executions.ts'
import { readInScope, sql } from '../src/platform/database/database.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

const workspace = fileURLToPath(new URL('../testing/hostile', import.meta.url))
type Ended = [status: string, code: unknown]

/** What the worker makes of each thing that `speaker.ts` says. */
const violation: Ended = ['failed', 'protocol_violation']
const expected: Record<string, Ended> = {
  null_outcome: violation,
  strange_error: ['failed', undefined],
  proto_result: ['success', undefined],
  infinite_result: ['failed', 'result_not_serializable'],
  tagged_result: ['failed', 'result_not_serializable'],
  tagged_parameters: violation,
  large_result: ['failed', 'result_too_large'],
  coercing_data: ['success', undefined],
  deep_data: violation,
  strange_progress: ['success', undefined],
  unasked_step: violation,
  repeated_request: violation,
  strange_requests: ['success', undefined],
  wrong_key: violation,
  replayed_number: violation,
  huge_frame: violation,
  flood_after_end: ['success', undefined],
  unread_answers: ['failed', 'quota_exceeded'],
}

describe('a runner that author code has taken over', () => {
  let app: TestApp
  let worker: Awaited<ReturnType<typeof startWorkerProcess>>
  let organizationId: string
  before(async () => {
    app = await createTestApp()
    organizationId = (await givenOrganization(app.db, 'Acme')).id
    worker = await startWorkerProcess(app.databaseUrl, { workspace })
  })
  after(async () => {
    await endProcess(worker, 'SIGTERM')
    await app[Symbol.asyncDispose]()
  })

  const submit = (attack: string, ms = 0) => givenSubmitted(app.db, organizationId, 'speaker', { attack, ms }, { isInteractive: true })
  const ended = (id: string) => waitForExecution(app, { organizationId }, id, 60_000)
  const residentMiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${worker.pid}/status`, 'utf8'))?.[1]) / 1_024

  for (const [attack, end] of Object.entries(expected))
    test(`${attack}: it is ended or held to the form, and what shares its process continues`, async () => {
      const innocent = end === violation ? await submit('none', 400) : undefined
      const { status, error, result } = await ended(await submit(attack))
      assert.deepEqual([status, error?.details.code], end, JSON.stringify(error))
      if (attack === 'proto_result') assert.equal((result as { isAdmin?: boolean }).isAdmin, undefined)
      if (innocent) assert.equal((await ended(innocent)).status, 'success')
    })

  test('half a frame, and then silence, is a runner that stopped answering', async () => {
    const { status, error } = await ended(await submit('half_frame'))
    assert.deepEqual([status, error?.details.code], ['failed', 'stalled'])
  })

  test('after all of it the worker is the same, has lost nothing and has not grown', async () => {
    assert.equal(worker.exitCode, null)
    assert.deepEqual(await readInScope(app.db, 'allOrganizations', sql`select id, name from executions where claim > 1`), [])
    assert.ok(residentMiB() < 350, `${residentMiB()} MiB`)
  })
})
