import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { waitForExecution } from '../src/engine/state/executions.ts'
import { readInScope, type Sql, sql } from '../src/platform/database/database.ts'
import type { JsonObject } from '../src/protocol/json.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

/** A worker process on a database of its own. */
async function givenWorker(env: Record<string, string> = {}) {
  const app = await createTestApp()
  const { id: organizationId } = await givenOrganization(app.db, 'Acme')
  const worker = await startWorkerProcess(app.databaseUrl, { env })
  return {
    worker,
    rows: <Row extends object>(statement: Sql) => readInScope<Row>(app.db, 'allOrganizations', statement),
    submit: (name: string, parameters: JsonObject = {}) =>
      givenSubmitted(app.db, organizationId, name, parameters, { isInteractive: true }),
    ended: (id: string) => waitForExecution(app, { organizationId }, id, 60_000),
    async [Symbol.asyncDispose]() {
      await endProcess(worker, 'SIGKILL')
      await app[Symbol.asyncDispose]()
    },
  }
}

const lostLines = (id: string) =>
  sql`select from execution_logs where execution_id = ${id} and message like 'The process that ran this execution was lost%'`

describe('in a worker process', { concurrency: 2 }, () => {
  test('code that loops or exhausts its heap ends alone after two tries; the worker and the innocent continue', async () => {
    await using given = await givenWorker()
    const { submit, ended, rows } = given
    const innocent = await Promise.all(Array.from({ length: 4 }, () => submit('many_steps', { chains: 2, length: 150 })))
    const guilty = [await submit('loops_for_ever'), await submit('exhausts_heap')]
    const codes = (await Promise.all(guilty.map(ended))).map(({ status, error }) => [status, error?.details.code])
    assert.deepEqual(codes, [
      ['failed', 'stalled'],
      ['failed', 'out_of_memory'],
    ])
    for (const id of innocent) {
      assert.equal((await ended(id)).status, 'success')
      const [done] = await rows<{ steps: number; lines: number; next: number }>(sql`
        select (select count(*)::int from execution_steps where execution_id = ${id}) as steps,
          count(*) filter (where is_from_author)::int as lines, count(*)::int - max(sequence) as next
        from execution_logs where execution_id = ${id}`)
      assert.deepEqual(done, { steps: 300, lines: 300, next: 1 })
    }
    for (const id of guilty) assert.ok((await rows(lostLines(id))).length <= 1, 'it was tried more than twice')
    assert.deepEqual(await rows(sql`select id from executions where claim > 1`), [], 'the worker itself was not lost')
    assert.equal(given.worker.exitCode, null)
  })

  test('a pause of the whole worker is not taken for a loop of its code', async () => {
    await using given = await givenWorker({ CROSSWALK_TAKEOVER_SECONDS: '60' })
    const id = await given.submit('naps', { ms: 7_500 })
    await until('it runs', async () => (await given.rows(sql`select from execution_steps where execution_id = ${id}`)).length > 0)
    given.worker.kill('SIGSTOP')
    const pausedAt = Date.now()
    await until('a runner that loops would have been ended', () => Date.now() - pausedAt > 6_500)
    given.worker.kill('SIGCONT')
    const { status, error } = await given.ended(id)
    assert.equal(status, 'success', JSON.stringify(error))
    assert.deepEqual(await given.rows(lostLines(id)), [])
  })
})
