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
    return { json: value === undefined ? null : plain(value, '', undefined) }
  } catch (thrown) {
    if (thrown instanceof Found) return { problem: { path: thrown.path.reverse(), what: thrown.what, instead: thrown.instead } }
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
  readonly what: string
  readonly instead: string
  /** From the value up: each object on the way adds under which key it was. So nothing is written down of what is fine. */
  readonly path: string[] = []
  constructor(what: string, instead: string) {
    super(what)
    this.what = what
    this.instead = instead
  }
}

/** The objects that a value lies in, the nearest first. */
type Above = { object: object; up: Above | undefined; depth: number }

/** @param key under which it stands, which `toJSON` is told */
function plain(value: unknown, key: string, above: Above | undefined): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (Number.isFinite(value)) return value
      throw new Found(String(value), 'JSON has no such number: return null or a number.')
    case 'bigint':
      throw new Found(bigInt, 'Return it as text or as a number.')
    case 'function':
      throw new Found('a function', 'Return what it gives, or leave it out.')
    case 'symbol':
      throw new Found('a symbol', 'Return text.')
    case 'undefined':
      throw new Found('undefined in a list', 'Return null in its place, or leave it out.')
  }
  if (typeof value !== 'object' || value === null) return null
  for (let at = above; at; at = at.up)
    if (at.object === value) throw new Found('an object that contains itself', 'Return the fields that are needed.')
  const depth = above?.depth ?? 0
  if (depth >= maxJsonDepth)
    throw new Found(`more than ${maxJsonDepth} levels, one in another`, 'Return a flat list, or the fields that are needed.')
  return plainObject(value, key, { object: value, up: above, depth: depth + 1 })
}

function plainObject(value: object, key: string, here: Above): JsonValue {
  const what = lookedAt(value)
  if (what) throw new Found(...what)
  if (Array.isArray(value)) {
    const list: JsonValue[] = []
    for (let index = 0; index < value.length; index++) list.push(inside(member(value, index), index, here))
    return list
  }
  const toJson = read(value, 'toJSON')
  if (typeof toJson === 'function') return plain(ownJson(value, toJson, key), key, here)
  const copy: JsonObject = {}
  for (const name of keysOf(value)) {
    const item = member(value, name)
    if (item === undefined) continue
    const json = inside(item, name, here)
    // One that every object has, such as __proto__, would be something else if it were assigned.
    if (name in copy) Object.defineProperty(copy, name, { value: json, enumerable: true, writable: true, configurable: true })
    else copy[name] = json
  }
  return copy
}

function inside(value: unknown, key: string | number, above: Above): JsonValue {
  if (typeof value === 'string') return value
  try {
    return plain(value, String(key), above)
  } catch (thrown) {
    if (thrown instanceof Found) thrown.path.push(String(key))
    throw thrown
  }
}

function member(value: object, key: string | number): unknown {
  try {
    return read(value, key)
  } catch (thrown) {
    if (thrown instanceof Found) thrown.path.push(String(key))
    throw thrown
  }
}

/** @throws Found where a getter or a proxy fails */
function read(value: object, key: string | number): unknown {
  try {
    return Reflect.get(value, key)
  } catch {
    throw new Found('something that cannot be read', 'Return plain data, without getters that throw.')
  }
}

function keysOf(value: object): string[] {
  try {
    return Object.keys(value)
  } catch {
    throw new Found('something that cannot be read', 'Return plain data.')
  }
}

function ownJson(value: object, toJson: unknown, key: string): unknown {
  try {
    const json: unknown = Reflect.apply(toJson as () => unknown, value, [key]) // it is a function
    return json === undefined ? null : json
  } catch {
    throw new Found('an object whose toJSON() fails', 'Return the fields that are needed.')
  }
}

function lookedAt(value: object): ReturnType<typeof notPlain> {
  try {
    return notPlain(value)
  } catch (thrown) {
    if (thrown instanceof Found) throw thrown
    return ['something that cannot be read', 'Return plain data.']
  }
}

/** Why an object is not plain, and what to write. What knows its own JSON, as a date does, is fine. */
function notPlain(value: object): [what: string, instead: string] | undefined {
  if (Array.isArray(value)) return undefined
  // Nearly all are that.
  if (Object.getPrototypeOf(value) === Object.prototype) return typeof read(value, 'toJSON') === 'function' ? undefined : notPromise(value)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return [`binary data (${nameOf(value)})`, 'Return text, for instance Buffer.from(it).toString("base64"), or [...it].']
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? ['an invalid date', 'Return null, or a date that there is.'] : undefined
  }
  if (typeof read(value, 'toJSON') === 'function') return undefined
  const promise = notPromise(value)
  if (promise) return promise
  if (value instanceof Error) return ['an error', 'Return its message, or throw it.']
  if (value instanceof Map) return ['a Map', 'Return Object.fromEntries(…) of it.']
  if (value instanceof Set) return ['a Set', 'Return [...set].']
  if (isPlainObject(value)) return undefined
  return [`an instance of the class ${nameOf(value)}`, 'Return a plain object of the fields that are needed, such as { ...it }.']
}

function notPromise(value: object): [what: string, instead: string] | undefined {
  return typeof read(value, 'then') === 'function' ? ['a promise', 'Write await before it.'] : undefined
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
