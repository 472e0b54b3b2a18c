import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WaitingLine } from './waiting-line.ts'

test('people come first, then the organizations in turn', () => {
  const line = new WaitingLine<{ organizationId: string; urgency: 'person' | 'background'; name: string }>()
  const add = (organizationId: string, name: string, urgency: 'person' | 'background' = 'background') => {
    const waiter = { organizationId, urgency, name }
    line.add(waiter)
    return waiter
  }
  for (const name of ['a1', 'a2', 'a3', 'a4']) add('a', name)
  for (const name of ['b1', 'b2']) add('b', name)
  const left = add('c', 'c1')
  add('c', 'click', 'person')
  assert.deepEqual([line.people, line.background, line.organizations], [1, 7, 3])
  assert.deepEqual([line.delete(left), line.delete(left)], [true, false])
  const order = Array.from({ length: 8 }, () => line.shift()?.name)
  assert.deepEqual(order, ['click', 'a1', 'b1', 'a2', 'b2', 'a3', 'a4', undefined])
})
