import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maxJsonDepth, sentenceOf, toPlainJson } from './plain-json.ts'

const problemOf = (value: unknown) => {
  const made = toPlainJson(value)
  assert.ok('problem' in made, 'it is taken as plain')
  return sentenceOf('It', made.problem)
}

test('what is no JSON is told with its place, from the outside in', () => {
  assert.match(problemOf({ users: [{ id: 1 }, { id: 2n }] }), /at users\.1\.id it holds a BigInt/)
  assert.match(problemOf({ a: { b: [new Map()] } }), /at a\.b\.0 it holds a Map/)
  assert.match(problemOf([[undefined]]), /at 0\.0 it holds undefined in a list/)
  assert.match(problemOf(Number.NaN), /it is NaN/)
  assert.match(problemOf({ a: Promise.resolve(1) }), /at a it holds a promise/)
  const round: Record<string, unknown> = {}
  round.inner = [round]
  assert.match(problemOf(round), /at inner\.0 it holds an object that contains itself/)
  const throwing = {
    get field() {
      throw new Error('no')
    },
  }
  assert.match(problemOf({ a: throwing }), /at a\.field it holds something that cannot be read/)
})

test('what is within its depth is taken, and what is beyond is not', () => {
  let deep: unknown = 1
  for (let depth = 0; depth < maxJsonDepth; depth++) deep = [deep]
  assert.ok('json' in toPlainJson(deep))
  assert.match(problemOf({ deep }), /more than 200 levels, one in another/)
})

test('a copy has the same members, whatever they are called, and the same object may be in it twice', () => {
  const same = { x: 1 }
  const given = JSON.parse('{"__proto__":{"a":1},"toString":"t","constructor":2,"10":3,"b":[null,true]}')
  const made = toPlainJson({ ...given, same: [same, same] })
  assert.ok('json' in made)
  assert.equal(JSON.stringify(made.json), JSON.stringify({ ...given, same: [same, same] }))
  assert.ok(Object.hasOwn(toPlainJsonOf(given), '__proto__'))
  assert.equal(JSON.stringify(toPlainJsonOf(given)), JSON.stringify(given))
})

test('what knows its own JSON is asked for it, under its key', () => {
  const asked: unknown[] = []
  const own = {
    toJSON(key: unknown) {
      asked.push(key)
      return { at: key }
    },
  }
  assert.deepEqual(toPlainJsonOf({ list: [own], own, when: new Date(0), gone: undefined }), {
    list: [{ at: '0' }],
    own: { at: 'own' },
    when: '1970-01-01T00:00:00.000Z',
  })
  assert.deepEqual(asked, ['0', 'own'])
})

function toPlainJsonOf(value: unknown): object {
  const made = toPlainJson(value)
  assert.ok('json' in made)
  return made.json as object // it was one
}
