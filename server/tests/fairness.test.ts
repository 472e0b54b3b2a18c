import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getExecution, waitForExecution } from '../src/engine/state/executions.ts'
import { inScope, readInScope, sql } from '../src/platform/database/database.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

const make = async ({ db }: TestApp, name: string) => (await givenOrganization(db, name)).id

const submit = ({ db }: TestApp, organizationId: string, name: string, ms: number, isInteractive = false) =>
  givenSubmitted(db, organizationId, name, { ms }, { isInteractive })

test('ten thousand waiting executions of one organization do not hold up another', async () => {
  await using app = await createTestApp()
  const [big, small] = [await make(app, 'Big'), await make(app, 'Small')]
  await inScope(app.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`
      insert into executions (id, organization_id, kind, name, input, timeout_ms, caller)
      select overlay(first_id_at(clock_timestamp())::text placing substr(gen_random_uuid()::text, 14) from 14)::uuid, ${big}, 'workflow', 'naps',
        '{ "parameters": { "ms": 60000 } }', 600000, '{ "type": "system", "id": "test", "name": "Test" }'
      from generate_series(1, 10000)`),
  )
  const worker = await startWorkerProcess(app.databaseUrl)
  try {
    const countRunning = async () =>
      (
        await readInScope<{ count: number }>(
          app.db,
          'allOrganizations',
          sql`select count(*)::int as count from executions where status = 'running' and organization_id = ${big}`,
        )
      )[0]?.count ?? 0
    // Three quarters of the worker's 32 places: nothing of it ends within this test.
    await until('the first organization has its share', async () => (await countRunning()) >= 24)
    const ids = [await submit(app, small, 'naps', 1), await submit(app, small, 'naps', 1, true), await submit(app, big, 'naps', 1, true)]
    for (const id of ids) {
      const execution = await waitForExecution(app, 'allOrganizations', id, 60_000)
      assert.equal(execution.status, 'success')
      const waitedMs = Number(execution.startedAt) - Number(execution.createdAt)
      // A place that is not kept for others is free after a minute.
      assert.ok(waitedMs < 20_000, `it waited ${waitedMs} ms`)
    }
    assert.equal(await countRunning(), 24)
  } finally {
    await endProcess(worker, 'SIGKILL')
  }
})

test('a workflow’s limits hold over all workers, and all of its executions have their turn', async () => {
  await using app = await createTestApp()
  const workers = await Promise.all([startWorkerProcess(app.databaseUrl), startWorkerProcess(app.databaseUrl)])
  try {
    const organizations = await Promise.all(['Acme', 'Globex', 'Initech'].map((name) => make(app, name)))
    const ids: string[] = []
    for (let round = 0; round < 4; round++)
      for (const organizationId of organizations) ids.push(await submit(app, organizationId, 'takes_turns', 30))
    for (const id of ids) assert.equal((await waitForExecution(app, 'allOrganizations', id, 60_000)).status, 'success')
    const spans = await Promise.all(ids.map((id) => getExecution(app.db, 'allOrganizations', id)))
    for (const { startedAt } of spans) {
      const atOnce = spans.filter((other) => Number(other.startedAt) <= Number(startedAt) && Number(other.completedAt) > Number(startedAt))
      assert.ok(atOnce.length <= 2, `${atOnce.length} at once`)
      assert.equal(new Set(atOnce.map(({ organizationId }) => organizationId)).size, atOnce.length)
    }
  } finally {
    await Promise.all(workers.map((worker) => endProcess(worker, 'SIGTERM')))
  }
})
