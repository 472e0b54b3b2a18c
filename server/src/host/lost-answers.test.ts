import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Execution, submitAlone, waitForExecution } from '../executions/executions.ts'
import { inScope, readInScope, sql } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import type { JsonObject } from '../platform/json.ts'
import { createTestApp } from '../testing/test-app.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

// PostgreSQL may do what it is asked and go away before it says so.

test('what a living worker was given without its learning of it goes on all the same', async () => {
  await using app = await createTestApp()
  const organizationId = newId()
  await inScope(app.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`insert into organizations (id, name) values (${organizationId}, 'Acme')`),
  )
  const submit = async (name: string, parameters: JsonObject) =>
    (
      await submitAlone(app.db, {
        organizationId,
        kind: 'workflow',
        name,
        input: { parameters },
        timeoutMs: 120_000,
        acting: { actor: { type: 'api_key', id: 'test', name: 'Test' }, requestId: null },
        isInteractive: false,
      })
    ).id
  const change = (statement: ReturnType<typeof sql>) => readInScope<{ id: string }>(app.db, 'allOrganizations', statement)
  const ended = (id: string): Promise<Execution> => waitForExecution(app, { organizationId }, id, 60_000)

  const claimed = await submit('one_step', {})
  const cancelled = await submit('one_step', {})
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
