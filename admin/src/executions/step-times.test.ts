import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeOf, spanOf } from './step-times.ts'

const at = (ms: number) => new Date(ms).toISOString()

test('steps stand where they were in the time of all of them', () => {
  const steps = [
    { started_at: at(1_000), duration_ms: 250 },
    { started_at: at(1_250), duration_ms: 750 },
  ]
  const span = spanOf(steps, 9_999)
  assert.deepEqual(span, { startMs: 1_000, endMs: 2_000 })
  assert.deepEqual(
    steps.map((step) => placeOf(step, span)),
    [
      { offset: 0, width: 25 },
      { offset: 25, width: 75 },
    ],
  )
})

test('a step that runs lasts until now', () => {
  const running = { started_at: at(1_500), duration_ms: null }
  const span = spanOf([{ started_at: at(1_000), duration_ms: 100 }, running], 2_000)
  assert.deepEqual(placeOf(running, span), { offset: 50, width: 50 })
})

test('the shortest step can be seen, and stays inside, at the very end too', () => {
  const last = { started_at: at(2_000), duration_ms: 0 }
  const span = spanOf([{ started_at: at(1_000), duration_ms: 1_000 }, last], 2_000)
  assert.deepEqual(placeOf(last, span), { offset: 99.6, width: 0.4 })
})
