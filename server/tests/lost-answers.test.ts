import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Execution, waitForExecution } from '../src/engine/state/executions.ts'
import { readInScope, sql } from '../src/platform/database/database.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp } from '../testing/test-app.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

// PostgreSQL may do what it is asked and go away before it says so.

test('what a living worker was given without its learning of it continues all the same', async () => {
  await using app = await createTestApp()
  const { id: organizationId } = await givenOrganization(app.db, 'Acme')
  const submit = () => givenSubmitted(app.db, organizationId, 'one_step')
  const change = (statement: ReturnType<typeof sql>) => readInScope<{ id: string }>(app.db, 'allOrganizations', statement)
  const ended = (id: string): Promise<Execution> => waitForExecution(app, { organizationId }, id, 60_000)

  const claimed = await submit()
  const cancelled = await submit()
  await change(sql`update executions set status = 'held' where id = any (${[claimed, cancelled]})`)
  const worker = await startWorkerProcess(app.databaseUrl)
  await using _ = { [Symbol.asyncDispose]: () => endProcess(worker, 'SIGKILL') }
  const [lease] = await change(sql`select id from worker_leases where pid = ${worker.pid ?? 0}`)
  assert.ok(lease)
  // Executions that it claimed, and whose claim was not answered; someone wants one of them cancelled since.
  await change(
    sql`update executions set status = case when id = ${cancelled} then 'cancelling' else 'running' end, worker_id = ${lease.id}, claim = 1, started_at = now() where id = any (${[claimed, cancelled]})`,
  )

  assert.equal((await ended(claimed)).result, 2)
  assert.equal((await ended(cancelled)).status, 'cancelled')
})
