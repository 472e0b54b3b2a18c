import type { JsonObject, JsonValue } from '@crosswalk/sdk'

/** What can be filtered: an entity as it is answered. */
export type Entity = JsonObject

/** A filter that was understood. */
export type Filter = {
  matches: (entity: Entity) => boolean
  /** Whether the directory answers it only with `ConsistencyLevel: eventual` and `$count=true`. */
  isAdvanced: boolean
}

const literal = String.raw`'(?:[^']|'')*'|true|false|null|-?\d+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}`
const comparison = new RegExp(String.raw`^([\w/]+)\s+(eq|ne)\s+(${literal})$`)
const call = /^(startswith|endswith)\(\s*([\w/]+)\s*,\s*('(?:[^']|'')*')\s*\)$/i
const any = new RegExp(String.raw`^(\w+)/any\(\s*(\w+)\s*:\s*\2(?:/(\w+))?\s+eq\s+(${literal})\s*\)$`)

/** The part of OData's filters that the simulator knows: `eq`, `ne`, `startswith`, `endswith`, `any`, joined by `and` or by `or`. */
export function parseFilter(text: string): Filter | undefined {
  const isOr = splitOutside(text, ' or ').length > 1
  const clauses = splitOutside(text, isOr ? ' or ' : ' and ').map((clause) => parseClause(clause.trim()))
  if (clauses.some((clause) => clause === undefined)) return undefined
  const known = clauses.filter((clause) => clause !== undefined)
  return {
    matches: (entity) => (isOr ? known.some((clause) => clause.matches(entity)) : known.every((clause) => clause.matches(entity))),
    isAdvanced: known.some((clause) => clause.isAdvanced),
  }
}

function parseClause(clause: string): Filter | undefined {
  const compared = comparison.exec(clause)
  if (compared) {
    const [, path = '', operator, value = ''] = compared
    const wanted = literalValue(value)
    const matches = (entity: Entity) => isSame(at(entity, path), wanted) === (operator === 'eq')
    return { matches, isAdvanced: operator === 'ne' }
  }
  const called = call.exec(clause)
  if (called) {
    const [, name = '', path = '', value = ''] = called
    const wanted = String(literalValue(value)).toLowerCase()
    const isStart = name.toLowerCase() === 'startswith'
    const matches = (entity: Entity) => {
      const text = String(at(entity, path) ?? '').toLowerCase()
      return isStart ? text.startsWith(wanted) : text.endsWith(wanted)
    }
    return { matches, isAdvanced: !isStart }
  }
  const lambda = any.exec(clause)
  if (!lambda) return undefined
  const [, list = '', , member, value = ''] = lambda
  const wanted = literalValue(value)
  const matches = (entity: Entity) => {
    const items = entity[list]
    return Array.isArray(items) && items.some((item) => isSame(member === undefined ? item : at(asEntity(item), member), wanted))
  }
  return { matches, isAdvanced: false }
}

function literalValue(text: string): JsonValue {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'")
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  return /^-?\d+$/.test(text) ? Number(text) : text
}

/** The directory compares text without case. */
function isSame(one: JsonValue | undefined, other: JsonValue): boolean {
  if (typeof one === 'string' && typeof other === 'string') return one.toLowerCase() === other.toLowerCase()
  return (one ?? null) === other
}

function at(entity: Entity, path: string): JsonValue | undefined {
  return path.split('/').reduce<JsonValue | undefined>((value, key) => asEntity(value)[key], entity)
}

function asEntity(value: JsonValue | undefined): Entity {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

/** Splits where the separator stands outside of quotes and parentheses. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = []
  let [start, depth, isQuoted] = [0, 0, false]
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "'") isQuoted = !isQuoted
    if (isQuoted) continue
    if (text[index] === '(') depth += 1
    if (text[index] === ')') depth -= 1
    if (depth === 0 && text.startsWith(separator, index)) {
      parts.push(text.slice(start, index))
      start = index + separator.length
    }
  }
  return [...parts, text.slice(start)]
}
