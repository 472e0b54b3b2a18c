import type { JsonObject, JsonValue } from '../protocol/json.ts'

const isObject = (value: JsonValue | undefined): value is JsonObject => value !== null && typeof value === 'object' && !Array.isArray(value)

/** Keywords that hold schemas by names, lists of schemas, and a schema. What stands elsewhere, such as in `default`, is a value. */
const named = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']
const listed = ['anyOf', 'oneOf', 'prefixItems']
const single = ['items', 'additionalProperties', 'unevaluatedProperties', 'contains', 'not', 'if', 'then', 'else', 'propertyNames']

function closeWithin(schema: JsonObject): JsonObject {
  const result: JsonObject = { ...schema }
  for (const keyword of named) {
    const schemas = schema[keyword]
    if (isObject(schemas)) result[keyword] = Object.fromEntries(Object.entries(schemas).map(([name, inner]) => [name, closeEach(inner)]))
  }
  for (const keyword of listed) {
    const schemas = schema[keyword]
    if (Array.isArray(schemas)) result[keyword] = schemas.map(closeEach)
  }
  for (const keyword of single) if (isObject(schema[keyword])) result[keyword] = closeEach(schema[keyword])
  // Each of these sees only its own part of the value: together they are closed where they stand.
  if (Array.isArray(schema.allOf)) result.allOf = schema.allOf.map((inner) => (isObject(inner) ? closeWithin(inner) : inner))
  return result
}

function closeEach(schema: JsonValue): JsonValue {
  return isObject(schema) ? closedSchema(schema) : schema
}

/**
 * The schema for what people and programs send: an object that names its members and says nothing of others takes no others. What is open on
 * purpose says so itself (`z.looseObject`, `z.record`, `additionalProperties`).
 */
export function closedSchema(schema: JsonObject): JsonObject {
  const result = closeWithin(schema)
  if (schema.additionalProperties !== undefined || schema.unevaluatedProperties !== undefined) return result
  if (Array.isArray(schema.allOf)) {
    const isOfObjects = schema.allOf.some((inner) => isObject(inner) && isObject(inner.properties))
    const isOpen = schema.allOf.some((inner) => isObject(inner) && (inner.additionalProperties !== undefined || inner.$ref !== undefined))
    return isOfObjects && !isOpen ? { ...result, unevaluatedProperties: false } : result
  }
  return isObject(schema.properties) ? { ...result, additionalProperties: false } : result
}
