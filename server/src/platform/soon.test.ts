import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterwards, type Soon } from './soon.ts'

test('what is there is used at once, and what is to come when it is there', async () => {
  const order: string[] = []
  const now = afterwards(1, (value) => {
    order.push('at once')
    return value + 1
  })
  const later: Soon<number> = afterwards(Promise.resolve(2), async (value) => {
    order.push('later')
    return value + 1
  })
  order.push('then this')
  assert.deepEqual([now, await later, order], [2, 3, ['at once', 'then this', 'later']])
})

test('a failure of either is a failure of both, as it came', async () => {
  const fails = () => {
    throw new Error('no')
  }
  assert.throws(() => afterwards(1, fails), { message: 'no' })
  await assert.rejects(async () => afterwards(Promise.resolve(1), fails), { message: 'no' })
  await assert.rejects(async () => afterwards(Promise.reject(new Error('away')), fails), { message: 'away' })
})
