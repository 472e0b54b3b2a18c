import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { type Execution, getExecution, waitForExecution } from '../src/engine/state/executions.ts'
import { inScope, readInScope, sql } from '../src/platform/database/database.ts'
import type { JsonObject } from '../src/protocol/json.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

let app: TestApp
let organizationId: string
/** Counts what arrives, by its query: the outside world on which a step has its effect. */
const arrivals = new Map<string, number>()
const vendor = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://vendor')
  url.searchParams.delete('key')
  url.searchParams.delete('execution')
  arrivals.set(url.search, (arrivals.get(url.search) ?? 0) + 1)
  setTimeout(() => response.end('ok'), 10)
})

before(async () => {
  app = await createTestApp()
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
  organizationId = (await givenOrganization(app.db, 'Acme')).id
})
after(async () => {
  vendor.close()
  await app[Symbol.asyncDispose]()
})

const startWorker = () => startWorkerProcess(app.databaseUrl)

const submit = (name: string, parameters: JsonObject) => givenSubmitted(app.db, organizationId, name, parameters)

const stepCount = async (id: string) =>
  (
    await readInScope<{ count: number }>(
      app.db,
      'allOrganizations',
      sql`select count(*)::int as count from execution_steps where execution_id = ${id} and status = 'success'`,
    )
  )[0]?.count ?? 0

const ended = (id: string): Promise<Execution> => waitForExecution(app, { organizationId }, id, 60_000)

test('when a worker is killed another continues after the last recorded step', async () => {
  arrivals.clear()
  const url = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}/`
  const workers = await Promise.all([startWorker(), startWorker()])
  const id = await submit('many_steps', { chains: 3, length: 40, url })
  await until('some steps are recorded', async () => (await stepCount(id)) >= 30)
  const holder = await readInScope<{ pid: number }>(
    app.db,
    'allOrganizations',
    sql`select l.pid from executions e join worker_leases l on l.id = e.worker_id where e.id = ${id}`,
  )
  const [killed, survivor] = workers[0].pid === holder[0]?.pid ? workers : [workers[1], workers[0]]
  await endProcess(killed, 'SIGKILL')
  const execution = await ended(id)
  try {
    assert.ok(holder[0], 'it ran when its worker was killed')
    assert.equal(execution.status, 'success', JSON.stringify(execution.error))
    assert.deepEqual(
      execution.result,
      [0, 1, 2].map((chain) => chain * 40_000 + 780),
    )
    assert.equal(arrivals.size, 120)
    // Only the steps that were under way at the kill, one a chain, may have reached the vendor twice.
    const repeated = [...arrivals.values()].filter((count) => count > 1)
    assert.ok(
      repeated.length <= 3 && repeated.every((count) => count === 2),
      JSON.stringify([...arrivals].filter(([, count]) => count > 1)),
    )
    const lines = await readInScope<{ sequence: number; message: string; is_from_author: boolean }>(
      app.db,
      'allOrganizations',
      sql`select sequence, message, is_from_author from execution_logs where execution_id = ${id} order by sequence`,
    )
    assert.deepEqual(
      lines.map((line) => line.sequence),
      lines.map((_, index) => index),
    )
    const fromAuthor = lines.filter((line) => line.is_from_author).map((line) => line.message)
    assert.equal(new Set(fromAuthor).size, 120)
    assert.equal(fromAuthor.length, 120)
    assert.ok(lines.some((line) => line.message === 'The execution continues after its worker was lost.'))
  } finally {
    await endProcess(survivor, 'SIGTERM')
  }
})

test('a worker that is asked to stop finishes what it can, and takes nothing new', async () => {
  const worker = await startWorker()
  const id = await submit('many_steps', { chains: 1, length: 50, url: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}/` })
  await until('it runs', async () => (await getExecution(app.db, { organizationId }, id)).status === 'running')
  await endProcess(worker, 'SIGTERM')
  assert.equal((await getExecution(app.db, { organizationId }, id)).status, 'success')
  const late = await submit('one_step', {})
  assert.equal((await getExecution(app.db, { organizationId }, late)).status, 'pending')
  const next = await startWorker()
  assert.equal((await ended(late)).status, 'success')
  await endProcess(next, 'SIGTERM')
})

test('an execution that a dead worker had only just claimed begins again', async () => {
  const id = await submit('one_step', {})
  await inScope(app.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`update executions set status = 'running', worker_id = 'gone', claim = 1, started_at = now() where id = ${id}`),
  )
  const worker = await startWorker()
  assert.equal((await ended(id)).result, 2)
  await endProcess(worker, 'SIGTERM')
})
