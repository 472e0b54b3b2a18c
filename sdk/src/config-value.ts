import { ValidationError } from './errors.ts'
import type { ConfigValue } from './integration-context.ts'
import type { JsonValue } from './json.ts'

/**
 * What `ctx.getConfig(key, fallback)` answers for a stored value; every implementation of the context ends in this. Text that is JSON of the
 * fallback's type is that JSON: forms and `crosswalk config set` store what people type as text.
 *
 * @throws validation_failed when the stored value is not of the fallback's JSON type.
 */
export function configValue(key: string, stored: JsonValue | undefined, fallback: undefined): JsonValue | undefined
export function configValue<Fallback extends JsonValue>(
  key: string,
  stored: JsonValue | undefined,
  fallback: Fallback,
): ConfigValue<Fallback>
export function configValue(key: string, stored: JsonValue | undefined, fallback: JsonValue | undefined): JsonValue | undefined {
  if (stored === undefined) return fallback
  if (fallback === undefined || fallback === null || jsonType(stored) === jsonType(fallback)) return stored
  const typed = typeof stored === 'string' ? jsonOf(stored) : undefined
  if (typed !== undefined && jsonType(typed) === jsonType(fallback)) return typed
  const problem = `is ${jsonType(stored)} and this code expects ${jsonType(fallback)}`
  throw new ValidationError(`The config value '${key}' ${problem}. Change it with: crosswalk config set ${key}${exampleOf(fallback)}`, {
    [key]: [problem],
  })
}

function jsonOf(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue // what parses is JSON
  } catch {
    return undefined
  }
}

/** How a value that is no text is given there. */
function exampleOf(fallback: JsonValue): string {
  if (typeof fallback === 'string') return ''
  const examples: Record<string, string> = { number: '12', boolean: 'true' }
  return ` --value-json ${examples[typeof fallback] ?? (Array.isArray(fallback) ? `'[ … ]'` : `'{ … }'`)}`
}

function jsonType(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return { string: 'text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'an object' // typeof's own union has more members than JSON
}
