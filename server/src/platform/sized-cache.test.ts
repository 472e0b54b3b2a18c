import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SizedCache } from './sized-cache.ts'

test('what is made at the same time never makes the cache larger than it may be', async () => {
  const cache = new SizedCache<number>({ maxSize: 10, sizeOf: (size) => size })
  for (let round = 0; round < 20; round++)
    await Promise.all(Array.from({ length: 8 }, (_, index) => cache.get(`${round}.${index}`, async () => 3)))
  assert.ok(cache.size <= 10, String(cache.size))
  let made = 0
  await cache.get('19.7', async () => ++made)
  assert.equal(made, 0, 'the newest are kept')
})

test('what is being made is made once, what fails is made again, and there are never too many', async () => {
  const cache = new SizedCache<string>({ maxSize: 100, maxCount: 2, sizeOf: () => 1 })
  await assert.rejects(cache.get('a', () => Promise.reject(new Error('away'))))
  let made = 0
  const make = async () => String(++made)
  assert.deepEqual(await Promise.all([cache.get('a', make), cache.get('a', make)]), ['1', '1'])
  for (const key of ['b', 'c', 'd']) await cache.get(key, make)
  assert.equal(cache.size, 2)
  assert.equal(await cache.get('a', make), '5')
})
