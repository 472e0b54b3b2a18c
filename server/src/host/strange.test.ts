import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'

let worker: TestWorker
before(async () => {
  worker = await startTestWorker()
})
after(() => worker[Symbol.asyncDispose]())

const readable = 'zero \ufffd and half \ufffd'

test('characters that the database cannot hold are replaced, wherever the code uses them', async () => {
  const execution = await worker.run('strange_text')
  assert.deepEqual([execution.status, execution.error], ['success', null])
  assert.deepEqual(execution.result, { [readable]: readable })
  const steps = await worker.steps(execution.id)
  assert.deepEqual(
    steps.map(({ name, status }) => [name, status]),
    [
      [readable, 'success'],
      [readable, 'success'],
      ['fail', 'failed'],
    ],
  )
  assert.deepEqual(steps[2]?.error, { type: readable, message: readable, details: { [readable]: readable, code: readable } })
  const [line] = await worker.lines(execution.id)
  assert.deepEqual([line?.message, line?.data], [readable, { [readable]: readable }])
})
