import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemActing } from '../src/audit/audit.ts'
import { inScope, readInScope, sql } from '../src/platform/database/database.ts'
import { setSchedule } from '../src/schedules/setting.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

test('each due run, also one that was missed, fires once across worker processes, and runs once for each organization', async () => {
  await using app = await createTestApp()
  for (const name of ['Acme', 'Globex']) await givenOrganization(app.db, name)
  const workers = await Promise.all([1, 2, 3].map(() => startWorkerProcess(app.databaseUrl)))
  try {
    const everyMinute = { cron: '* * * * *', missed: 'catch_up' as const }
    await setSchedule(app.db, systemActing, 'one_step', everyMinute, new Date())
    // As after an outage of five minutes.
    await inScope(app.db, 'allOrganizations', async (transaction) => {
      await transaction.query(
        sql`update schedules set next_due_at = date_trunc('minute', now()) - interval '4 minutes' where workflow_name = 'one_step'`,
      )
      transaction.tell('schedules.changed', 'one_step')
    })
    const countEnded = async () =>
      (await readInScope(app.db, 'allOrganizations', sql`select from executions where name = 'one_step' and status = 'success'`)).length
    await until('all have run', async () => (await countEnded()) >= 10)
    const batches = await readInScope<{ due_at: Date; executions: number; organizations: number }>(
      app.db,
      'allOrganizations',
      sql`
      select due_at, count(*)::int as executions, count(distinct organization_id)::int as organizations
      from batches b join executions e on e.batch_id = b.id where schedule_name = 'one_step' group by b.id, due_at order by due_at`,
    )
    const [first] = batches
    // A minute may have begun meanwhile.
    assert.ok(batches.length === 5 || batches.length === 6, `${batches.length} fired`)
    batches.forEach(({ due_at, executions, organizations }, index) => {
      assert.deepEqual([Number(due_at) - Number(first?.due_at), executions, organizations], [index * 60_000, 2, 2])
    })
  } finally {
    await Promise.all(workers.map((worker) => endProcess(worker, 'SIGTERM')))
  }
})
