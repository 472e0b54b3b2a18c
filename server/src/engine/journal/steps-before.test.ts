import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AttemptRow } from '../state/executions.queries.ts'
import type { StepRecord } from '../steps/step-record.ts'
import type { ShownStepRow } from './shown-steps.queries.ts'
import { stepsBefore } from './steps-before.ts'

const startedAt = new Date('2025-10-11T10:00:00.000Z')
const recordedAt = new Date('2025-10-11T10:00:02.000Z')
const attempt = (number: number, status: AttemptRow['status']): AttemptRow => ({
  attempt: number,
  status,
  started_at: startedAt.toISOString(),
  duration_ms: null,
  error: null,
  calls: [],
  more_calls: 0,
})
const row = (position: number, name: string, status: ShownStepRow['status'], attempts: AttemptRow[]): ShownStepRow => ({
  position,
  name,
  status,
  attempts,
  startedAt,
  idempotencyKey: name,
})
const record = (name: string, isGood = true): StepRecord => ({
  name,
  fingerprint: '',
  occurrence: 0,
  order: 0,
  outcome: isGood
    ? { ok: true, value: null }
    : { ok: false, error: { type: 'Error', message: 'a secret', code: 'x', details: {}, stack: null, cause: null } },
  isPlain: true,
  isSealed: false,
  recordedAt,
})
const before = (rows: ShownStepRow[], records: StepRecord[]) => stepsBefore(rows, records, ({ name }) => name)
const shown = ({ unshown }: ReturnType<typeof stepsBefore>) =>
  unshown.map(({ position, name, status, attempts }) => [position, name, status, attempts.map((each) => [each.attempt, each.status])])

test('a step that was recorded and still shown as running is shown as it ended', () => {
  const { unshown, open } = before([row(0, 'a', 'running', [attempt(1, 'failed'), attempt(2, 'running')])], [record('a')])
  assert.deepEqual(
    unshown.map(({ status, durationMs }) => [status, durationMs]),
    [['success', 2_000]],
  )
  assert.deepEqual(
    unshown[0]?.attempts.map(({ status, duration_ms }) => [status, duration_ms]),
    [
      ['failed', null],
      ['success', 2_000],
    ],
  )
  assert.deepEqual(open, [])
})

test('a step that was recorded and never shown gets a place after the others', () => {
  const found = before([row(4, 'b', 'running', [attempt(1, 'running')])], [record('a'), record('c', false)])
  assert.deepEqual(shown(found), [
    [5, 'a', 'success', [[1, 'success']]],
    [6, 'c', 'failed', [[1, 'failed']]],
  ])
  assert.equal(found.nextPosition, 7)
  assert.deepEqual(
    found.open.map(({ name }) => name),
    ['b'],
  )
  assert.doesNotMatch(found.unshown[1]?.error ?? '', /secret/, 'its worker does not know which words are secret')
})

test('what was shown as it is recorded is left, and an attempt that nobody saw is added', () => {
  const rows = [row(0, 'a', 'success', [attempt(1, 'success')]), row(1, 'b', 'failed', [attempt(1, 'failed')])]
  assert.deepEqual(shown(before(rows, [record('a'), record('b')])), [
    [
      1,
      'b',
      'success',
      [
        [1, 'failed'],
        [2, 'success'],
      ],
    ],
  ])
})

test('an execution with more steps than a call may have arguments continues after the last of them', () => {
  const rows = Array.from({ length: 200_000 }, (_, position) => row(position, `step ${position}`, 'success', []))
  assert.equal(before(rows, []).nextPosition, 200_000)
})
