import { freeValuesOf, isObject, type JsonObject, wordsOf } from './form-schema.ts'
import { resolved } from './resolve-schema.ts'
import { formatOf, type TextFormat } from './text-format.ts'

export type Choice = { value: unknown; label: string }
export type Member = { name: string; schema: JsonObject; isRequired: boolean }

/** What kind of field a schema is shown as. */
export type Shape =
  | { kind: 'text'; format: TextFormat | undefined; isLong: boolean }
  | { kind: 'number'; isWhole: boolean }
  | { kind: 'truth' }
  | { kind: 'choice'; choices: Choice[] }
  | { kind: 'choices'; choices: Choice[] }
  | { kind: 'provided'; provider: string; isMany: boolean; isNumber: boolean; isClosed: boolean }
  | { kind: 'list'; items: JsonObject }
  | { kind: 'tuple'; items: JsonObject[] }
  | { kind: 'group'; members: Member[]; free: JsonObject | undefined }
  | { kind: 'variants'; variants: { label: string; schema: JsonObject }[] }
  | { kind: 'constant'; value: unknown }
  | { kind: 'json' }

/** A text that may be longer than this is written in an area of several rows. */
const maxRowLength = 200

function choicesOf(schema: JsonObject, root: JsonObject): Choice[] | undefined {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => ({ value, label: String(value) }))
  const alternatives = Array.isArray(schema.anyOf) ? schema.anyOf : Array.isArray(schema.oneOf) ? schema.oneOf : []
  const choices = alternatives.filter(isObject).flatMap((one): Choice[] => {
    const { schema: option } = resolved(one, root)
    if ('const' in option) return [{ value: option.const, label: labelOfValue(option) ?? String(option.const) }]
    return Array.isArray(option.enum) ? option.enum.map((value) => ({ value, label: String(value) })) : []
  })
  const isAll = alternatives.length > 0 && alternatives.every((one) => isObject(one) && isClosed(resolved(one, root).schema))
  return isAll ? choices : undefined
}

const isClosed = (schema: JsonObject) => 'const' in schema || Array.isArray(schema.enum)
const labelOfValue = ({ label, title }: JsonObject) => (typeof label === 'string' ? label : typeof title === 'string' ? title : undefined)

const typeWords: Record<string, string> = {
  string: 'Text',
  number: 'Number',
  integer: 'Whole number',
  boolean: 'Yes or no',
  array: 'List',
  object: 'Several values',
}

/** What one of several alternatives is called: by its author, by the value that tells it from the others, or by its type. */
function variantLabel(schema: JsonObject): string {
  const own = labelOfValue(schema)
  if (own !== undefined) return own
  const mark = Object.values(isObject(schema.properties) ? schema.properties : {}).find(
    (property) => isObject(property) && 'const' in property,
  )
  if (isObject(mark)) return wordsOf(String(mark.const))
  return typeWords[String(schema.type)] ?? 'Other'
}

function variantsOf(schema: JsonObject, root: JsonObject): Shape | undefined {
  const { anyOf, oneOf, type, ...rest } = schema
  const given = Array.isArray(anyOf)
    ? anyOf
    : Array.isArray(oneOf)
      ? oneOf
      : Array.isArray(type)
        ? type.map((one) => ({ ...rest, type: one }))
        : []
  const found = given.filter(isObject).map((one) => ({ label: variantLabel(resolved(one, root).schema), schema: one }))
  if (found.length === 0) return undefined
  const variants = found.map((one, index) => {
    const nth = found.slice(0, index + 1).filter(({ label }) => label === one.label).length
    return nth > 1 ? { ...one, label: `${one.label} (${nth})` } : one
  })
  return { kind: 'variants', variants }
}

function membersOf(schema: JsonObject): Member[] {
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  const declared = isObject(schema.properties) ? schema.properties : {}
  // A record whose keys are known has a field for each.
  const names = isObject(schema.propertyNames) && Array.isArray(schema.propertyNames.enum) ? schema.propertyNames.enum.map(String) : []
  const free = freeValuesOf(schema)
  const all = { ...declared, ...(free ? Object.fromEntries(names.map((name) => [name, declared[name] ?? free])) : {}) }
  return Object.entries(all).flatMap(([name, property]) =>
    property === false ? [] : [{ name, schema: isObject(property) ? property : {}, isRequired: required.has(name) }],
  )
}

/** How a schema is shown. It is one that {@link resolved} gave. */
export function shapeOf(schema: JsonObject, root: JsonObject): Shape {
  const items = isObject(schema.items) ? schema.items : {}
  const inner = resolved(items, root).schema
  const provider = [schema.dataProvider, schema.type === 'array' ? inner.dataProvider : undefined].find((name) => typeof name === 'string')
  if (typeof provider === 'string') {
    const isMany = schema.type === 'array'
    const isNumber = ['number', 'integer'].includes(String(isMany ? inner.type : schema.type))
    return { kind: 'provided', provider, isMany, isNumber, isClosed: schema.closed === true || (isMany && inner.closed === true) }
  }
  if ('const' in schema) return { kind: 'constant', value: schema.const }
  const choices = choicesOf(schema, root)
  if (choices) return { kind: 'choice', choices }
  const variants = variantsOf(schema, root)
  if (variants) return variants
  switch (schema.type) {
    case 'string':
      return { kind: 'text', format: formatOf(schema), isLong: isLongText(schema) }
    case 'number':
    case 'integer':
      return { kind: 'number', isWhole: schema.type === 'integer' }
    case 'boolean':
      return { kind: 'truth' }
    case 'array': {
      if (Array.isArray(schema.prefixItems)) return { kind: 'tuple', items: schema.prefixItems.map((item) => (isObject(item) ? item : {})) }
      const ofItems = choicesOf(inner, root)
      return ofItems ? { kind: 'choices', choices: ofItems } : { kind: 'list', items }
    }
    case 'object':
      return groupOf(schema)
    default:
      return isObject(schema.properties) ? groupOf(schema) : { kind: 'json' }
  }
}

function groupOf(schema: JsonObject): Shape {
  const hasKnownNames = isObject(schema.propertyNames) && Array.isArray(schema.propertyNames.enum)
  return { kind: 'group', members: membersOf(schema), free: hasKnownNames ? undefined : freeValuesOf(schema) }
}

function isLongText({ format, multiline, maxLength, pattern }: JsonObject): boolean {
  if (multiline === true || ['textarea', 'multiline', 'markdown'].includes(String(format))) return true
  return multiline !== false && format === undefined && pattern === undefined && typeof maxLength === 'number' && maxLength > maxRowLength
}
