import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { systemActing } from '../src/audit/audit.ts'
import { getExecution, waitForExecution } from '../src/engine/state/executions.ts'
import { retryExecution } from '../src/engine/state/retrying.ts'
import { openDatabase, readInScope, sql } from '../src/platform/database/database.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { listen } from '../src/platform/database/notifications.ts'
import { newId } from '../src/platform/ids.ts'
import { testLogger } from '../testing/test-app.ts'
import { createTestDatabase } from '../testing/test-database.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

const folder = fileURLToPath(new URL('../migrations/', import.meta.url))

/** The database as it was when a library kept the records of steps, with what that left. */
async function bringBack(url: string, fill: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('drop schema public cascade; create schema public; grant usage on schema public to crosswalk_app')
    await client.query(
      'create table schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
    )
    for (const name of (await readdir(folder)).filter((file) => file < '0006').sort()) {
      const text = await readFile(`${folder}${name}`, 'utf8')
      await client.query(text)
      await client.query('insert into schema_migrations (name, checksum) values ($1, $2)', [
        name,
        createHash('sha256').update(text).digest('hex'),
      ])
    }
    await client.query('select ensure_execution_partitions(8)')
    await client.query('create schema dbos; create table dbos.operation_outputs (output text); create table engine_migrations (name text)')
    await client.query("set crosswalk.scope = 'all'")
    await fill(client)
  } finally {
    await client.end()
  }
}

test('executions of a database from before the records of steps are shown, go on, and are tried again from their start', async () => {
  await using database = await createTestDatabase()
  const organizationId = newId()
  const [succeeded, failed, cutOff, waiting] = [newId(), newId(), newId(), newId()]
  await bringBack(database.url, async (client) => {
    await client.query("insert into organizations (id, name) values ($1, 'Acme')", [organizationId])
    const insert = (id: string, status: string, more: { claim?: number; worker?: string; error?: object; result?: unknown }) =>
      client.query(
        `insert into executions (id, organization_id, kind, name, status, timeout_ms, caller, claim, worker_id, started_at, completed_at, result, error)
         values ($1, $2, 'workflow', 'one_step', $3, 60000, '{"type":"api_key","id":"test","name":"Test"}', $4, $5, now(), $6, $7, $8)`,
        [
          id,
          organizationId,
          status,
          more.claim ?? 0,
          more.worker ?? null,
          more.worker === undefined && status !== 'pending' ? new Date() : null,
          more.result === undefined ? null : JSON.stringify(more.result),
          more.error === undefined ? null : JSON.stringify(more.error),
        ],
      )
    await insert(succeeded, 'success', { claim: 1, result: 2 })
    await insert(failed, 'failed', { claim: 1, error: { type: 'Error', message: 'x', details: {} } })
    await insert(cutOff, 'running', { claim: 1, worker: 'gone' })
    await insert(waiting, 'pending', {})
    await client.query(
      `insert into execution_steps (execution_id, organization_id, position, name, status, attempt, started_at) values ($1, $2, 0, 'add', 'running', 1, now())`,
      [cutOff, organizationId],
    )
  })

  await migrate(database.url)
  await migrate(database.url)
  const db = openDatabase(database.url)
  const notifications = await listen(database.url, testLogger)
  const worker = await startWorkerProcess(database.url)
  try {
    const ended = (id: string) => waitForExecution({ db, notifications }, { organizationId }, id, 30_000)
    for (const id of [succeeded, cutOff, waiting]) assert.deepEqual([(await ended(id)).status, (await ended(id)).result], ['success', 2])
    const first = await getExecution(db, { organizationId }, failed)
    assert.equal(first.error?.message, 'x')
    const retry = await retryExecution(db, systemActing, first, async () => undefined)
    assert.deepEqual([(await ended(retry.id)).status, (await ended(retry.id)).result], ['success', 2])
    const lines = await readInScope<{ message: string }>(
      db,
      { organizationId },
      sql`select message from execution_logs where execution_id = ${retry.id} order by sequence`,
    )
    assert.match(lines[0]?.message ?? '', /^The execution begins from its start/)
    const [left] = await readInScope<{ schema: string | null }>(db, { organizationId }, sql`select to_regnamespace('dbos')::text as schema`)
    assert.equal(left?.schema, null)
  } finally {
    await endProcess(worker, 'SIGKILL')
    await notifications.close()
    await db.close()
  }
})
