import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import type { Logger } from 'pino'
import { approvalRow } from '../../testing/given-approvals.ts'
import { testLogger } from '../../testing/test-app.ts'
import { startTestWorker, type TestWorker } from '../../testing/test-worker.ts'
import { until } from '../../testing/until.ts'
import { recordAudit, systemActing } from '../audit/audit.ts'
import { deleteExecutions } from '../engine/retention.queries.ts'
import { cancelExecution } from '../engine/state/cancellation.ts'
import { type Execution, executionError, getExecution, submitAlone, submitExecution } from '../engine/state/executions.ts'
import { retryExecution } from '../history/retrying.ts'
import { inScope, readInScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { endHandlers, retentionRules } from '../processes/slices.ts'
import { deleteExpired, type RetentionGiven, startRetention } from './retention.ts'

let worker: TestWorker
before(async () => {
  worker = await startTestWorker()
})
after(() => worker[Symbol.asyncDispose]())

const dayMs = 24 * 60 * 60_000
const inDays = (days: number) => () => new Date(Date.now() + days * dayMs)
const given = (now: () => Date): RetentionGiven => ({
  db: worker.db,
  logger: testLogger,
  retentionDays: 90,
  rules: retentionRules,
  now,
})
const never = new AbortController().signal
const deleteSome = (ids: readonly string[]) => inScope(worker.db, 'allOrganizations', (transaction) => deleteExecutions(transaction, ids))

/** As the owner, who makes partitions. */
async function asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: worker.db.url })
  await client.connect()
  try {
    await client.query("set crosswalk.scope = 'all'")
    return await work(client)
  } finally {
    await client.end()
  }
}

const countsOf = (id: string) =>
  asOwner(async (client) => {
    const count = async (table: string, column: string) =>
      Number((await client.query(`select count(*) from ${table} where ${column} = $1`, [id])).rows[0].count)
    return {
      executions: await count('executions', 'id'),
      steps: await count('execution_steps', 'execution_id'),
      lines: await count('execution_logs', 'execution_id'),
      keys: await count('execution_keys', 'execution_id'),
      records: await count('step_records', 'execution_id'),
    }
  })

test('what ended before the retention time is deleted everywhere, and what has not ended is kept', async () => {
  const { id } = await submitAlone(worker.db, {
    organizationId: worker.organizationId,
    kind: 'workflow',
    name: 'many_steps',
    input: { parameters: { chains: 1, length: 3 } },
    timeoutMs: 10_000,
    acting: systemActing,
    isInteractive: true,
    idempotencyKey: 'once',
  })
  await worker.ended(id)
  await inScope(worker.db, { organizationId: worker.organizationId }, (transaction) =>
    recordAudit(transaction, systemActing, {
      action: 'workflow.executed',
      organizationId: worker.organizationId,
      target: { type: 'workflow', id: 'many_steps', execution_id: id },
      changes: {},
    }),
  )
  const going = await worker.submit('naps', { ms: 600_000 }, 600_000)
  await until('it runs', async () => (await getExecution(worker.db, 'allOrganizations', going)).status === 'running')
  assert.deepEqual(await countsOf(id), { executions: 1, steps: 3, lines: 3, keys: 1, records: 3 })

  assert.equal((await deleteExpired(given(inDays(89)), never)).executions, 0)
  assert.equal((await deleteExpired(given(inDays(91)), never)).executions, 1)
  assert.deepEqual(await countsOf(id), { executions: 0, steps: 0, lines: 0, keys: 0, records: 0 })
  assert.equal((await getExecution(worker.db, 'allOrganizations', going)).status, 'running')
  const audits = await readInScope(worker.db, 'allOrganizations', sql`select from audit_events where target ->> 'execution_id' = ${id}`)
  assert.equal(audits.length, 1, 'what was done is not forgotten')
  assert.equal((await deleteExpired(given(inDays(91)), never)).executions, 0, 'it is safe to repeat')

  // Its rows would change under those who count them.
  await cancelExecution(worker.db, systemActing, await getExecution(worker.db, 'allOrganizations', going), endHandlers)
  await worker.ended(going)
  assert.equal((await deleteExpired(given(inDays(91)), never)).executions, 1, 'once it has ended it is deleted too')
})

