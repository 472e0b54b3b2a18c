import type { JsonObject, JsonValue } from '../json.ts'
import { unknownNameMessage } from '../nearest-name.ts'

const isObject = (value: unknown): value is JsonObject => value !== null && typeof value === 'object' && !Array.isArray(value)

type Walk = { root: JsonObject; found: Record<string, string[]> }

/** A schema, or the one of the same document that it refers to. */
function referred(root: JsonObject, schema: JsonObject): JsonObject {
  const { $ref } = schema
  if (typeof $ref !== 'string' || !$ref.startsWith('#')) return schema
  let at: unknown = root
  for (const part of $ref.split('/').slice(1)) at = isObject(at) ? at[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  return isObject(at) ? at : {}
}

/** What of `found` each alternative would say; the one that says least is meant. */
function meantOf(alternatives: JsonValue[], value: unknown, path: string, root: JsonObject): Record<string, string[]> {
  const answers = alternatives.filter(isObject).map((schema) => {
    const walk: Walk = { root, found: {} }
    visit(schema, value, path, walk)
    return walk.found
  })
  return answers.toSorted((left, right) => Object.keys(left).length - Object.keys(right).length)[0] ?? {}
}

function visit(given: JsonObject, value: unknown, path: string, walk: Walk): void {
  const schema = referred(walk.root, given)
  for (const keyword of ['anyOf', 'oneOf'])
    if (Array.isArray(schema[keyword])) Object.assign(walk.found, meantOf(schema[keyword], value, path, walk.root))
  if (Array.isArray(value)) {
    const fixed = Array.isArray(schema.prefixItems) ? schema.prefixItems : []
    for (const [index, item] of value.entries()) {
      const inner = fixed[index] ?? schema.items
      if (isObject(inner)) visit(inner, item, `${path}.${index}`, walk)
    }
    return
  }
  if (!isObject(value)) return
  const parts = [schema, ...(Array.isArray(schema.allOf) ? schema.allOf.filter(isObject).map((part) => referred(walk.root, part)) : [])]
  const properties: JsonObject = Object.assign({}, ...parts.map((part) => part.properties))
  const others = parts.map((part) => part.additionalProperties ?? part.unevaluatedProperties).find((rest) => rest !== undefined)
  const isClosed = others === false || (others === undefined && parts.some((part) => isObject(part.properties)))
  for (const [name, item] of Object.entries(value)) {
    const inner = Object.hasOwn(properties, name) ? properties[name] : others
    if (isObject(inner)) visit(inner, item, `${path}.${name}`, walk)
    if (isClosed && !Object.hasOwn(properties, name)) {
      const field = `${path}.${name}`
      walk.found[field] = [unknownNameMessage('field', name, Object.keys(properties))]
    }
  }
}

/** The members of data that its schema does not name, as the platform refuses them where the schema is not open on purpose. */
export function unknownMembers(schema: JsonObject, value: JsonObject, root: string): Record<string, string[]> {
  const walk: Walk = { root: schema, found: {} }
  visit(schema, value, root, walk)
  return walk.found
}
