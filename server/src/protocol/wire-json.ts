import { maxFrameBytes } from './frames.ts'
import {
  createObject,
  defineProperty,
  isArray,
  isFiniteNumber,
  keysOf,
  mapForEach,
  parseJson,
  SafeSet,
  setForEach,
  stringifyJson,
  text,
  timeOf,
} from './primordials.ts'

/**
 * Messages as JSON text. What steps may return and JSON has not (`undefined`, dates, big integers, maps, sets, `NaN`) is written as an
 * object whose first key is `$`; an object of that form is written as the list of its members. Nothing of a value's own methods is called.
 */
const maxDepth = 220
/** Each level of a map is written as three. */
export const maxWireDepth = 3 * maxDepth + 20
const tagKey = '$'
const tagStart = '{"$":'

/** To read a number takes time by the square of its length. */
const maxDigits = 10_000

type Writing = { above: Set<object>; left: number }

/**
 * @param maxChars how long the text may be
 * @throws TypeError saying what cannot be written: functions, symbols, what contains itself or is nested too deep. RangeError where it is too long.
 */
export function stringifyWire(value: unknown, maxChars = maxFrameBytes): string {
  const json = written(value, { above: new SafeSet(), left: maxChars })
  // Escapes were not counted.
  if (json.length > maxChars) throw new RangeError('it is too large')
  return json
}

function take(writing: Writing, chars: number): void {
  writing.left -= chars
  if (writing.left < 0) throw new RangeError('it is too large')
}

function written(value: unknown, writing: Writing): string {
  take(writing, 1)
  switch (typeof value) {
    case 'string':
      take(writing, value.length)
      return stringifyJson(value)
    case 'number':
      return isFiniteNumber(value) && !Object.is(value, -0)
        ? text(value)
        : `{"$":"number","v":"${Object.is(value, -0) ? '-0' : text(value)}"}`
    case 'boolean':
      return value ? 'true' : 'false'
    case 'undefined':
      return '{"$":"undefined"}'
    case 'bigint': {
      const digits = text(value)
      if (digits.length > maxDigits) throw new TypeError(`it holds a number of more than ${maxDigits} digits`)
      take(writing, digits.length)
      return `{"$":"bigint","v":"${digits}"}`
    }
    case 'function':
    case 'symbol':
      throw new TypeError(`it holds a ${typeof value}`)
  }
  if (value === null) return 'null'
  if (writing.above.has(value as object)) throw new TypeError('it holds an object that contains itself')
  if (writing.above.size >= maxDepth) throw new TypeError(`it is nested more than ${maxDepth} deep`)
  writing.above.add(value as object)
  const json = writtenObject(value as object, writing)
  writing.above.delete(value as object)
  return json
}

function writtenObject(value: object, writing: Writing): string {
  if (isArray(value)) return writtenList(value, writing)
  if (value instanceof Date) return `{"$":"date","v":${stringifyJson(timeOf(value))}}`
  if (value instanceof Map) {
    let entries = ''
    mapForEach(value, (item, key) => {
      entries += `${entries === '' ? '' : ','}[${written(key, writing)},${written(item, writing)}]`
    })
    return `{"$":"map","v":[${entries}]}`
  }
  if (value instanceof Set) {
    let items = ''
    setForEach(value, (item) => {
      items += `${items === '' ? '' : ','}${written(item, writing)}`
    })
    return `{"$":"set","v":[${items}]}`
  }
  const keys = keysOf(value)
  let isTagged = false
  let members = ''
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string
    if (key === tagKey) isTagged = true
    take(writing, key.length)
    members += `${index === 0 ? '' : ','}${stringifyJson(key)}:${written((value as Record<string, unknown>)[key], writing)}`
  }
  return isTagged ? writtenAsPairs(value, keys, writing) : `{${members}}`
}

function writtenAsPairs(value: object, keys: readonly string[], writing: Writing): string {
  let pairs = ''
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string
    pairs += `${index === 0 ? '' : ','}[${stringifyJson(key)},${written((value as Record<string, unknown>)[key], writing)}]`
  }
  return `{"$":"object","v":[${pairs}]}`
}

function writtenList(list: readonly unknown[], writing: Writing): string {
  let items = ''
  for (let index = 0; index < list.length; index++) items += `${index === 0 ? '' : ','}${written(list[index], writing)}`
  return `[${items}]`
}

/** @throws SyntaxError where it is no JSON or no form that `stringifyWire` writes. Its depth must have been checked. */
export function parseWire(json: string): unknown {
  const value: unknown = parseJson(json)
  return json.includes(tagStart) ? read(value) : value
}

function read(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (isArray(value)) {
    for (let index = 0; index < value.length; index++) put(value, index, read(value[index]))
    return value
  }
  const record = value as Record<string, unknown>
  const keys = keysOf(record)
  if (keys[0] === tagKey) return readTagged(record[tagKey], record.v)
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string
    put(record, key, read(record[key]))
  }
  return record
}

function readTagged(tag: unknown, held: unknown): unknown {
  switch (tag) {
    case 'undefined':
      return undefined
    case 'number':
      return Number(held)
    case 'bigint':
      if (typeof held === 'string' && held.length <= maxDigits && /^-?\d+$/.test(held)) return BigInt(held)
      break
    case 'date':
      return new Date(typeof held === 'number' ? held : Number.NaN)
    case 'map': {
      const map = new Map<unknown, unknown>()
      eachPair(held, (key, item) => map.set(read(key), read(item)))
      return map
    }
    case 'set': {
      const set = new Set<unknown>()
      if (!isArray(held)) break
      for (let index = 0; index < held.length; index++) set.add(read(held[index]))
      return set
    }
    case 'object': {
      const object: Record<string, unknown> = createObject(Object.prototype)
      eachPair(held, (key, item) => put(object, text(key), read(item)))
      return object
    }
  }
  throw new SyntaxError('It holds a value of no known form.')
}

function eachPair(held: unknown, take: (key: unknown, item: unknown) => void): void {
  if (!isArray(held)) throw new SyntaxError('It holds a value of no known form.')
  for (let index = 0; index < held.length; index++) {
    const pair: unknown = held[index]
    if (!isArray(pair) || pair.length !== 2) throw new SyntaxError('It holds a value of no known form.')
    take(pair[0], pair[1])
  }
}

/** Defined and not assigned: a member may be called __proto__. */
function put(object: object, key: string | number, value: unknown): void {
  defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
}
