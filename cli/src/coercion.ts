/** A JSON Schema, as the server publishes it for parameters and mapping data. */
export type Schema = Readonly<Record<string, unknown>>

const maxReferences = 20
/** A number as people and JSON write it: nothing else that JavaScript reads as one, as 0x10. */
export const aNumber = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

function isRecord(value: unknown): value is Schema {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** What `#/$defs/name` stands for. */
function referred(reference: unknown, root: Schema): unknown {
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return undefined
  const names = reference.slice(2).split('/')
  return names.reduce<unknown>(
    (inner, name) => (isRecord(inner) ? inner[name.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
    root,
  )
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

/** The types of the values that a schema takes, by their names in JSON Schema. Empty where it does not say. */
function typesOf(schema: unknown, root: Schema, depth = 0): Set<string> {
  if (!isRecord(schema) || depth > maxReferences) return new Set()
  const { type, enum: values, const: constant, $ref, anyOf, oneOf, allOf } = schema
  if ($ref !== undefined) return typesOf(referred($ref, root), root, depth + 1)
  if (type !== undefined) return new Set([type].flat().map(String))
  if (Array.isArray(values)) return new Set(values.map(typeOf))
  if (constant !== undefined) return new Set([typeOf(constant)])
  const inner = [anyOf, oneOf, allOf].flatMap((schemas) => (Array.isArray(schemas) ? schemas : []))
  return new Set(inner.flatMap((each) => [...typesOf(each, root, depth + 1)]))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * What somebody meant who typed a text where a schema wants another type: `3` for a number, `true`, a list as JSON. Where the schema takes
 * text, or says nothing, the text stays as it is; so it does where it is nothing of what the schema wants, and the server says that.
 *
 * @param name of the member of the object that the schema is of
 */
export function coerced(text: string, name: string, schema: Schema): unknown {
  const properties = isRecord(schema.properties) ? schema.properties : {}
  const member = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties
  const types = typesOf(member, schema)
  if (types.size === 0 || types.has('string')) return text
  const trimmed = text.trim()
  if ((types.has('number') || types.has('integer')) && aNumber.test(trimmed)) return Number(trimmed)
  const value = parsed(trimmed)
  const type = typeOf(value)
  return type !== 'number' && type !== 'string' && types.has(type) ? value : text
}
