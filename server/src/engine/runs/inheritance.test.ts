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

test('an approval before the failed step stays given, one that was not given is asked for again, and none is spared', () => {
  const answer = (title: string, approved: boolean): StepRecord => ({
    ...record('approve', title),
    outcome: { ok: true, value: { approved } },
  })
  const given = [answer('one', true), record('a', '', new Error('x')), answer('two', true)]
  assert.deepEqual(names(divideRecords(given, endedWith('x'))), [['approve'], []])
  const refused = [answer('one', true), answer('two', false), record('send', '1'), record('a', '', new Error('x'))]
  assert.deepEqual(names(divideRecords(refused, endedWith('x'))), [['approve'], ['send']])
  for (const status of ['failed', 'timeout', 'cancelled'])
    assert.deepEqual(names(divideRecords([record('a', ''), answer('one', false)], { status, error: null })), [['a'], []])
  // A step of that name is the author's own.
  assert.deepEqual(names(divideRecords([{ ...answer('', false), fingerprint: '' }], { status: 'cancelled', error: null })), [
    ['approve'],
    [],
  ])
})
