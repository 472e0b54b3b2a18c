import { isRecord } from './definition-checks.ts'
import type { JsonObject, JsonValue } from './json.ts'

/** Deeper than this is no data for people and programs, and more than what reads it can be asked to follow. */
export const maxJsonDepth = 200

/** What in a value is no JSON, where, and what to write instead. */
export type NotJson = { path: string[]; what: string; instead: string }

/**
 * A value as JSON, or what of it JSON would change without a word.
 *
 * One rule for whatever author code hands on as data. Converted are only: members that are `undefined`, which are left out; `undefined` as
 * the whole, which is null; and what knows its own JSON (`toJSON`), as a date and a `URL` do. Never throws.
 */
export function toPlainJson(value: unknown): { json: JsonValue } | { problem: NotJson } {
  try {
    return { json: value === undefined ? null : plain(value, [], new Set()) }
  } catch (thrown) {
    if (thrown instanceof Found) return { problem: thrown.problem }
    // A stack that is full already, or a proxy that fails in a place of its own.
    return { problem: { path: [], what: 'something that cannot be read', instead: 'Return plain data.' } }
  }
}

/** The same as a sentence: `the result cannot be turned into JSON: at users.0 it holds a Map. …` */
export function sentenceOf(subject: string, { path, what, instead }: NotJson): string {
  const where = path.length === 0 ? 'it is' : `at ${shownPath(path)} it holds`
  return `${subject} cannot be turned into JSON: ${where} ${what}. ${instead}`
}

const bigInt = 'a BigInt'

/** The same in words that follow the name of a field: `must be plain JSON, and at users.0 holds a Map`. */
export function notJsonProblem({ path, what }: NotJson): string {
  const where = path.length === 0 ? 'is' : `at ${shownPath(path)} holds`
  // Ids of vendors come as that: what to write is the same everywhere.
  return `must be plain JSON, and ${where} ${what}${what === bigInt ? ': write it as text, with String(…), or as a number' : ''}`
}

function shownPath(path: readonly string[]): string {
  const text = path.length > 12 ? [...path.slice(0, 6), '…', ...path.slice(-5)].join('.') : path.join('.')
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

class Found extends Error {
  readonly problem: NotJson
  constructor(path: readonly string[], what: string, instead: string) {
    super(what)
    this.problem = { path: [...path], what, instead }
  }
}

function plain(value: unknown, path: string[], above: Set<object>): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (Number.isFinite(value)) return value
      throw new Found(path, String(value), 'JSON has no such number: return null or a number.')
    case 'bigint':
      throw new Found(path, bigInt, 'Return it as text or as a number.')
    case 'function':
      throw new Found(path, 'a function', 'Return what it gives, or leave it out.')
    case 'symbol':
      throw new Found(path, 'a symbol', 'Return text.')
    case 'undefined':
      throw new Found(path, 'undefined in a list', 'Return null in its place, or leave it out.')
  }
  if (typeof value !== 'object' || value === null) return null
  if (above.has(value)) throw new Found(path, 'an object that contains itself', 'Return the fields that are needed.')
  if (above.size >= maxJsonDepth)
    throw new Found(path, `more than ${maxJsonDepth} levels, one in another`, 'Return a flat list, or the fields that are needed.')
  above.add(value)
  const json = plainObject(value, path, above)
  above.delete(value)
  return json
}

function plainObject(value: object, path: string[], above: Set<object>): JsonValue {
  const what = lookedAt(value, path)
  if (what) throw new Found(path, ...what)
  if (Array.isArray(value)) {
    const list: JsonValue[] = []
    for (let index = 0; index < value.length; index++) list.push(inside(value, String(index), path, above))
    return list
  }
  const toJson = read(value, 'toJSON', path)
  if (typeof toJson === 'function') return plain(ownJson(value, toJson, path), path, above)
  const copy: JsonObject = {}
  for (const key of keysOf(value, path)) {
    if (read(value, key, path) === undefined) continue
    // Defined and not assigned: a member may be called __proto__.
    Object.defineProperty(copy, key, { value: inside(value, key, path, above), enumerable: true, writable: true, configurable: true })
  }
  return copy
}

function inside(value: object, key: string, path: string[], above: Set<object>): JsonValue {
  path.push(key)
  const json = plain(read(value, key, path), path, above)
  path.pop()
  return json
}

function read(value: object, key: string, path: readonly string[]): unknown {
  try {
    return Reflect.get(value, key)
  } catch {
    throw new Found(path, 'something that cannot be read', 'Return plain data, without getters that throw.')
  }
}

function keysOf(value: object, path: readonly string[]): string[] {
  try {
    return Object.keys(value)
  } catch {
    throw new Found(path, 'something that cannot be read', 'Return plain data.')
  }
}

function ownJson(value: object, toJson: unknown, path: readonly string[]): unknown {
  try {
    const json: unknown = Reflect.apply(toJson as () => unknown, value, [path.at(-1) ?? '']) // it is a function
    return json === undefined ? null : json
  } catch {
    throw new Found(path, 'an object whose toJSON() fails', 'Return the fields that are needed.')
  }
}

function lookedAt(value: object, path: readonly string[]): ReturnType<typeof notPlain> {
  try {
    return notPlain(value, path)
  } catch (thrown) {
    if (thrown instanceof Found) throw thrown
    return ['something that cannot be read', 'Return plain data.']
  }
}

/** Why an object is not plain, and what to write. What knows its own JSON, as a date does, is fine. */
function notPlain(value: object, path: readonly string[]): [what: string, instead: string] | undefined {
  if (Array.isArray(value)) return undefined
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return [`binary data (${nameOf(value)})`, 'Return text, for instance Buffer.from(it).toString("base64"), or [...it].']
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? ['an invalid date', 'Return null, or a date that there is.'] : undefined
  }
  if (typeof read(value, 'toJSON', path) === 'function') return undefined
  if (typeof read(value, 'then', path) === 'function') return ['a promise', 'Write await before it.']
  if (value instanceof Error) return ['an error', 'Return its message, or throw it.']
  if (value instanceof Map) return ['a Map', 'Return Object.fromEntries(…) of it.']
  if (value instanceof Set) return ['a Set', 'Return [...set].']
  if (isPlainObject(value)) return undefined
  return [`an instance of the class ${nameOf(value)}`, 'Return a plain object of the fields that are needed, such as { ...it }.']
}

/** By its place and not by its class, which differs between realms. */
export function isPlainObject(value: object): boolean {
  try {
    const prototype: unknown = Object.getPrototypeOf(value)
    return prototype === null || prototype === Object.prototype || (isRecord(prototype) && Object.getPrototypeOf(prototype) === null)
  } catch {
    return false
  }
}

/** The class of an object, for people. */
export function nameOf(value: object): string {
  try {
    const name: unknown = value.constructor?.name
    return typeof name === 'string' && name !== '' ? name.slice(0, 100) : 'without a name'
  } catch {
    return 'without a name'
  }
}
