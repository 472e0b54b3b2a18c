import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { after, before, test } from 'node:test'
import { type Execution, waitForExecution } from '../src/engine/state/executions.ts'
import { readInScope, sql } from '../src/platform/database/database.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp, type TestApp, testAdminKey } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

let app: TestApp
let worker: ChildProcess
let organizationId: string
before(async () => {
  app = await createTestApp()
  organizationId = (await givenOrganization(app.db, 'Acme')).id
  // Its heartbeat is slow, so that it saves no cancellation that must not wait for it.
  worker = await startWorkerProcess(app.databaseUrl, { env: { CROSSWALK_TAKEOVER_SECONDS: '300' } })
})
after(async () => {
  await endProcess(worker, 'SIGKILL')
  await app[Symbol.asyncDispose]()
})

async function call(method: 'GET' | 'POST', path: string) {
  const answer = await app.app.inject({ method, url: `/api/executions/${path}`, headers: { authorization: `Bearer ${testAdminKey}` } })
  return { status: answer.statusCode, body: answer.json() }
}

const submit = (name: string, timeoutMs: number) => givenSubmitted(app.db, organizationId, name, {}, { timeoutMs, isInteractive: true })

const ended = (id: string): Promise<Execution> => waitForExecution(app, { organizationId }, id, 60_000)
const messages = async (id: string): Promise<string[]> =>
  (await call('GET', `${id}/logs`)).body.logs.map(({ message }: { message: string }) => message)

/** Far less than until the next heartbeat, and more than a busy machine takes for what is done within five seconds else. */
const withinMs = 30_000

const workflows: [name: string, first: string, listens: boolean][] = [
  ['listens', 'listening', true],
  ['ignores', 'ignoring', false],
  ['loops_for_ever', 'before the loop', false],
]
for (const [name, first, listens] of workflows) {
  test(`${name}: a cancelled execution ends without waiting for a heartbeat`, async () => {
    const id = await submit(name, 600_000)
    await until('its code runs', async () => (await messages(id)).includes(first))
    const { status, body } = await call('POST', `${id}/cancel`)
    const cancelledAt = Date.now()
    assert.deepEqual([status, body.status], [202, 'cancelling'])
    const execution = await ended(id)
    const tookMs = Date.now() - cancelledAt
    assert.deepEqual([execution.status, execution.error?.details.code], ['cancelled', 'cancelled'])
    assert.ok(tookMs <= withinMs, `it took ${tookMs} ms`)
    if (listens) assert.deepEqual(await messages(id), [first, 'told: AbortError'])
  })

  test(`${name}: an execution whose time is over ends soon after it`, async () => {
    const timeoutMs = 500
    const execution = await ended(await submit(name, timeoutMs))
    assert.deepEqual([execution.status, execution.error?.details.code], ['timeout', 'timeout'])
    const tookMs = Number(execution.completedAt) - Number(execution.startedAt) - timeoutMs
    assert.ok(tookMs <= withinMs, `it took ${tookMs} ms`)
    if (listens) assert.deepEqual(await messages(execution.id), [first, 'told: TimeoutError'])
  })
}

test('a cancellation of which nobody told the worker ends the execution as well', async () => {
  const id = await submit('ignores', 600_000)
  await until('its code runs', async () => (await messages(id)).includes('ignoring'))
  // As a process leaves it that dies between its commit and the notification.
  await readInScope(app.db, 'allOrganizations', sql`update executions set status = 'cancelling' where id = ${id}`)
  const cancelledAt = Date.now()
  assert.equal((await ended(id)).status, 'cancelled')
  const tookMs = Date.now() - cancelledAt
  assert.ok(tookMs <= withinMs, `it took ${tookMs} ms`)
})

test('cancelling an execution that has ended is refused', async () => {
  const id = await submit('listens', 600_000)
  await until('its code runs', async () => (await messages(id)).includes('listening'))
  await call('POST', `${id}/cancel`)
  await ended(id)
  const again = await call('POST', `${id}/cancel`)
  assert.deepEqual([again.status, again.body.error], [409, 'execution_finished'])
})
