import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startProcesses, type TestProcesses } from '../../testing/processes.ts'

// An API process and a worker process: what is shown is what the worker kept.

let processes: TestProcesses

before(async () => {
  processes = await startProcesses()
  await processes.startWorker()
  await processes.call('POST', '/secrets', { key: 'token', value: 'hidden-token-value', scope: 'global' })
})
after(() => processes[Symbol.asyncDispose]())

const resultOf = (id: string, index: number) =>
  processes.call<{ state: string; result: unknown }>('GET', `/executions/${id}/steps/${index}/result`)

test('what a step came to is shown, and a place where there is no step is refused', async () => {
  const { execution_id: id } = await processes.ended(await processes.execute('one_step'))
  assert.deepEqual((await resultOf(id, 0)).body, { state: 'shown', result: 2 })
  const missing = await processes.call<{ error: string }>('GET', `/executions/${id}/steps/1/result`)
  assert.deepEqual([missing.status, missing.body.error], [404, 'step_not_found'])
  const unknown = await processes.call<{ error: string }>('GET', `/executions/${crypto.randomUUID()}/steps/0/result`)
  assert.deepEqual([unknown.status, unknown.body.error], [404, 'execution_not_found'])
})

test('what holds a secret is not shown, nor what is no plain data; what JSON has not is shown as text', async () => {
  const leaking = await processes.ended(await processes.execute('leaks_secret', { fail: false }))
  const { body } = await resultOf(leaking.execution_id, 0)
  assert.equal(body.result, null)
  assert.doesNotMatch(JSON.stringify(body), /hidden-token-value/)
  const dates = await processes.ended(await processes.execute('dates'))
  assert.deepEqual((await resultOf(dates.execution_id, 0)).body, {
    state: 'shown',
    result: { at: '1970-01-01T00:00:00.000Z', map: [['a', '1']] },
  })
  assert.deepEqual((await resultOf(dates.execution_id, 1)).body, { state: 'not_kept', result: null })
})

test('of steps of one name each is shown its own result, also where they ran at once', async () => {
  const { execution_id: id, steps } = await processes.ended(await processes.execute('many_steps', { chains: 3, length: 4 }))
  const shown = await Promise.all(steps.map((_, index) => resultOf(id, index)))
  const started = steps.map(({ started_at }) => Date.parse(started_at))
  for (const [index, { body }] of shown.entries()) {
    assert.equal(body.state, 'shown')
    // Of each chain the nth step comes after the one before it: a result of a later round never stands at an earlier one.
    const round = Number(body.result) % 1_000
    const before = started.filter((at) => at < (started[index] ?? 0)).length
    assert.ok(before >= round, `${body.result} stands at place ${index}`)
  }
  assert.equal(shown.length, 12)
  assert.equal(new Set(shown.map(({ body }) => body.result)).size, 12)
})
