import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { waitForExecution } from '../src/engine/state/executions.ts'
import { readInScope, sql } from '../src/platform/database/database.ts'
import type { JsonObject } from '../src/protocol/json.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp, type TestApp, testAdminKey } from '../testing/test-app.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

const secret = 'hidden-secret-9f3b'

describe('author code and the channel of its runner', () => {
  let app: TestApp
  let worker: Awaited<ReturnType<typeof startWorkerProcess>>
  let organizationId: string
  before(async () => {
    app = await createTestApp()
    organizationId = (await givenOrganization(app.db, 'Acme')).id
    worker = await startWorkerProcess(app.databaseUrl)
    const stored = await app.app.inject({
      method: 'POST',
      url: '/api/secrets',
      headers: { authorization: `Bearer ${testAdminKey}` },
      payload: { key: 'api_key', value: secret, scope: 'global' },
    })
    assert.equal(stored.statusCode < 300, true, stored.body)
  })
  after(async () => {
    await endProcess(worker, 'SIGTERM')
    await app[Symbol.asyncDispose]()
  })

  async function run(name: string, parameters: JsonObject = {}) {
    const id = await givenSubmitted(app.db, organizationId, name, parameters, { isInteractive: true })
    const { status, result, error, progress, effectiveParameters } = await waitForExecution(app, { organizationId }, id, 100_000)
    const lines = await readInScope<{ message: string; data: unknown }>(
      app.db,
      'allOrganizations',
      sql`select message, data from execution_logs where execution_id = ${id} and is_from_author order by sequence`,
    )
    return { status, result, error, progress, effectiveParameters, lines }
  }
  const residentMiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${worker.pid}/status`, 'utf8'))?.[1]) / 1_024

  test('data that cannot be read or is nested deep is logged as far as it can be', async () => {
    const { status, error, lines } = await run('logs_strange_data')
    assert.equal(status, 'success', JSON.stringify(error))
    assert.deepEqual(lines[0], { message: 'coercing', data: { toString: 1, valueOf: 1 } })
    assert.equal(JSON.stringify(lines[1]?.data).includes('[too deep]'), true)
    assert.equal(lines.length, 4)
  })

  test('progress that holds itself, with a secret in it, is told without either', async () => {
    const { status, progress } = await run('progress_in_circles')
    assert.equal(status, 'success')
    assert.deepEqual(progress, { done: 1, total: 2, message: '{"secret":"[secret]","itself":"[circular]"}' })
  })

  test('a flood of the console waits for the worker, which does not grow', async () => {
    let peak = 0
    const looking = setInterval(() => {
      peak = Math.max(peak, residentMiB())
    }, 50)
    const before = residentMiB()
    const { status, lines } = await run('floods_console').finally(() => clearInterval(looking))
    assert.equal(status, 'success')
    assert.equal(lines.length, 8_000)
    assert.ok(peak - before < 300, `it grew from ${before} to ${peak} MiB`)
  })

  test('what is written to the output in an execution is a line of its log, without secrets', async () => {
    const { status, lines } = await run('writes_to_output')
    assert.equal(status, 'success')
    assert.deepEqual(
      lines.map(({ message }) => message),
      ['in the open: [secret]', 'in two pieces: [secret], and', 'to the end: [secret]'],
    )
  })

  test('writing to the descriptor of the channel ends the process, and only its execution', async () => {
    for (const how of ['garbage', 'huge', 'half']) {
      const beside = run('naps', { ms: 700 })
      const { status, error } = await run('writes_to_channel', { how })
      assert.deepEqual([how, status, error?.details.code], [how, 'failed', 'protocol_violation'])
      assert.equal((await beside).status, 'success')
    }
    const { error } = await run('writes_to_channel', { how: 'stream' })
    assert.equal(error?.details.code, 'EEXIST', 'a second stream on it cannot be opened')
  })

  test('patched globals and prototypes do not hear the channel, and its stream is nowhere to be found', async () => {
    const { result, error } = await run('listens_in')
    assert.equal(error, null)
    assert.deepEqual(result, { heard: [], handles: 0, channel: 'undefined', connected: null })
  })

  test('what the code was called with is kept where it is not what was given', async () => {
    assert.deepEqual((await run('answers')).effectiveParameters, { value: 'none' })
    assert.equal((await run('answers', { value: 'none' })).effectiveParameters, null)
  })

  test('the worker is the same after all of it', async () => {
    assert.equal(worker.exitCode, null)
    assert.deepEqual(await readInScope(app.db, 'allOrganizations', sql`select id from executions where claim > 1`), [])
  })
})
