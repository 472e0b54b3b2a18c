import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type SimulatedVendor, simulateVendor } from '@crosswalk/sdk/testing'
import { systemActing } from '../src/audit/audit.ts'
import { submitAlone, waitForExecution } from '../src/engine/state/executions.ts'
import { inScope, readInScope, sql } from '../src/platform/database/database.ts'
import { newId } from '../src/platform/ids.ts'
import { expand } from '../testing/given-batches.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { startTestInstallation, type TestInstallation } from '../testing/test-installation.ts'
import { testWorkspace } from '../testing/test-worker.ts'
import { until } from '../testing/until.ts'

let installation: TestInstallation
let vendor: SimulatedVendor
let organizationId: string

before(async () => {
  vendor = await simulateVendor({ 'POST /:place': null, 'POST /send/:item': null })
  installation = await startTestInstallation(testWorkspace)
  const { db } = installation.api
  organizationId = (await givenOrganization(db, 'Acme')).id
  await inScope(db, { organizationId }, (transaction) =>
    transaction.query(sql`
      insert into organization_mappings (id, organization_id, integration_name, external_org_id, external_org_name, mapping_data, created_by, updated_by)
      values (${newId()}, ${organizationId}, 'counting', ${vendor.url}, 'Vendor', '{}', 'test', 'test')`),
  )
})
after(async () => {
  await installation[Symbol.asyncDispose]()
  await vendor.stop()
})

const execute = async (workflow_name: string, parameters: object) =>
  (await installation.call('POST', '/api/workflows/execute', { workflow_name, parameters }, { 'x-organization-id': organizationId })).body

const retry = (id: string) => installation.call('POST', `/api/executions/${id}/retry`)
const ended = (id: string) => waitForExecution(installation.api, { organizationId }, id, 60_000)
const arrivals = (path: string) => vendor.requests.filter((request) => request.path === path).length

/** An execution that failed at its second place. */
async function givenFailed(): Promise<string> {
  vendor.requests.length = 0
  vendor.faults.next({ kind: 'status', status: 500 }, 1, ({ path }) => path === '/second')
  const failed = await execute('visits_three', { url: vendor.url })
  assert.deepEqual([failed.status, failed.error.details.code], ['failed', 'http_error'])
  return failed.execution_id
}

test('a retry continues from the failed step with what was recorded before it', async () => {
  const id = await givenFailed()
  const { status, body } = await retry(id)
  assert.deepEqual([status, body.kind, body.status, body.retry_of], [202, 'workflow', 'pending', id])
  const execution = await ended(body.execution_id)
  assert.deepEqual([execution.status, execution.result], ['success', ['first', 'second', 'third']])
  assert.deepEqual(['/first', '/second', '/third'].map(arrivals), [1, 2, 1])
  const { logs } = (await installation.call('GET', `/api/executions/${body.execution_id}/logs`)).body
  assert.deepEqual(
    logs.map(({ message }: { message: string }) => message.slice(0, 25)),
    ['The execution continues f', 'visited first', 'visited second', 'visited third'],
  )
  const [audit] = await readInScope<{ target: object; actor_name: string }>(
    installation.api.db,
    { organizationId },
    sql`select target, actor_name from audit_events where action = 'execution.retried' and target ->> 'id' = ${id}`,
  )
  assert.deepEqual(audit?.target, { type: 'execution', id, name: 'visits_three', execution_id: body.execution_id })
})

test('what failed of a batch continues from its failed step too', async () => {
  vendor.requests.length = 0
  vendor.faults.next({ kind: 'status', status: 500 }, 1, ({ path }) => path === '/second')
  const order = { workflow_name: 'visits_three', parameters: { url: vendor.url }, organizations: [organizationId] }
  const { batch_id: id } = (await installation.call('POST', '/api/workflows/execute', order)).body
  await expand(installation.api.db, id)
  const isFinished = async () => (await installation.call('GET', `/api/batches/${id}`)).body.status === 'finished'
  await until('it is finished', isFinished)
  await installation.call('POST', `/api/batches/${id}/retry-failed`)
  await expand(installation.api.db, id)
  await until('it is finished again', isFinished)
  const [item] = (await installation.call('GET', `/api/batches/${id}/executions`)).body.executions
  assert.deepEqual([item.status, item.attempt, item.result], ['success', 2, ['first', 'second', 'third']])
  assert.deepEqual(['/first', '/second', '/third'].map(arrivals), [1, 2, 1])
})

test('a retry that fails again can be retried, and does nothing twice', async () => {
  const id = await givenFailed()
  vendor.faults.next({ kind: 'status', status: 500 }, 1, ({ path }) => path === '/third')
  const second = await ended((await retry(id)).body.execution_id)
  assert.equal(second.status, 'failed')
  const third = await ended((await retry(second.id)).body.execution_id)
  assert.deepEqual([third.status, third.retryOf], ['success', second.id])
  assert.deepEqual(['/first', '/second', '/third'].map(arrivals), [1, 2, 2])
})

test('where the code continued after failures, the calls that succeeded are not made again', async () => {
  vendor.requests.length = 0
  vendor.faults.next({ kind: 'status', status: 500 }, 1, ({ path }) => path === '/send/1')
  vendor.faults.next({ kind: 'status', status: 500 }, 1, ({ path }) => path === '/send/3')
  const failed = await execute('sends_all', { count: 6 })
  assert.equal(failed.error.message, '2 of 6 could not be sent')
  const execution = await ended((await retry(failed.execution_id)).body.execution_id)
  assert.deepEqual([execution.status, execution.result], ['success', 6], JSON.stringify(execution.error))
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((item) => arrivals(`/send/${item}`)),
    [1, 2, 1, 2, 1, 1],
  )
})

test('an execution is retried once, and its retry after that', async () => {
  const id = await givenFailed()
  const answers = await Promise.all([retry(id), retry(id), retry(id)])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 409, 409])
  const made = answers.find(({ status }) => status === 202)?.body
  const refused = answers.find(({ status }) => status === 409)?.body
  assert.deepEqual([refused.error, refused.details.execution_id], ['execution_retried', made.execution_id])
  await ended(made.execution_id)
})

test('what has not ended, succeeded or is no workflow is not retried', async () => {
  const succeeded = await execute('one_step', {})
  assert.deepEqual(errorOf(await retry(succeeded.execution_id)), [409, 'execution_succeeded'])
  const { execution_id } = (
    await installation.call(
      'POST',
      '/api/workflows/execute?wait=0',
      { workflow_name: 'naps', parameters: { ms: 60_000 } },
      { 'x-organization-id': organizationId },
    )
  ).body
  assert.deepEqual(errorOf(await retry(execution_id)), [409, 'execution_not_finished'])
  await installation.call('POST', `/api/executions/${execution_id}/cancel`)
  assert.equal((await ended(execution_id)).status, 'cancelled')
  assert.equal((await retry(execution_id)).status, 202)
  const { id } = await submitAlone(installation.api.db, {
    organizationId,
    kind: 'connection_test',
    name: 'nothing',
    input: { mapping: {} },
    timeoutMs: 1_000,
    acting: systemActing,
    isInteractive: true,
  })
  await ended(id)
  assert.deepEqual(errorOf(await retry(id)), [409, 'execution_not_retryable'])
  assert.deepEqual(errorOf(await retry(newId())), [404, 'execution_not_found'])
})

function errorOf({ status, body }: { status: number; body: { error: string } }): [number, string] {
  return [status, body.error]
}
