import type { JsonObject, JsonValue } from './json.ts'

/** A value in a form that has to be one of a data provider's options: the field says `dataProvider` and `closed: true`. */
export type ClosedValue = { /** `parameters.sites.0` */ field: string; dataProvider: string; value: JsonValue }

/** What is said of parameters that are refused: of what, and each field with what is wrong. */
export function notFitting(what: string, details: Readonly<Record<string, readonly string[]>>): string {
  const sentences = Object.entries(details).map(([field, messages]) => `${field} ${messages.join(', ')}`)
  return `The parameters do not fit ${what}: ${sentences.join('; ')}.`
}

const maxDepth = 64

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Whether any value of a form may have to be offered.
 *
 * @param schema of a form; of what is none, nothing is offered
 */
export function hasClosedFields(schema: unknown): boolean {
  return String(JSON.stringify(schema)).includes('"closed":true')
}

/**
 * The values of a form that must be offered, in the order of its fields. What is left out or null is the schema's business, and so is
 * whether the value fits it, which is known by then.
 */
export function closedValuesIn(schema: JsonObject, value: JsonValue | undefined, root: string): ClosedValue[] {
  return [...valuesIn(schema, value, [root], schema)]
}

function* valuesIn(given: unknown, value: JsonValue | undefined, path: readonly string[], whole: JsonObject): Generator<ClosedValue> {
  const schema = resolved(given, whole)
  if (!schema || value === undefined || value === null || path.length > maxDepth) return
  if (typeof schema.dataProvider === 'string' && schema.closed === true) {
    for (const [index, chosen] of Array.isArray(value) ? value.entries() : [[undefined, value] as const]) {
      yield {
        field: [...path, ...(index === undefined ? [] : [String(index)])].join('.'),
        dataProvider: schema.dataProvider,
        value: chosen,
      }
    }
    return
  }
  for (const branch of branchesOf(schema, value, whole)) yield* valuesIn(branch, value, path, whole)
  if (Array.isArray(value)) {
    const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : []
    for (const [index, item] of value.entries()) yield* valuesIn(first[index] ?? schema.items, item, [...path, String(index)], whole)
  } else if (isObject(value)) {
    const properties = isObject(schema.properties) ? schema.properties : {}
    for (const [name, member] of Object.entries(value)) {
      const property = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties
      yield* valuesIn(property, member, [...path, name], whole)
    }
  }
}

/** All that must hold, and of several to choose from those that a value of its type can be. */
function branchesOf(schema: JsonObject, value: JsonValue, whole: JsonObject): unknown[] {
  const choices = [schema.anyOf, schema.oneOf].flatMap((list) => (Array.isArray(list) ? list : []))
  const fitting = choices.filter((choice) => {
    const type = resolved(choice, whole)?.type
    return type === undefined || [type].flat().some((name) => isOfType(name, value))
  })
  return [...(Array.isArray(schema.allOf) ? schema.allOf : []), ...fitting]
}

function isOfType(type: unknown, value: JsonValue): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isObject(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}

/** Follows a reference to a part of the same schema. */
function resolved(given: unknown, whole: JsonObject): JsonObject | undefined {
  if (!isObject(given)) return undefined
  const { $ref: reference, ...rest } = given
  if (typeof reference !== 'string') return given
  const part = reference.startsWith('#')
    ? reference
        .slice(1)
        .split('/')
        .slice(1)
        .reduce<unknown>((inner, name) => (isObject(inner) ? inner[name.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined), whole)
    : undefined
  // What stands beside a reference is said of it, too.
  return isObject(part) ? { ...part, ...rest } : rest
}

/** The provider's own parameters: those fields of the form that have the same names. */
export function parametersFor<Value>(providerSchema: JsonObject, form: { [key: string]: Value | undefined }): { [key: string]: Value } {
  const names = isObject(providerSchema.properties) ? Object.keys(providerSchema.properties) : []
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(form, name) ? form[name] : undefined
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

/** What is wrong with values that are not offered, by their fields; undefined where all are. */
export async function notOffered(
  values: readonly ClosedValue[],
  offeredBy: (dataProvider: string) => Promise<readonly (string | number | boolean)[]>,
): Promise<Record<string, string[]> | undefined> {
  const details: Record<string, string[]> = {}
  const asked = new Map<string, ReadonlySet<unknown>>()
  for (const { field, dataProvider, value } of values) {
    const offered = asked.get(dataProvider) ?? new Set(await offeredBy(dataProvider))
    asked.set(dataProvider, offered)
    if (!offered.has(value)) details[field] = [`is not one of the options that '${dataProvider}' offers for this organization`]
  }
  return Object.keys(details).length === 0 ? undefined : details
}
