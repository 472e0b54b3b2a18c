import { isObject, type JsonObject } from './form-schema.ts'

const maxReferences = 20

function referenced(reference: string, root: JsonObject): JsonObject {
  let place: unknown = root
  for (const part of reference.replace(/^#\/?/, '').split('/')) {
    if (part === '' || !isObject(place)) continue
    place = place[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return isObject(place) ? place : {}
}

/** What both demand. Properties keep their order: those of the first, then what the second adds. */
function merged(first: JsonObject, second: JsonObject): JsonObject {
  const both: JsonObject = { ...first, ...second }
  if (isObject(first.properties) && isObject(second.properties)) both.properties = { ...first.properties, ...second.properties }
  if (Array.isArray(first.required) && Array.isArray(second.required)) both.required = [...new Set([...first.required, ...second.required])]
  return both
}

export type Resolved = { schema: JsonObject; isNullable: boolean }

/** A schema with its references followed, what it is made of put together, and null taken out as something of its own. */
export function resolved(given: JsonObject, root: JsonObject): Resolved {
  let schema = given
  let isNullable = false
  for (let count = 0; count < maxReferences; count++) {
    const { $ref, allOf, anyOf, oneOf, ...rest } = schema
    const others = (alternatives: unknown): JsonObject | undefined => {
      if (!Array.isArray(alternatives)) return undefined
      const notNull = alternatives.filter((one) => !(isObject(one) && one.type === 'null'))
      if (notNull.length === alternatives.length && notNull.length > 1) return undefined
      isNullable ||= notNull.length < alternatives.length
      return notNull.length === 1 && isObject(notNull[0]) ? notNull[0] : { anyOf: notNull }
    }
    const keep = { ...(anyOf === undefined ? {} : { anyOf }), ...(oneOf === undefined ? {} : { oneOf }) }
    if (typeof $ref === 'string') schema = merged(referenced($ref, root), { ...rest, ...(allOf === undefined ? {} : { allOf }), ...keep })
    else if (Array.isArray(allOf))
      schema = allOf.filter(isObject).reduce((all, part) => merged(all, resolved(part, root).schema), { ...rest, ...keep })
    else {
      const only = others(anyOf) ?? others(oneOf)
      if (only === undefined) break
      // What stands around the alternatives says how the field is called.
      schema = { ...only, ...rest }
    }
  }
  if (Array.isArray(schema.type) && schema.type.includes('null')) {
    isNullable = true
    const types = schema.type.filter((type) => type !== 'null')
    schema = { ...schema, type: types.length === 1 ? types[0] : types }
  }
  if (Array.isArray(schema.enum) && schema.enum.includes(null)) {
    isNullable = true
    schema = { ...schema, enum: schema.enum.filter((value) => value !== null) }
  }
  return { schema, isNullable }
}
