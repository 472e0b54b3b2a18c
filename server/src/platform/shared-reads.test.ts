import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedReads } from './shared-reads.ts'

test('who asks while a read is under way shares the next one with all others, and sees what was there when they asked', async () => {
  const reads = new SharedReads<number>()
  const begun: PromiseWithResolvers<number>[] = []
  const read = () => {
    begun.push(Promise.withResolvers())
    return (begun.at(-1) as PromiseWithResolvers<number>).promise
  }
  const first = reads.get('a', read)
  const [second, third] = [reads.get('a', read), reads.get('a', read)]
  const other = reads.get('b', read)
  assert.equal(begun.length, 2)
  begun[0]?.resolve(1)
  begun[1]?.resolve(10)
  assert.deepEqual([await first, await other], [1, 10])
  await new Promise(setImmediate)
  assert.equal(begun.length, 3)
  const fourth = reads.get('a', read)
  begun[2]?.resolve(2)
  assert.deepEqual([await second, await third], [2, 2])
  await new Promise(setImmediate)
  begun[3]?.resolve(3)
  assert.equal(await fourth, 3)
  const afterAll = reads.get('a', read)
  assert.equal(begun.length, 5)
  begun[4]?.resolve(4)
  assert.equal(await afterAll, 4)
})

test('a read that fails fails for those who share it, and not for the next', async () => {
  const reads = new SharedReads<number>()
  let turn = 0
  const read = async () => {
    turn++
    if (turn < 3) throw new Error(`away ${turn}`)
    return turn
  }
  const first = reads.get('a', read)
  const [second, third] = [reads.get('a', read), reads.get('a', read)]
  await assert.rejects(first, { message: 'away 1' })
  await assert.rejects(second, { message: 'away 2' })
  await assert.rejects(third, { message: 'away 2' })
  assert.equal(await reads.get('a', read), 3)
})
