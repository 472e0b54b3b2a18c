import type { JsonObject, JsonValue } from './json.ts'
import { isPlainObject, nameOf } from './plain-json.ts'

/** As much text is kept of a value; the rest is left out, and where is shown. In characters. */
const maxReadableChars = 131_072
const maxDepth = 20

type Budget = { chars: number; above: Set<object> }

/**
 * Any value as JSON that a person can read: what is logged, and the facts of an error. Nothing is refused and nothing becomes `{}`: an error
 * is its class, message, code, details and cause, a map its entries, a set a list, and what has no JSON is told in words (`[circular]`).
 * JSON stays as it is, as far as there is room. Never throws.
 */
export function readableData(value: unknown, maxChars = maxReadableChars): JsonValue {
  return seen(value, { chars: maxChars, above: new Set() })
}

/** Text that is cut where it is longer, and says so. The cut text is not longer than `maxChars`, so cutting again changes nothing. */
export function shortened(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  // One that was cut before still says how long it was at first.
  const note = /… \(\d+ characters in all\)$/.exec(text.slice(-50))?.[0] ?? `… (${text.length} characters in all)`
  return `${text.slice(0, Math.max(0, maxChars - note.length))}${note}`
}

function seen(value: unknown, budget: Budget): JsonValue {
  if (budget.chars <= 0) return '…'
  switch (typeof value) {
    case 'string': {
      const text = shortened(value, budget.chars)
      budget.chars -= text.length
      return text
    }
    case 'number':
      budget.chars -= 4
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
      budget.chars -= 4
      return value
    case 'undefined':
      return null
    case 'bigint':
    case 'symbol':
      return seen(String(value), budget)
    case 'function':
      return seen(`[function ${String(nameOfFunction(value))}]`, budget)
  }
  budget.chars -= 4
  if (typeof value !== 'object' || value === null) return null
  if (budget.above.has(value)) return '[circular]'
  if (budget.above.size >= maxDepth) return '[too deep]'
  budget.above.add(value)
  try {
    return seenObject(value, budget)
  } catch {
    return '[cannot be read]'
  } finally {
    budget.above.delete(value)
  }
}

function nameOfFunction(value: { name?: unknown }): unknown {
  try {
    return value.name || 'without a name'
  } catch {
    return 'without a name'
  }
}

function seenObject(value: object, budget: Budget): JsonValue {
  if (Array.isArray(value)) return listOf(value, budget)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof Error) return errorOf(value, budget)
  if (value instanceof Map) return entriesOf([...value], budget)
  if (value instanceof Set) return listOf([...value], budget)
  // Never the bytes themselves: a secret among them would not be known again.
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${nameOf(value)} of ${value.byteLength} bytes]`
  if (value instanceof RegExp) return String(value)
  if (value instanceof Promise) return '[promise]'
  if (value instanceof Headers || value instanceof URLSearchParams || value instanceof FormData) return entriesOf([...value], budget)
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return seen(value.valueOf(), budget)
  const toJson: unknown = Reflect.get(value, 'toJSON')
  if (typeof toJson === 'function') return seen(Reflect.apply(toJson, value, []), budget)
  const members = membersOf(value, Object.keys(value), budget)
  // An instance without fields of its own, such as a Response, would look as if nothing was there.
  return Object.keys(members).length === 0 && !isPlainObject(value) ? `[${nameOf(value)}]` : members
}

function listOf(items: readonly unknown[], budget: Budget): JsonValue {
  const list: JsonValue[] = []
  for (let index = 0; index < items.length; index++) {
    if (budget.chars <= 0) {
      list.push(`… (${items.length} items in all)`)
      break
    }
    budget.chars -= 1
    list.push(seen(items[index], budget))
  }
  return list
}

function membersOf(value: object, keys: readonly string[], budget: Budget): JsonObject {
  const members: JsonObject = {}
  for (const [index, key] of keys.entries()) {
    if (budget.chars <= 0) {
      put(members, '…', `${keys.length - index} more members`)
      break
    }
    const member: unknown = memberOf(value, key)
    if (member !== undefined) put(members, nameWithin(key, budget), seen(member, budget))
  }
  return members
}

function memberOf(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key)
  } catch {
    return '[cannot be read]'
  }
}

function nameWithin(key: string, budget: Budget): string {
  const name = shortened(key, Math.max(budget.chars, 50))
  budget.chars -= name.length + 4
  return name
}

/** As an object where the keys are text, else as a list of pairs. */
function entriesOf(entries: readonly (readonly [unknown, unknown])[], budget: Budget): JsonValue {
  const names = new Set(entries.map(([key]) => key))
  if (names.size < entries.length || !entries.every(([key]) => typeof key === 'string' || typeof key === 'number'))
    return listOf(entries, budget)
  const members: JsonObject = {}
  for (const [index, [key, member]] of entries.entries()) {
    if (budget.chars <= 0) {
      put(members, '…', `${entries.length - index} more entries`)
      break
    }
    put(members, nameWithin(String(key), budget), seen(member, budget))
  }
  return members
}

function errorOf(error: Error, budget: Budget): JsonValue {
  const members: JsonObject = { type: seen(textOf(error, 'name') || 'Error', budget), message: seen(textOf(error, 'message'), budget) }
  for (const key of ['code', 'details', 'errors', 'cause', ...Object.keys(error)]) {
    if (Object.hasOwn(members, key) || key === 'name' || key === 'stack') continue
    const member = memberOf(error, key)
    if (member !== undefined && !(key === 'details' && isEmpty(member))) put(members, nameWithin(key, budget), seen(member, budget))
  }
  return members
}

function textOf(error: Error, key: 'name' | 'message'): string {
  const text = memberOf(error, key)
  return typeof text === 'string' ? text : ''
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && isPlainObject(value) && Object.keys(value).length === 0
}

function put(members: JsonObject, key: string, value: JsonValue): void {
  // Defined and not assigned: a member may be called __proto__.
  Object.defineProperty(members, key, { value, enumerable: true, writable: true, configurable: true })
}
