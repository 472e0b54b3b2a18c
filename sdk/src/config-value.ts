import { ValidationError } from './errors.ts'
import type { ConfigValue } from './integration-context.ts'
import type { JsonValue } from './json.ts'

/**
 * What `ctx.getConfig(key, fallback)` answers for a stored value; every implementation of the context ends in this.
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
  const problem = `is ${jsonType(stored)} and this code expects ${jsonType(fallback)}`
  throw new ValidationError(`The config value '${key}' ${problem}. Change it with: crosswalk config set ${key}`, { [key]: [problem] })
}

function jsonType(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return { string: 'text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'an object' // typeof's own union has more members than JSON
}
