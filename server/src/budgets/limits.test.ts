import assert from 'node:assert/strict'
import { test } from 'node:test'
import { declarationOf, limitsIn, limitsOf } from './limits.ts'

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

test('of limits that are declared differently for one credential the strictest holds, window by window', () => {
  const minute = 60_000
  const some = [{ requests: 100, perMs: minute }, { parallel: 8 }]
  const others = [{ requests: 90, perMs: minute, share: 1 }, { requests: 10, perMs: 1_000 }, { parallel: 2 }]
  const more = [{ requests: 500, perMs: minute, window: 'fixed' as const }]
  assert.deepEqual(limitsIn(declarationOf([some, others, more, []])), [some[0], { parallel: 2 }, others[1], more[0]])
})
