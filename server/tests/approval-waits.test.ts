import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { sql } from '../src/platform/database/database.ts'
import { decide, givenAsking, stepsOf } from '../testing/given-asking.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenKey } from '../testing/given-keys.ts'
import { until } from '../testing/until.ts'
import { endProcess, startApiProcess } from '../testing/worker-process.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any

const given = await givenAsking()
after(() => given[Symbol.asyncDispose]())
const { api, acme, globex, ben, workers, startWorker, rows, admin, givenAsked, executionOf, waiting, ended, approvalsOf, approvalOf } =
  given

test('a retry does not ask again for what was approved, and asks again for what was not', async () => {
  let calls = 0
  const vendor = createServer((_request, response) => {
    calls++
    response.writeHead(calls === 1 ? 400 : 200).end()
  })
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
  const address = vendor.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
  try {
    const { id, approval } = await givenAsked({}, { url })
    await decide(ben.ask, 'approve', approval.id)
    assert.equal((await ended(id)).status, 'failed')
    const retry = (await admin('POST', `/executions/${id}/retry`)).body.execution_id
    const again = await ended(retry)
    assert.deepEqual([again.status, again.result.id, await approvalsOf(retry)], ['success', approval.id, []])

    const refused = await givenAsked({}, { url })
    await decide(ben.ask, 'reject', refused.approval.id)
    assert.equal((await ended(refused.id)).status, 'failed')
    const second = (await admin('POST', `/executions/${refused.id}/retry`)).body.execution_id
    await waiting(second)
    const asked = await approvalOf(second)
    assert.deepEqual([asked.status, asked.id === refused.approval.id], ['open', false])
    await decide(ben.ask, 'approve', asked.id)
    assert.equal((await ended(second)).status, 'success')
  } finally {
    vendor.close()
  }
})

test('two approvals at once are decided each by itself', async () => {
  const id = await givenSubmitted(api.db, acme, 'asks_twice')
  await waiting(id)
  const [other, one] = await approvalsOf(id)
  assert.deepEqual([one.title, other.title].sort(), ['One', 'Other'])
  const titled = (title: string) => (one.title === title ? one : other)
  await decide(ben.ask, 'approve', titled('Other').id)
  await until('it waits again', async () => {
    const lines = await rows<{ count: number }>(
      sql`select count(*)::int as count from execution_logs where execution_id = ${id} and message like 'The execution waits%'`,
    )
    return lines[0]?.count === 2
  })
  await decide(ben.ask, 'reject', titled('One').id)
  assert.deepEqual((await ended(id)).result, ['rejected', 'approved'])
})

test('one that is decided while its execution still works beside is heard', async () => {
  const id = await givenSubmitted(api.db, acme, 'asks_beside', { ms: 8_000 })
  const approval = await until('it has asked', () => approvalOf(id))
  await decide(ben.ask, 'approve', approval.id)
  await until('it is heard', async () => stepsOf(await executionOf(id)).includes('heard success'))
  assert.ok(stepsOf(await executionOf(id)).includes('work running'), 'and before the work is done')
  assert.equal((await ended(id)).result, 'approved')
})

test('more executions than there are places ask, and other work begins at once', async () => {
  const ids = await Promise.all(
    Array.from({ length: 40 }, (_, index) => givenSubmitted(api.db, globex, 'asks', { request: { title: `Many ${index}` } })),
  )
  await until('all of them wait', async () => {
    const [row] = await rows<{ count: number }>(
      sql`select count(*)::int as count from executions where id = any(${ids}::uuid[]) and status = 'waiting'`,
    )
    return row?.count === 40
  })
  assert.equal((await ended(await givenSubmitted(api.db, globex, 'one_step'))).status, 'success')
  const page = (await ben.ask('GET', `/approvals?state=open&for_me=true&org_id=${globex}&limit=30`)).body
  const rest = (await ben.ask('GET', `/approvals?state=open&for_me=true&org_id=${globex}&limit=30&cursor=${page.next_cursor}`)).body
  assert.deepEqual([page.count, rest.count, rest.next_cursor], [30, 10, null])
  assert.equal(new Set([...page.approvals, ...rest.approvals].map(({ id }: Body) => id)).size, 40)
  await Promise.all(page.approvals.map(({ id }: Body) => decide(ben.ask, 'approve', id)))
  await Promise.all(rest.approvals.map(({ id }: Body) => decide(ben.ask, 'reject', id)))
  const outcomes = await Promise.all(ids.map(async (id) => (await ended(id)).result.outcome))
  assert.deepEqual([outcomes.filter((outcome) => outcome === 'approved').length, outcomes.length], [30, 40])
})

test('of a paused batch what is decided continues when the batch is resumed', async () => {
  const order = { workflow_name: 'asks', parameters: { request: { title: 'Of a batch' } }, organizations: [acme] }
  const { batch_id: batch } = (await admin('POST', '/workflows/execute', order)).body
  const id = await until('it waits', async () => {
    const { executions } = (await admin('GET', `/batches/${batch}/executions`)).body
    return executions[0]?.status === 'waiting' && String(executions[0].execution_id)
  })
  await admin('POST', `/batches/${batch}/pause`)
  assert.equal((await decide(ben.ask, 'approve', (await approvalOf(id)).id)).status, 200)
  const [held] = await rows<{ status: string }>(sql`select status from executions where id = ${id}`)
  assert.equal(held?.status, 'held')
  await admin('POST', `/batches/${batch}/resume`)
  assert.equal((await ended(id)).result.outcome, 'approved')
})

test('the whole installation is restarted during the wait, and workers are killed around the decision: nothing is lost', async () => {
  const { id, approval } = await givenAsked()
  for (const worker of workers.splice(0)) await endProcess(worker, 'SIGKILL')
  // Decided through another API process while no worker is there.
  const other = await startApiProcess(api.databaseUrl)
  const key = await givenKey(api.db, { role: 'technician', reach: { all: true } })
  const answer = await fetch(`${other.url}/api/approvals/${approval.id}/approve`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
    body: '{}',
  })
  assert.equal(answer.status, 200)
  await endProcess(other.child, 'SIGKILL')
  assert.equal((await executionOf(id)).status, 'pending', 'woken with the decision')
  const first = await startWorker()
  await endProcess(first, 'SIGKILL')
  await startWorker()
  const done = await ended(id)
  assert.deepEqual([done.status, done.result.outcome], ['success', 'approved'])
  assert.equal((await approvalsOf(id)).length, 1, 'asked once')
  assert.deepEqual(stepsOf(done), ['before success', 'approve success', 'act success'])
})
