import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toErrorData } from '@crosswalk/sdk'
import type { StepRecord } from '../steps/step-record.ts'
import { divideRecords } from './inheritance.ts'

let order = 0
const record = (name: string, fingerprint: string, failure?: Error): StepRecord => ({
  name,
  fingerprint,
  occurrence: 0,
  order: order++,
  outcome: failure ? { ok: false, error: toErrorData(failure) } : { ok: true, value: name },
  isPlain: true,
  isSealed: false,
})
const endedWith = (message: string) => ({ status: 'failed', error: { type: 'Error', message, details: {} } })
const names = ({ before, spare }: ReturnType<typeof divideRecords>) => [before.map(({ name }) => name), spare.map(({ name }) => name)]

test('the step whose error ended the execution divides, and failures that its code had answered stay as they were', () => {
  const records = [
    record('a', ''),
    record('looked up', 'x', new Error('none')),
    record('b', ''),
    record('c', '', new Error('broken')),
    record('d', 'y'),
  ]
  assert.deepEqual(names(divideRecords(records, endedWith('broken'))), [['a', 'looked up', 'b'], ['d']])
})

test('where the code threw an error of its own the first failed step divides', () => {
  const records = [
    record('send', '1'),
    record('send', '2', new Error('x')),
    record('note', ''),
    record('send', '3'),
    record('send', '4', new Error('y')),
  ]
  const divided = divideRecords(records, endedWith('2 failed'))
  assert.deepEqual(names(divided), [['send'], ['send']])
  assert.equal(divided.spare[0]?.fingerprint, '3')
})

test('an execution that was cancelled or ran out of time continues after its last record', () => {
  const records = [record('a', ''), record('b', '', new Error('answered')), record('sleep', '5')]
  for (const status of ['cancelled', 'timeout'])
    assert.deepEqual(names(divideRecords(records, { status, error: null })), [['a', 'b', 'sleep'], []])
})

test('a sleep after the failed step is slept again', () => {
  const records = [record('a', '', new Error('x')), record('sleep until', '5'), record('sleep', '5')]
  assert.deepEqual(names(divideRecords(records, endedWith('x'))), [[], []])
})
