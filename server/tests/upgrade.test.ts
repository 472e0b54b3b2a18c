import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { systemActing } from '../src/audit/audit.ts'
import { getExecution, waitForExecution } from '../src/engine/state/executions.ts'
import { retryExecution } from '../src/history/retrying.ts'
import { openDatabase, readInScope, sql } from '../src/platform/database/database.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { listen } from '../src/platform/database/notifications.ts'
import { newId } from '../src/platform/ids.ts'
import { testLogger } from '../testing/test-app.ts'
import { createTestDatabase } from '../testing/test-database.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

const folder = fileURLToPath(new URL('../migrations/', import.meta.url))

/** The database as it was before a migration, with what the test puts into it. */
async function bringBack(url: string, before: string, fill: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('drop schema public cascade; create schema public; grant usage on schema public to crosswalk_app')
    await client.query(
      'create table schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
    )
    for (const name of (await readdir(folder)).filter((file) => file < before).sort()) {
      const text = await readFile(`${folder}${name}`, 'utf8')
      await client.query(text)
      await client.query('insert into schema_migrations (name, checksum) values ($1, $2)', [
        name,
        createHash('sha256').update(text).digest('hex'),
      ])
    }
    await client.query('select ensure_execution_partitions(8)')
    await client.query("set crosswalk.scope = 'all'")
    await fill(client)
  } finally {
    await client.end()
  }
}

test('executions of a database from before the records of steps are shown, continue, and are tried again from their start', async () => {
  await using database = await createTestDatabase()
  const organizationId = newId()
  const [succeeded, failed, cutOff, waiting] = [newId(), newId(), newId(), newId()]
  await bringBack(database.url, '0006', async (client) => {
    // What a library left, which kept the records of steps.
    await client.query('create schema dbos; create table dbos.operation_outputs (output text); create table engine_migrations (name text)')
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
    const ended = (id: string) => waitForExecution({ db, notifications }, { organizationId }, id, 60_000)
    for (const id of [succeeded, cutOff, waiting]) assert.deepEqual([(await ended(id)).status, (await ended(id)).result], ['success', 2])
    const first = await getExecution(db, { organizationId }, failed)
    assert.equal(first.error?.message, 'x')
    const retry = await retryExecution(db, systemActing, first)
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

test('what a database holds from before keys kept their order is converted, and an error without bound is cut', async () => {
  await using database = await createTestDatabase()
  const [organizationId, execution, mapping] = [newId(), newId(), newId()]
  const definition = { kind: 'workflow', name: 'limited', concurrency: { perOrganization: 2, total: 5 } }
  await bringBack(database.url, '0016', async (client) => {
    await client.query("insert into organizations (id, name) values ($1, 'Acme')", [organizationId])
    const huge = { type: 'Error', message: 'm'.repeat(20_000_000), details: { code: 'strange', much: 'd'.repeat(1_000_000) } }
    await client.query(
      `insert into executions (id, organization_id, kind, name, status, timeout_ms, caller, input, result, error)
       values ($1, $2, 'workflow', 'x', 'failed', 1, '{"type":"api_key","id":"test","name":"Test"}', '{"parameters":{"a":1}}', 'null', $3)`,
      [execution, organizationId, JSON.stringify(huge)],
    )
    await client.query(
      `insert into execution_logs (execution_id, organization_id, sequence, at, level, message, data) values ($1, $2, 0, now(), 'info', 'x', '{"a":1}')`,
      [execution, organizationId],
    )
    await client.query(
      `insert into definitions (kind, name, definition, file, code_version) values ('workflow', 'limited', $1, 'f', 'v')`,
      [JSON.stringify(definition)],
    )
    await client.query(
      `insert into organization_mappings (id, organization_id, integration_name, external_org_id, external_org_name, mapping_data, created_by, updated_by)
       values ($1, $2, 'halo', '1', 'One', '{"a":1}', 'Test', 'Test')`,
      [mapping, organizationId],
    )
    await client.query(`insert into config (id, key, value, updated_by) values ($1, 'k', '{"a":1}', 'Test')`, [newId()])
  })

  await migrate(database.url)
  const db = openDatabase(database.url)
  try {
    const { error, input } = await getExecution(db, { organizationId }, execution)
    assert.deepEqual([error?.details, error?.message.length, input], [{ code: 'strange' }, 8_024, { parameters: { a: 1 } }])
    const [limits] = await readInScope(
      db,
      'allOrganizations',
      sql`select max_per_organization::int, max_total::int, definition from definitions`,
    )
    assert.deepEqual(limits, { max_per_organization: 2, max_total: 5, definition })
    const put = sql`
      update organization_mappings set external_org_id = ${`o'brien <"x">`}, mapping_data = ${'{"zz":1,"b":2}'} where id = ${mapping}
      returning mapping_data::text as data, external_org_id`
    assert.deepEqual(await readInScope(db, { organizationId }, put), [{ data: '{"zz":1,"b":2}', external_org_id: `o'brien <"x">` }])
    await assert.rejects(
      readInScope(db, { organizationId }, sql`update organization_mappings set mapping_data = '[]' where id = ${mapping}`),
    )
    await assert.rejects(
      readInScope(db, { organizationId }, sql`update organization_mappings set external_org_id = ${'a\u0007'} where id = ${mapping}`),
    )
  } finally {
    await db.close()
  }
})
