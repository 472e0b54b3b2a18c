import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isWithinDepth } from './depth.ts'
import { parseWire, stringifyWire } from './wire-json.ts'

const carried = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: false,
  withSparseArray: false,
})

test('whatever a step may return comes out as it went in', () => {
  fc.assert(
    fc.property(carried, (value) => {
      assert.deepEqual(parseWire(stringifyWire(value)), value)
    }),
    { numRuns: 2_000 },
  )
})

test('text that PostgreSQL cannot hold, odd numbers, and members with the names of our own marks come through', () => {
  const odd = {
    half: '\ud800',
    zero: 'a\u0000b',
    numbers: [-0, Number.NaN, Number.NEGATIVE_INFINITY, 1e308, 5e-324, 2 ** 64],
    nothing: undefined,
    marked: { $: 'date', v: 1 },
    markedDeeper: [{ v: [], $: 'map' }],
  }
  const withProto = JSON.parse('{"__proto__": {"isAdmin": true}, "$": 1}')
  assert.deepEqual(parseWire(stringifyWire(odd)), odd)
  const back = parseWire(stringifyWire(withProto)) as { isAdmin?: boolean }
  assert.deepEqual(Object.keys(back), ['__proto__', '$'])
  assert.equal(back.isAdmin, undefined)
})

test('what cannot be carried is refused by the writer, with the reason', () => {
  const round: unknown[] = []
  round.push(round)
  let deep: unknown = 0
  for (let level = 0; level < 3_000; level++) deep = [deep]
  for (const [value, reason] of [
    [() => 1, 'it holds a function'],
    [{ at: Symbol('s') }, 'it holds a symbol'],
    [round, 'it holds an object that contains itself'],
    [deep, 'it is nested more than 220 deep'],
    [10n ** 10_001n, 'it holds a number of more than 10000 digits'],
  ] as const)
    assert.throws(() => stringifyWire(value), { name: 'TypeError', message: reason })
  assert.throws(() => stringifyWire('x'.repeat(100), 50), RangeError)
})

test('a value of an unknown form is refused by the reader', () => {
  for (const text of [
    '{"$":"function","v":"1"}',
    '{"$":"bigint","v":"1e9"}',
    `{"$":"bigint","v":"${'9'.repeat(20_000)}"}`,
    '{"$":"map","v":{"length":2}}',
    '{"$":"map","v":[[1]]}',
    '{"$":"set","v":7}',
    '{"$":"object"}',
    '[{"$":{"$":"map"}}]',
  ])
    assert.throws(() => parseWire(text), SyntaxError, text)
})

test('the depth of a message is known before it is parsed, whatever stands in its texts', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 12 }), (text) => {
      const depth = depthOf(JSON.parse(text))
      assert.equal(isWithinDepth(text, depth), true)
      if (depth > 0) assert.equal(isWithinDepth(text, depth - 1), false)
    }),
  )
  assert.equal(isWithinDepth(`"${'['.repeat(50)}\\"${'{'.repeat(50)}"`, 0), true)
  assert.equal(isWithinDepth('['.repeat(1_000_000), 100), false)
})

function depthOf(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
