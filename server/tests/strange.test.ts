import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { allOf, putBack } from '../src/engine/leases/take-over.queries.ts'
import { markCancelling } from '../src/engine/state/cancelling.queries.ts'
import type { HostRequest } from '../src/engine/state/requests.ts'
import { inScope, readInScope, sql } from '../src/platform/database/database.ts'
import { pauses } from '../src/processes/slices.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'
import { until } from '../testing/until.ts'

const secretValue = 'correct horse battery'
const getSecret: HostRequest = {
  name: 'getSecret',
  isRecorded: false,
  async handle(context) {
    context.mask(secretValue)
    return secretValue
  },
}

let worker: TestWorker
/** Requests that came at each place; those at the last one are answered by the test. */
const arrived: string[] = []
const unanswered: ServerResponse[] = []
const vendor = createServer((request, response) => {
  arrived.push(request.url ?? '')
  if (request.url === '/3') unanswered.push(response)
  else response.end()
})

before(async () => {
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
  worker = await startTestWorker({ requests: [getSecret] })
})
after(async () => {
  await worker[Symbol.asyncDispose]()
  vendor.closeAllConnections()
  vendor.close()
})

const urlOfVendor = () => `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
const readable = 'zero \ufffd and half \ufffd'

test('characters that the database cannot hold are replaced, wherever the code uses them', async () => {
  const execution = await worker.run('strange_text')
  assert.deepEqual([execution.status, execution.error], ['success', null])
  assert.deepEqual(execution.result, { [readable]: readable })
  assert.deepEqual(execution.progress, { done: 1, total: 2, message: readable })
  const steps = await worker.steps(execution.id)
  assert.deepEqual(
    steps.map(({ name, status }) => [name, status]),
    [
      [readable, 'success'],
      ['fail', 'failed'],
    ],
  )
  assert.deepEqual(steps[1]?.error, { type: readable, message: readable, details: { [readable]: readable, code: readable } })
  const [line] = await worker.lines(execution.id)
  assert.deepEqual([line?.message, line?.data], [readable, { [readable]: readable }])
})

/** Has the worker lose what it runs, and claim it again. */
async function loseAndClaim(id: string): Promise<void> {
  const [row] = await readInScope<{ worker_id: string }>(
    worker.db,
    'allOrganizations',
    sql`select worker_id from executions where id = ${id}`,
  )
  // While the worker is just writing something of it, it is left to the worker.
  await until('it is put back', async () => {
    const left = await inScope(worker.db, 'allOrganizations', (transaction) => putBack(transaction, pauses, allOf(row?.worker_id ?? '')))
    return left > 0
  })
}

test('steps whose names hold secrets or strange characters are not done again, and a worker may continue with what it lost itself', async () => {
  arrived.length = 0
  const id = await worker.submit('strange_names', { url: urlOfVendor() })
  await until('it is at its last place', () => unanswered.length === 1)
  await loseAndClaim(id)
  await until('it is there again', () => unanswered.length === 2)
  assert.deepEqual(arrived, ['/0', '/1', '/2', '/3', '/3'])
  const recorded = await readInScope(
    worker.db,
    'allOrganizations',
    sql`select step_records::text as text from step_records where execution_id = ${id}`,
  )
  assert.equal(recorded.length, 3)
  assert.ok(!JSON.stringify(recorded).includes(secretValue))

  // What the earlier claim was at comes to nothing, and takes nothing from the later one.
  unanswered.shift()?.end()
  await worker.run('one_step')
  await inScope(worker.db, 'allOrganizations', (transaction) => markCancelling(transaction, sql`e.id = ${id}`))
  assert.equal((await worker.ended(id)).status, 'cancelled')
})

test('a step that returns too much fails once and says what to do, and its execution continues', async () => {
  const mebibyte = 1024 * 1024
  assert.deepEqual((await worker.run('returns_much', { length: 16 * mebibyte - 100 })).result, { answer: 16 * mebibyte - 100, attempts: 1 })
  const caught = (await worker.run('returns_much', { length: 16 * mebibyte })).result as {
    answer: { code: string; message: string }
    attempts: number
  }
  assert.deepEqual([caught.answer.code, caught.attempts], ['step_result_too_large', 1])
  assert.match(caught.answer.message, /'much' returned more than 16 MiB.*Return/)
  const { status, error } = await worker.run('returns_much', { length: 16 * mebibyte, isCaught: false })
  assert.deepEqual([status, error?.details.code], ['failed', 'step_result_too_large'])
})

test('what looks like plain data and cannot be copied is given to the code as it is', async () => {
  const { result, error } = await worker.run('returns_uncloneable')
  assert.deepEqual([result, error], [5, null])
})

test('a step whose value cannot be recorded gives it again under the same idempotency key', async () => {
  arrived.length = 0
  unanswered.length = 0
  const id = await worker.submit('returns_instance', { url: urlOfVendor() })
  await until('it is at its last place', () => unanswered.length === 1)
  await loseAndClaim(id)
  await until('it is there again', () => unanswered.length === 2)
  for (const response of unanswered) response.end()
  assert.equal((await worker.ended(id)).result, '/made')
  const keys = arrived.filter((url) => url.startsWith('/make')).map((url) => url.split('=')[1])
  assert.equal(keys.length, 2)
  assert.equal(keys[0]?.length, 32)
  assert.equal(keys[0], keys[1])
})