test('what is retried at the moment at which it would be deleted is kept, and what was deleted is not retried', async () => {
  const retry = (first: Execution) => retryExecution(worker.db, systemActing, first)
  const [first, gone] = [await worker.run('throws_error'), await worker.run('throws_error')]
  // No worker may end the retry meanwhile.
  const submitted = await inScope(worker.db, 'allOrganizations', async (transaction) => {
    const { id } = await submitExecution(transaction, {
      organizationId: worker.organizationId,
      kind: 'workflow',
      name: 'one_step',
      input: {},
      timeoutMs: 10_000,
      acting: systemActing,
      isInteractive: false,
      retryOf: { id: first.id, codeVersion: null },
    })
    await transaction.query(sql`update executions set status = 'held' where id = ${id}`)
    return id
  })
  assert.equal(await deleteSome([first.id, gone.id]), 1)
  assert.deepEqual([(await countsOf(first.id)).executions, (await countsOf(gone.id)).executions], [1, 0])
  await assert.rejects(retry(gone), (error) => executionError.is(error, 'execution_not_found'))
  assert.equal(await deleteSome([submitted, first.id]), 1, 'one transaction sees the retry that it deletes itself')
  assert.equal(await deleteSome([first.id]), 1)
})

test('after a load and its retention time no table has more rows than before', async () => {
  const countRows = () =>
    asOwner(async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace n on n.oid = relnamespace
         where relkind = 'r' and nspname = 'public' and relname not like 'audit_events%' order by 1`,
      )
      const counts: Record<string, number> = {}
      for (const { name } of rows) counts[name] = Number((await client.query(`select count(*) from ${name}`)).rows[0].count)
      return counts
    })
  const before = await countRows()
  const ids = await Promise.all(Array.from({ length: 30 }, () => worker.submit('many_steps', { chains: 2, length: 5 })))
  ids.push(await worker.submit('throws_error'), await worker.submit('never_returns', {}, 300))
  for (const id of ids) await worker.ended(id)
  const during = await countRows()
  assert.ok(Object.values(during).reduce((sum, count) => sum + count) > 30 * (1 + 10 + 10 + 10))
  assert.equal((await deleteExpired(given(inDays(91)), never)).executions, ids.length)
  assert.deepEqual(await countRows(), before)
})

test('an old partition is dropped once everything in it has ended', async () => {
  await asOwner(async (client) => {
    for (const parent of ['executions', 'execution_steps', 'execution_logs', 'step_records'])
      await client.query(
        `create table ${parent}_2024w10 partition of ${parent} for values from (first_id_at('2024-03-04Z')::uuid) to (first_id_at('2024-03-11Z')::uuid)`,
      )
    await client.query(
      `insert into executions (id, organization_id, kind, name, status, timeout_ms, caller)
       values (first_id_at('2024-03-05Z'), $1, 'workflow', 'x', 'held', 1, '{}')`,
      [worker.organizationId],
    )
  })
  const isThere = () =>
    asOwner(async (client) => (await client.query("select to_regclass('executions_2024w10') as name")).rows[0].name !== null)
  assert.equal((await deleteExpired(given(inDays(0)), never)).partitions, 0)
  assert.ok(await isThere())
  await readInScope(worker.db, 'allOrganizations', sql`update executions set status = 'cancelled' where id = first_id_at('2024-03-05Z')`)
  assert.deepEqual(await deleteExpired(given(inDays(0)), never), { executions: 1, partitions: 1 })
  assert.ok(!(await isThere()))
  assert.equal((await worker.run('one_step')).status, 'success', 'the partitions of today are there')
})

test('runs of discovery beyond the newest fifty of a list are forgotten, but never the last good one; and options that have expired', async () => {
  const ids = Array.from({ length: 60 }, () => newId())
  await inScope(worker.db, { organizationId: worker.organizationId }, async (transaction) => {
    await transaction.query(sql`
      insert into discovery_runs (id, integration_name, organization_id, execution_id, ended_at, is_success)
      select id, 'halopsa', ${worker.organizationId}, gen_random_uuid(), now(), id = ${ids[2]} from unnest(${ids}::uuid[]) as id`)
    await transaction.query(sql`
      insert into data_provider_cache (provider_name, organization_id, parameters_hash, options, cached_at, expires_at)
      select 'tenants', ${worker.organizationId}, hours::text, '[]', now(), now() + make_interval(hours => hours) from generate_series(-3, 3) as hours`)
  })
  await deleteExpired(given(inDays(0)), never)
  const left = await readInScope<{ id: string }>(worker.db, 'allOrganizations', sql`select id from discovery_runs order by id`)
  assert.deepEqual(
    left.map(({ id }) => id),
    [ids[2], ...ids.slice(10)],
  )
  assert.equal((await readInScope(worker.db, 'allOrganizations', sql`select from data_provider_cache`)).length, 3)
})

test('of several workers one deletes, once a day', async () => {
  const deleted: number[] = []
  let time = Date.now() + 200 * dayMs
  const logger = { ...testLogger, info: ({ executions }: { executions: number }) => void deleted.push(executions) } as unknown as Logger
  const make = () => startRetention({ ...given(() => new Date(time)), logger })
  await worker.run('one_step')
  const keepers = [make(), make(), make()]
  await Promise.all(keepers.map(({ look }) => look()))
  assert.equal(deleted.length, 1)
  await worker.run('one_step')
  time += dayMs / 2
  await Promise.all(keepers.map(({ look }) => look()))
  assert.equal(deleted.length, 1)
  time += dayMs / 2
  await Promise.all(keepers.map(({ look }) => look()))
  assert.deepEqual(
    deleted.map((count) => count > 0),
    [true, true],
  )
  await Promise.all(keepers.map(({ stop }) => stop()))
})

test('approvals are kept as long as what ended when they were decided; one that an end left open is closed', async () => {
  const { organizationId, db } = worker
  const [old, recent, left] = [newId(), newId(), newId()]
  const rowsOf = async () =>
    (
      await readInScope<{ id: string; status: string }>(
        db,
        'allOrganizations',
        sql`select id, status from approvals where id = any(${[old, recent, left]}::uuid[]) order by id`,
      )
    ).map(({ id, status }) => [id, status])
  await inScope(db, 'allOrganizations', async (transaction) => {
    for (const id of [old, recent, left]) await transaction.query(approvalRow(id, organizationId, newId(), 'x'))
    await transaction.query(sql`update approvals set decided_at = now() - interval '100 days' where id = ${old}`)
    await transaction.query(sql`update approvals set status = 'open', decided_at = null where id = ${left}`)
  })
  await deleteExpired(
    given(() => new Date()),
    never,
  )
  assert.deepEqual(await rowsOf(), [
    [recent, 'closed'],
    [left, 'closed'],
  ])
})

test('an approval is kept for as long as its execution may ask for the answer', async () => {
  const { organizationId, db } = worker
  const [id, executionId] = [newId(), newId()]
  const isThere = async () => (await readInScope(db, 'allOrganizations', sql`select from approvals where id = ${id}`)).length === 1
  const forget = () =>
    deleteExpired(
      given(() => new Date()),
      never,
    )
  await inScope(db, 'allOrganizations', async (transaction) => {
    await transaction.query(sql`
      insert into executions (id, organization_id, kind, name, status, timeout_ms, caller)
      values (${executionId}, ${organizationId}, 'workflow', 'held back', 'held', 60000, '{"type":"system","id":"x","name":"x"}')`)
    await transaction.query(approvalRow(id, organizationId, executionId, 'x'))
    await transaction.query(sql`update approvals set status = 'approved', decided_at = now() - interval '100 days' where id = ${id}`)
  })
  await forget()
  assert.equal(await isThere(), true)
  await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query(sql`update executions set status = 'cancelled', completed_at = now() where id = ${executionId}`),
  )
  await forget()
  assert.equal(await isThere(), false)
})
