import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../testing/until.ts'
import { repeatWork } from './repeated-work.ts'

test('work is repeated, also after a failure, never twice at once, and a stop waits for its turn', async () => {
  const failures: unknown[] = []
  let [turns, atOnce, most] = [0, 0, 0]
  let finish = () => {}
  const repeated = repeatWork({
    everyMs: 1,
    isAtOnce: true,
    async work() {
      turns++
      most = Math.max(most, ++atOnce)
      if (turns === 3) await new Promise<void>((resolve) => (finish = resolve))
      atOnce--
      if (turns === 1) throw new Error('away')
    },
    onFailure: (error) => failures.push(error),
  })
  assert.equal(turns, 1)
  await until('the third turn is under way', async () => turns === 3)
  let hasStopped = false
  const stopping = repeated.stop().then(() => (hasStopped = true))
  await new Promise(setImmediate)
  assert.deepEqual([hasStopped, most, failures.length], [false, 1, 1])
  finish()
  await stopping
  assert.equal(turns, 3)
})
