import { isObject, type JsonObject } from './form-schema.ts'
import { resolved } from './resolve-schema.ts'
import { shapeOf } from './shape.ts'

/** A schema that demands itself has no end. */
const maxDepth = 12

/** What a field holds before anybody touched it; undefined for nothing. */
export function initialOf(given: JsonObject, root: JsonObject, isRequired: boolean, depth = 0): unknown {
  if (given.default !== undefined) return structuredClone(given.default)
  const { schema, isNullable } = resolved(given, root)
  if (schema.default !== undefined) return structuredClone(schema.default)
  if (!isRequired || depth > maxDepth) return undefined
  if (isNullable) return null
  const shape = shapeOf(schema, root)
  if (shape.kind === 'constant') return shape.value
  if (shape.kind === 'truth') return false
  if (shape.kind === 'list' || shape.kind === 'choices') return []
  if (shape.kind === 'tuple') return shape.items.map((item) => initialOf(item, root, true, depth + 1))
  return shape.kind === 'group' ? filled(schema, root, {}, depth + 1) : undefined
}

/**
 * A value with what its schema sets where nothing was entered: defaults, and the required groups and lists, which are there before their
 * members are. An optional group stays away until someone adds it.
 */
export function filled(given: JsonObject, root: JsonObject, value: unknown, depth = 0): unknown {
  const { schema } = resolved(given, root)
  const shape = shapeOf(schema, root)
  if (depth > maxDepth) return value
  if (shape.kind === 'list' && Array.isArray(value)) return value.map((item) => filled(shape.items, root, item, depth + 1))
  if (shape.kind !== 'group' || !isObject(value)) return value
  const whole = { ...value }
  for (const { name, schema: member, isRequired } of shape.members) {
    const now = value[name]
    whole[name] = now === undefined ? initialOf(member, root, isRequired, depth + 1) : filled(member, root, now, depth + 1)
  }
  return inOrder(
    shape.members.map(({ name }) => name),
    whole,
  )
}

/** The members in the order in which their author declared them, then those that nobody declared; what is undefined is left out. */
export function inOrder(names: readonly string[], value: JsonObject): JsonObject {
  const known = names.filter((name) => Object.hasOwn(value, name))
  const others = Object.keys(value).filter((name) => !names.includes(name))
  return Object.fromEntries([...known, ...others].flatMap((name) => (value[name] === undefined ? [] : [[name, value[name]]])))
}
