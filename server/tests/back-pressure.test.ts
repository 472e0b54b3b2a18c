import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readInScope, sql } from '../src/platform/database/database.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp, testAdminKey } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

test('a batch that is larger than the queue goes through it, and others are let in all the while', async () => {
  await using app = await createTestApp({ queueLimits: { perOrganization: 60, overall: 60 } })
  await readInScope(
    app.db,
    'allOrganizations',
    sql`insert into organizations (id, name) select gen_random_uuid(), 'Organization ' || n from generate_series(1, 199) n`,
  )
  const other = await givenOrganization(app.db, 'Other')
  const send = async (method: 'GET' | 'POST', url: string, payload?: object, headers: Record<string, string> = {}) => {
    const request = { method, url: `/api${url}`, headers: { authorization: `Bearer ${testAdminKey}`, ...headers } }
    const answer = await app.app.inject(payload ? { ...request, payload } : request)
    return { status: answer.statusCode, body: answer.json() }
  }
  const worker = await startWorkerProcess(app.databaseUrl, { env: { CROSSWALK_MAX_QUEUED: '60', CROSSWALK_RUNNER_SHARING: 'trusted' } })
  try {
    const { body } = await send('POST', '/workflows/execute', { workflow_name: 'one_step', organizations: 'all' })
    const answers: number[] = []
    let peakWaiting = 0
    await until('it is finished', async () => {
      const { status } = await send('POST', '/workflows/execute', { workflow_name: 'one_step' }, { 'x-organization-id': other.id })
      answers.push(status)
      const [row] = await readInScope<{ count: number }>(
        app.db,
        'allOrganizations',
        sql`select count(*)::int as count from executions where status = 'pending' and batch_id = ${body.batch_id}`,
      )
      peakWaiting = Math.max(peakWaiting, row?.count ?? 0)
      return (await send('GET', `/batches/${body.batch_id}`)).body.counts.success === 200
    })
    assert.deepEqual(new Set(answers), new Set([200]))
    assert.ok(peakWaiting <= 30, `${peakWaiting} waited at once`)
  } finally {
    await endProcess(worker, 'SIGTERM')
  }
})
