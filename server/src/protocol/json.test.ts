import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalJson } from './json.ts'

test('equal values have equal text, whatever the order of their keys', () => {
  const one = { b: [{ y: 1, x: null }, 'a'], a: { d: { f: 2, e: 1 }, c: true } }
  const other = { a: { c: true, d: { e: 1, f: 2 } }, b: [{ x: null, y: 1 }, 'a'] }
  assert.equal(canonicalJson(one), '{"a":{"c":true,"d":{"e":1,"f":2}},"b":[{"x":null,"y":1},"a"]}')
  assert.equal(canonicalJson(other), canonicalJson(one))
})

test('what JSON leaves out, writes otherwise or puts first stays as JSON has it', () => {
  const at = new Date(0)
  assert.equal(
    canonicalJson({ z: undefined, n: Number.NaN, at, list: [undefined] }),
    '{"at":"1970-01-01T00:00:00.000Z","list":[null],"n":null}',
  )
  // An engine puts keys that are whole numbers first, by their number.
  assert.equal(canonicalJson({ 10: 'ten', 9: 'nine', a: 'a' }), '{"9":"nine","10":"ten","a":"a"}')
  assert.equal(canonicalJson({ a: 'a', '': 'empty', toJSON: 'text' }), '{"":"empty","a":"a","toJSON":"text"}')
  assert.equal(canonicalJson(JSON.parse('{"b":1,"__proto__":{"d":1,"c":2},"a":2}')), '{"__proto__":{"c":2,"d":1},"a":2,"b":1}')
  for (const value of [null, true, 1.5, 'text', []]) assert.equal(canonicalJson(value), JSON.stringify(value))
  assert.equal(canonicalJson(undefined), undefined)
})

test('what is given stays as it was', () => {
  const given = { b: 1, a: { d: 1, c: 2 } }
  canonicalJson(given)
  assert.deepEqual(Object.keys(given), ['b', 'a'])
  assert.deepEqual(Object.keys(given.a), ['d', 'c'])
})
