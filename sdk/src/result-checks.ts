import { isRecord } from './definition-checks.ts'

/**
 * Refuses a result that JSON would change without a word: a promise or a map becomes `{}`, a function vanishes. What knows its own
 * JSON, as a date does, is fine.
 *
 * @throws TypeError with the code `result_not_serializable`, naming where in the result it is.
 */
export function checkResult(owner: string, result: unknown): void {
  const found = find(result, [], new Set())
  if (!found) return
  const where = found.path.length === 0 ? 'it is' : `at ${found.path.join('.')} it holds`
  const message = `The result of the ${owner} cannot be turned into JSON: ${where} ${found.what}. ${found.instead}`
  throw Object.assign(new TypeError(message), { code: 'result_not_serializable' })
}

type Finding = { path: string[]; what: string; instead: string }

function find(value: unknown, path: string[], above: Set<object>): Finding | undefined {
  if (typeof value === 'bigint') return { path, what: 'a BigInt', instead: 'Return it as text or as a number.' }
  if (typeof value === 'function') return { path, what: 'a function', instead: 'Return what it gives, or leave it out.' }
  if (typeof value === 'symbol') return { path, what: 'a symbol', instead: 'Return text.' }
  if (!isRecord(value) || typeof value.toJSON === 'function') return undefined
  if (above.has(value)) return { path, what: 'an object that contains itself', instead: 'Return the fields that are needed.' }
  if (typeof value.then === 'function') return { path, what: 'a promise', instead: 'Write await before it.' }
  if (value instanceof Error) return { path, what: 'an error', instead: 'Return its message, or throw it.' }
  if (value instanceof Map) return { path, what: 'a Map', instead: 'Return Object.fromEntries(…) of it.' }
  if (value instanceof Set) return { path, what: 'a Set', instead: 'Return [...set].' }
  above.add(value)
  for (const [key, item] of Object.entries(value)) {
    const found = typeof item === 'object' || typeof item === 'function' || typeof item === 'bigint' || typeof item === 'symbol'
    const finding = found ? find(item, [...path, key], above) : undefined
    if (finding) return finding
  }
  above.delete(value)
  return undefined
}
