import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitsOf } from './limits.ts'

const partsOf = (requests: number, share?: number) => {
  const [window] = limitsOf([{ requests, perMs: 5_000, ...(share === undefined ? {} : { share }) }]).windows
  return [window?.background, window?.people]
}

test('of a limit a share is used, some more of it for people, and the rest is left for others', () => {
  assert.deepEqual(
    [300, 10, 5, 2, 1].map((requests) => partsOf(requests)),
    [
      [240, 270],
      [8, 9],
      [4, 5],
      [1, 2],
      [1, 1],
    ],
  )
})

test('where all of it is used, a little is kept for people', () => {
  assert.deepEqual(
    [300, 10, 1].map((requests) => partsOf(requests, 1)),
    [
      [294, 300],
      [9, 10],
      [1, 1],
    ],
  )
})

test('of several limits in parallel the smallest holds', () => {
  const { maxParallel, windows } = limitsOf([{ parallel: 8 }, { parallel: 4 }, { requests: 10, perMs: 1_000, window: 'fixed' }])
  assert.deepEqual([maxParallel, windows.map(({ key }) => key)], [4, ['fixed:1000']])
  assert.equal(limitsOf([]).maxParallel, undefined)
})
