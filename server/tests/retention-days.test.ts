import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startProcesses, type TestProcesses } from '../testing/processes.ts'
import { until } from '../testing/until.ts'
import { endProcess } from '../testing/worker-process.ts'

// Executions of real processes are moved to the past by the owner of the database, and the next worker finds them expired.

const retentionDays = 30
/** What is kept of an execution: the tables with a partition for each week, and the keys. */
const partitioned = {
  executions: 'id',
  execution_steps: 'execution_id',
  execution_logs: 'execution_id',
  step_records: 'execution_id',
  secret_reads: 'execution_id',
}
const tables = { ...partitioned, execution_keys: 'execution_id' }

let processes: TestProcesses

before(async () => {
  processes = await startProcesses()
})
after(() => processes[Symbol.asyncDispose]())

/** Runs a workflow that leaves steps, lines and records behind, and its audit row. */
async function givenEnded(key: string): Promise<string> {
  const id = await processes.execute('many_steps', { chains: 1, length: 3 }, { idempotency_key: key })
  assert.equal((await processes.ended(id)).status, 'success')
  return id
}

/** Moves an execution with all that belongs to it so many days back, into the partitions of that week. Returns its id there. */
async function moveBack(id: string, days: number): Promise<{ id: string; partition: string }> {
  const [moved] = await processes.rows<{ id: string; week: string; begins: string; ends: string }>(
    `select overlay($1 placing substr(first_id_at(now() - make_interval(days => $2))::text, 1, 13) from 1) as id,
       to_char(week, 'IYYY"w"IW') as week, first_id_at(week at time zone 'UTC')::text as begins,
       first_id_at((week + interval '7 days') at time zone 'UTC')::text as ends
     from date_trunc('week', (now() - make_interval(days => $2)) at time zone 'UTC') as week`,
    [id, days],
  )
  if (!moved) throw new Error('nothing was said')
  for (const [table, column] of Object.entries(partitioned)) {
    await processes.rows(
      `create table ${table}_${moved.week} partition of ${table} for values from ('${moved.begins}') to ('${moved.ends}')`,
    )
    await processes.rows(`update ${table} set ${column} = $1 where ${column} = $2`, [moved.id, id])
  }
  const age = 'now() - make_interval(days => $3)'
  await processes.rows(`update execution_keys set execution_id = $1, created_at = ${age} where execution_id = $2`, [moved.id, id, days])
  await processes.rows(
    `update audit_events set target = jsonb_set(target, '{execution_id}', to_jsonb($1::text)) where target ->> 'execution_id' = $2`,
    [moved.id, id],
  )
  return { id: moved.id, partition: moved.week }
}

async function countsOf(id: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const [table, column] of Object.entries(tables))
    counts[table] = Number((await processes.rows<{ count: string }>(`select count(*) from ${table} where ${column} = $1`, [id]))[0]?.count)
  return counts
}

/** How many tables hold a week. */
const tablesOf = async (week: string) =>
  (await processes.rows<{ relname: string }>(`select relname from pg_class where relkind = 'r' and relname like '%\\_' || $1`, [week]))
    .length

type Audit = { events: { id: string; action: string; target: { execution_id?: string } }[] }
const auditOf = async (id: string) =>
  (await processes.call<Audit>('GET', '/audit?limit=100')).body.events.filter(({ target }) => target.execution_id === id)

test('a worker that starts forgets what is older than CROSSWALK_RETENTION_DAYS with all that belongs to it, and keeps what is newer, and the audit', async () => {
  const env = { CROSSWALK_RETENTION_DAYS: String(retentionDays) }
  const first = await processes.startWorker(env)
  const [expired, recent, present] = [await givenEnded('expired'), await givenEnded('recent'), await givenEnded('present')]
  await endProcess(first, 'SIGTERM')
  const [old, newer] = [await moveBack(expired, 2 * retentionDays), await moveBack(recent, retentionDays - 10)]
  // The first worker has looked today.
  await processes.rows(`update upkeep set began_at = began_at - interval '24 hours' where name = 'retention'`)
  const whole = { executions: 1, execution_steps: 3, execution_logs: 3, step_records: 3, secret_reads: 0, execution_keys: 1 }
  assert.deepEqual(await Promise.all([old.id, newer.id, present].map(countsOf)), [whole, whole, whole])
  const auditBefore = await auditOf(old.id)
  assert.deepEqual(
    auditBefore.map(({ action }) => action),
    ['workflow.executed'],
  )

  await processes.startWorker(env)
  await until('the old partition is dropped', async () => (await tablesOf(old.partition)) === 0)
  assert.deepEqual(await countsOf(old.id), {
    executions: 0,
    execution_steps: 0,
    execution_logs: 0,
    step_records: 0,
    secret_reads: 0,
    execution_keys: 0,
  })
  assert.equal((await processes.call('GET', `/executions/${old.id}`)).status, 404)
  assert.deepEqual(await auditOf(old.id), auditBefore, 'what was done is not forgotten')

  assert.deepEqual(await Promise.all([newer.id, present].map(countsOf)), [whole, whole])
  assert.equal(await tablesOf(newer.partition), 6)
  const again = (key: string) => processes.execute('many_steps', { chains: 1, length: 3 }, { idempotency_key: key })
  assert.deepEqual([await again('recent'), await again('present')], [newer.id, present])
  const later = await again('expired')
  assert.notEqual(later, old.id)
  assert.equal((await processes.ended(later)).status, 'success', 'a forgotten key begins another execution')
})
