import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemActing } from '../audit/audit.ts'
import { submitAlone, waitForExecution } from '../executions/executions.ts'
import { createOrganization } from '../organizations/organizations.ts'
import { readInScope, sql } from '../platform/database.ts'
import type { JsonObject } from '../platform/json.ts'
import { createTestApp } from '../testing/test-app.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

test('in a worker process, code that loops or exhausts its heap ends alone after two tries; the worker and the innocent go on', async () => {
  await using app = await createTestApp()
  const { id: organizationId } = await createOrganization(app.db, systemActing, { name: 'Acme', domains: [], tenantId: null })
  const worker = await startWorkerProcess(app.databaseUrl)
  const submit = async (name: string, parameters: JsonObject = {}) =>
    (
      await submitAlone(app.db, {
        organizationId,
        kind: 'workflow',
        name,
        input: { parameters },
        timeoutMs: 60_000,
        acting: systemActing,
        isInteractive: true,
      })
    ).id
  const ended = (id: string) => waitForExecution(app, { organizationId }, id, 60_000)
  try {
    const innocent = await Promise.all(Array.from({ length: 4 }, () => submit('many_steps', { chains: 2, length: 150 })))
    const guilty = [await submit('loops_for_ever'), await submit('exhausts_heap')]
    const codes = (await Promise.all(guilty.map(ended))).map(({ status, error }) => [status, error?.details.code])
    assert.deepEqual(codes, [
      ['failed', 'stalled'],
      ['failed', 'out_of_memory'],
    ])
    for (const id of innocent) {
      assert.equal((await ended(id)).status, 'success')
      const [done] = await readInScope<{ steps: number; lines: number; next: number }>(
        app.db,
        'allOrganizations',
        sql`
        select (select count(*)::int from execution_steps where execution_id = ${id}) as steps,
          count(*) filter (where is_from_author)::int as lines, count(*)::int - max(sequence) as next
        from execution_logs where execution_id = ${id}`,
      )
      assert.deepEqual(done, { steps: 300, lines: 300, next: 1 })
    }
    for (const id of guilty) {
      const tries = await readInScope(
        app.db,
        'allOrganizations',
        sql`select from execution_logs where execution_id = ${id} and message like 'The process that ran this execution was lost%'`,
      )
      assert.ok(tries.length <= 1, `it was tried ${tries.length + 1} times`)
    }
    const held = await readInScope(app.db, 'allOrganizations', sql`select from executions where claim > 1`)
    assert.equal(held.length, 0, 'the worker itself was not lost')
    assert.equal(worker.exitCode, null)
  } finally {
    await endProcess(worker, 'SIGTERM')
  }
})
