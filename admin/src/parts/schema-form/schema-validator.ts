import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema'
import { type RJSFSchema, type RJSFValidationError, toErrorSchema, type ValidatorType } from '@rjsf/utils'

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

/** Keywords whose own error only says that one of those inside failed. */
const outerKeywords = new Set(['properties', 'items', 'prefixItems', 'allOf', '$ref', 'additionalProperties', 'unevaluatedProperties'])

function keywordValue(schema: unknown, location: string): unknown {
  let place: unknown = schema
  for (const part of location.replace(/^#\/?/, '').split('/')) {
    if (part === '' || part === '$ref') continue
    if (typeof place !== 'object' || place === null) return undefined
    place = Reflect.get(place, decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
  }
  return place
}

/** The sentence of one failed keyword, in the server's words. */
function messageOf({ keyword, keywordLocation, error }: OutputUnit, schema: unknown): string {
  const limit = keywordValue(schema, keywordLocation)
  switch (keyword) {
    case 'required':
      return 'is required'
    case 'format':
      return `must be ${formatNames[String(limit)] ?? `of the format ${limit}`}`
    case 'type':
      return `must be ${limit === 'integer' ? 'a whole number' : limit === 'number' ? 'a number' : limit === 'string' ? 'text' : `of the type ${limit}`}`
    case 'minLength':
      return limit === 1 ? 'must not be empty' : `must have at least ${limit} characters`
    case 'maxLength':
      return `must have at most ${limit} characters`
    case 'minimum':
      return `must be ${limit} or more`
    case 'maximum':
      return `must be ${limit} or less`
    case 'pattern':
      return `must match ${limit}`
    default:
      return error
  }
}

function pathOf({ instanceLocation, keyword, error }: OutputUnit): string {
  const path = instanceLocation
    .replace(/^#/, '')
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
  const missing = keyword === 'required' ? /"([^"]+)"/.exec(error)?.[1] : undefined
  if (missing !== undefined) path.push(missing)
  return path.map((part) => `.${part}`).join('')
}

function failures(schema: RJSFSchema, data: unknown): RJSFValidationError[] {
  // The two libraries' types of the same JSON Schema differ; both read plain JSON.
  const { errors } = new Validator(schema as Schema, '2020-12', false).validate(data)
  return errors
    .filter(({ keyword }) => !outerKeywords.has(keyword))
    .map((unit) => ({ name: unit.keyword, property: pathOf(unit), message: messageOf(unit, schema), stack: messageOf(unit, schema) }))
}

/** Checks forms against their schemas without making functions out of text, which the page's security policy forbids. */
export const schemaValidator: ValidatorType = {
  validateFormData(formData, schema, _customValidate, transformErrors, uiSchema) {
    const found = failures(schema, formData)
    const errors = transformErrors ? transformErrors(found, uiSchema) : found
    return { errors, errorSchema: toErrorSchema(errors) }
  },
  isValid(schema, formData, rootSchema) {
    const withDefinitions = rootSchema.$defs ? { $defs: rootSchema.$defs, ...schema } : schema
    return new Validator(withDefinitions as Schema, '2020-12').validate(formData).valid // as above
  },
  rawValidation(schema, formData) {
    return { errors: failures(schema, formData) as never[] } // for the library's own playground
  },
}
