export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The members of these names that have a value. */
export function givenOf(names: readonly string[], value: JsonObject): JsonObject {
  return Object.fromEntries(names.flatMap((name) => ((value[name] ?? null) === null ? [] : [[name, value[name]]])))
}

/** `api_base_url` as a person reads it: API base URL. */
export function wordsOf(name: string): string {
  const words = name
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .trim()
    .toLowerCase()
  return words.replace(/^./, (first) => first.toUpperCase()).replaceAll(/\b(api|url|id|uri)\b/gi, (word) => word.toUpperCase())
}

/** What a field is called: as its author named it, or its name in words. */
export function labelOf(schema: JsonObject, name: string): string {
  if (typeof schema.label === 'string') return schema.label
  return typeof schema.title === 'string' ? schema.title : wordsOf(name)
}

/** Of a list's name what one thing in it is called: Recipients, Recipient. */
export function singular(label: string): string {
  if (/[^aeiou]ies$/i.test(label)) return label.replace(/ies$/i, 'y')
  if (/(ss|x|ch|sh)es$/i.test(label)) return label.replace(/es$/i, '')
  return /[^sui]s$/i.test(label) ? label.slice(0, -1) : label
}

/** A label in the middle of a sentence; names such as API stay as they are. */
export function inSentence(label: string): string {
  return /^.[A-Z]/.test(label) ? label : label.replace(/^./, (first) => first.toLowerCase())
}

/** The schema of values under keys that nobody declared, where such are wanted and not only let through. */
export function freeValuesOf({ additionalProperties, propertyNames, patternProperties }: JsonObject): JsonObject | undefined {
  if (isObject(patternProperties)) return Object.values(patternProperties).find(isObject)
  const isWanted = isObject(additionalProperties) && (Object.keys(additionalProperties).length > 0 || propertyNames !== undefined)
  return isWanted ? additionalProperties : undefined
}

/** True where a form of the schema would ask for nothing. What is hidden is set by programs alone. */
export function hasNoFields(schema: JsonObject): boolean {
  const properties = Object.values(isObject(schema.properties) ? schema.properties : {})
  const hasProperty = properties.some((property) => !isObject(property) || property.hidden !== true)
  return (
    !hasProperty &&
    freeValuesOf(schema) === undefined &&
    ['anyOf', 'oneOf', 'allOf', '$ref'].every((keyword) => schema[keyword] === undefined)
  )
}
