import type { OutputUnit } from '@cfworker/json-schema'
import type { JsonObject } from './form-schema.ts'
import { formatOf } from './text-format.ts'

const formatNames: Record<string, string> = {
  uri: 'a web address such as https://example.com',
  url: 'a web address such as https://example.com',
  email: 'an email address such as name@example.com',
  uuid: 'a UUID',
  guid: 'a UUID',
  date: 'a date',
  time: 'a time such as 10:00',
  'date-time': 'a date and time',
  'local-date-time': 'a date and time',
  duration: 'a duration such as PT30M',
  ipv4: 'an IPv4 address such as 192.0.2.1',
  ipv6: 'an IPv6 address such as 2001:db8::1',
  cidrv4: 'a range of IPv4 addresses such as 192.0.2.0/24',
  cidrv6: 'a range of IPv6 addresses such as 2001:db8::/32',
  hostname: 'a host name such as mail.example.com',
  e164: 'a phone number such as +43123456789',
  base64: 'text in Base64',
}

const typeNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

/** The names on the way to a place of a schema or a value. */
export const partsOf = (location: string) =>
  location
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))

function valueAt(root: unknown, parts: readonly string[]): unknown {
  let place = root
  for (const part of parts) {
    if (typeof place !== 'object' || place === null) return undefined
    place = Reflect.get(place, part)
  }
  return place
}

/** A location of the schema with its references followed. */
function schemaAt(schema: JsonObject, location: string): unknown {
  let place: unknown = schema
  for (const part of partsOf(location)) {
    if (typeof place !== 'object' || place === null) return undefined
    const next: unknown = Reflect.get(place, part)
    place = part === '$ref' && typeof next === 'string' ? valueAt(schema, partsOf(next)) : next
  }
  return place
}

const outside = (location: string) => location.slice(0, location.lastIndexOf('/'))
const counted = (limit: unknown, one: string, many: string) => `${limit} ${limit === 1 ? one : many}`

/** What is wrong, as the end of a sentence that begins with the field's name. In the server's words where it says the same. */
export function messageOf({ keyword, keywordLocation, instanceLocation, error }: OutputUnit, schema: JsonObject, value: unknown): string {
  const limit = schemaAt(schema, keywordLocation)
  const place = schemaAt(schema, outside(keywordLocation)) as JsonObject | undefined // a keyword stands in a schema
  switch (keyword) {
    case 'required':
      return 'is required'
    case 'format':
      return `must be ${formatNames[String(limit)] ?? `of the format ${limit}`}`
    case 'type': {
      // What was left empty in a list is nothing on its way.
      if (valueAt(value, partsOf(instanceLocation)) === null) return 'is required'
      const types = [limit].flat().filter((type) => type !== 'null')
      return `must be ${types.map((type) => typeNames[String(type)] ?? type).join(' or ')}`
    }
    case 'enum':
      return `must be one of: ${[limit].flat().join(', ')}`
    case 'const':
      return `must be ${JSON.stringify(limit)}`
    case 'minLength':
      return limit === 1 ? 'is required' : `must be at least ${limit} characters long`
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
    case 'multipleOf':
      return `must be a multiple of ${limit}`
    case 'minItems':
      return `must have at least ${counted(limit, 'value', 'values')}`
    case 'maxItems':
      return `must have at most ${counted(limit, 'value', 'values')}`
    case 'minProperties':
      return `must have at least ${counted(limit, 'value', 'values')}`
    case 'maxProperties':
      return `must have at most ${counted(limit, 'value', 'values')}`
    case 'uniqueItems':
      return 'must not have the same value twice'
    case 'unevaluatedProperties':
    case 'false':
      return 'is not a known field'
    case 'pattern': {
      const format = place && (typeof place.format === 'string' ? place.format : formatOf(place))
      if (format !== undefined && formatNames[format]) return `must be ${formatNames[format]}`
      const [example] = Array.isArray(place?.examples) ? place.examples : []
      return example === undefined ? `does not have the required form (${limit})` : `must look like ${example}`
    }
    case 'propertyNames':
      return 'has a key that is not allowed'
    case 'anyOf':
    case 'oneOf':
      return 'does not have one of the allowed forms'
    default:
      return error.replace(/\.$/, '')
  }
}
