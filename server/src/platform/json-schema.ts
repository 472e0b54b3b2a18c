import { unknownNameMessage } from '@crosswalk/sdk/nearest-name'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { JsonObject } from '../protocol/json.ts'
import { boundedPatterns } from './bounded-patterns.ts'
import { closedSchema } from './closed-schema.ts'

/** What is wrong with which field (`mapping_data.api_base_url`), as the contract's `details`. */
export type FieldErrors = Record<string, string[]>

const patterns = boundedPatterns()
const ajv = new Ajv2020({ allErrors: true, strict: false, logger: false, verbose: true, code: { regExp: patterns.regExp } })
formats.default(ajv)

/** Schemas come from the workspace and change with it: the ones that were used last stay compiled. */
const maxCompiledSchemas = 500
const compiled = new Map<string, ValidateFunction>()

function validatorOf(schema: JsonObject): ValidateFunction {
  const text = JSON.stringify(schema)
  const known = compiled.get(text)
  const closed = known ? schema : closedSchema(schema)
  const validator = known ?? ajv.compile(closed)
  // Ajv would keep every schema for ever, and refuse a second one with the same $id.
  if (!known) ajv.removeSchema(closed)
  compiled.delete(text)
  compiled.set(text, validator)
  const [oldest] = compiled.keys()
  if (compiled.size > maxCompiledSchemas && oldest !== undefined) compiled.delete(oldest)
  return validator
}

const typeNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
}
const formatNames: Record<string, string> = {
  uri: 'a web address such as https://example.com',
  email: 'an email address',
  uuid: 'a UUID',
  date: 'a date such as 2025-10-11',
  time: 'a time such as 10:00:00Z',
  'date-time': 'a date and time such as 2025-10-11T10:00:00Z',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  hostname: 'a host name',
}

/** The names that the schema has where it met one that it has not. */
function knownIn({ parentSchema }: ErrorObject): string[] {
  const schemas = [parentSchema, ...(Array.isArray(parentSchema?.allOf) ? parentSchema.allOf : [])]
  return schemas.flatMap((schema) => Object.keys(schema?.properties ?? {}))
}

const tooSlowMessage = 'could not be checked: its pattern takes too long for this text. The author of the schema has to write a simpler one'
const formatMessage = (format: string) => `must be ${formatNames[format] ?? `of the format ${format}`}`

function messageOf(error: ErrorObject): string {
  const { limit, type, format, allowedValues, allowedValue } = error.params
  switch (error.keyword) {
    case 'required':
    case 'dependentRequired':
      return 'is required'
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownNameMessage('field', String(error.params.additionalProperty ?? error.params.unevaluatedProperty), knownIn(error))
    case 'type':
      return `must be ${[type]
        .flat()
        .map((name: string) => typeNames[name] ?? name)
        .join(' or ')}`
    // What zod writes beside a format, and no sentence for people.
    case 'pattern':
      if (patterns.isTooSlow(error.params.pattern)) return tooSlowMessage
      if (typeof error.parentSchema?.format === 'string') return formatMessage(error.parentSchema.format)
      return error.message ?? 'is not valid'
    case 'format':
      return formatMessage(format)
    case 'enum':
      return `must be one of: ${allowedValues.join(', ')}`
    case 'const':
      return `must be ${JSON.stringify(allowedValue)}`
    case 'minLength':
      return limit === 1 ? 'must not be empty' : `must be at least ${limit} characters long`
    case 'maxLength':
      return `must be at most ${limit} characters long`
    case 'minimum':
      return `must be at least ${limit}`
    case 'maximum':
      return `must be at most ${limit}`
    case 'exclusiveMinimum':
      return `must be more than ${limit}`
    case 'exclusiveMaximum':
      return `must be less than ${limit}`
    case 'minItems':
      return `must have at least ${limit} items`
    case 'maxItems':
      return `must have at most ${limit} items`
    case 'uniqueItems':
      return 'must not have the same item twice'
    default:
      return error.message ?? 'is not valid'
  }
}

/** The names on the way to a field, and of the field itself where the error is about one that is missing or too many. */
function fieldOf(root: string, error: ErrorObject): string {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const own = error.params.missingProperty ?? error.params.additionalProperty ?? error.params.unevaluatedProperty
  return [root, ...path, ...(own === undefined ? [] : [String(own)])].join('.')
}

const choices = new Set(['anyOf', 'oneOf', 'not', 'if'])

/**
 * Checks a value by a JSON Schema of draft 2020-12. Objects with members that the schema does not name do not fit, unless it is open on purpose.
 *
 * @param root what the value is called: the first part of every field's path
 * @returns undefined if the value fits
 */
export function schemaErrors(schema: JsonObject, value: unknown, root: string): FieldErrors | undefined {
  const validate = validatorOf(schema)
  patterns.begin()
  if (validate(value)) return undefined
  const errors = validate.errors ?? []
  const fields = new Map<string, Set<string>>()
  // Where one of several schemas has to fit, what each of them misses says more than that none does.
  const telling = errors.filter((error) => !choices.has(error.keyword))
  for (const error of telling.length > 0 ? telling : errors) {
    const field = fieldOf(root, error)
    fields.set(field, (fields.get(field) ?? new Set()).add(messageOf(error)))
  }
  const alternatives = new Set(
    errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf').map((error) => fieldOf(root, error)),
  )
  return Object.fromEntries(
    [...fields].map(([field, messages]) => [field, alternatives.has(field) ? [joined([...messages])] : [...messages]]),
  )
}

function joined([first = '', ...others]: string[]): string {
  return [first, ...others.map((message) => message.replace(/^must be /, ''))].join(' or ')
}
