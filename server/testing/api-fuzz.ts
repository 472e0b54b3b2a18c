import fc from 'fast-check'

/** A part of the API description: a JSON schema, as far as the description uses it. */
export type Schema = {
  type?: string
  enum?: readonly unknown[]
  const?: unknown
  anyOf?: readonly Schema[]
  properties?: Record<string, Schema>
  required?: readonly string[]
  items?: Schema
  additionalProperties?: boolean | Schema
  format?: string
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  minLength?: number
  maxLength?: number
}
export type Parameter = { in: 'path' | 'query' | 'header'; name: string; required?: boolean; schema: Schema }
export type Operation = {
  operationId: string
  method: string
  path: string
  parameters: readonly Parameter[]
  body: Schema | undefined
  /** The statuses that are described. */
  statuses: ReadonlySet<string>
}
/** What there is, by the name of the field that it stands in: ids that exist find more than ids that do not. */
export type Known = Readonly<Record<string, readonly unknown[]>>
export type FuzzedRequest = {
  method: string
  url: string
  headers: Record<string, string>
  body: string | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: the description is read, and asserted by what it is used for
export function operationsOf(description: any): Operation[] {
  return Object.entries<Record<string, never>>(description.paths).flatMap(([path, methods]) =>
    // biome-ignore lint/suspicious/noExplicitAny: as above
    Object.entries<any>(methods).map(([method, operation]) => ({
      operationId: operation.operationId,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
      body: operation.requestBody?.content['application/json']?.schema,
      statuses: new Set(Object.keys(operation.responses)),
    })),
  )
}

const uuid = fc.uuid({ version: 7 })
/** Text that broke something somewhere: in a database, a path, a header, a page, a sheet or a log. */
const strange = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202etxt',
  '\ufeff',
  'ſ',
  'İ',
  '%',
  '%00',
  '%zz',
  '_%\\',
  '\\',
  "'; drop table organizations; --",
  '<img src=x onerror=alert(1)>',
  '=1+1',
  '../../etc/passwd',
  '..%2f..%2f',
  'a\r\nset-cookie: x=1',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '1e999',
  '-0',
  '9007199254740993',
  '👩‍👩‍👧‍👦'.repeat(20),
  'e\u0301'.repeat(200),
  'x'.repeat(5_000),
  '[',
  '{}',
  '0x10',
  '2026-02-30T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '0000-00-00',
  '99999-01-01T00:00:00Z',
)
/** A value of any kind that no field expects. */
const strangeValues: fc.Arbitrary<unknown> = fc.oneof(
  strange,
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, [], {}, [[]], [null], { __proto__: null }),
  fc.constantFrom<unknown>(
    { a: { b: { c: [] } } },
    Array.from({ length: 300 }, () => 'x'),
    { ['k'.repeat(3_000)]: 1 },
  ),
  fc.jsonValue({ maxDepth: 3 }),
)

function text(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.format === 'uuid') return uuid
  if (schema.format === 'date-time')
    return fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map((date) => date.toISOString())
  if (schema.format === 'email') return fc.constantFrom('a@b.example', 'A.B+c@sub.example', "o'brien@b.example")
  // Nothing outside this machine is asked.
  if (schema.format === 'uri') return fc.constantFrom('http://127.0.0.1:9/', 'https://[::1]:9/x', 'https://localhost:9/?a=b#c')
  const { minLength = 0, maxLength = 60 } = schema
  const words = fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)) })
  return fc.oneof({ weight: 3, arbitrary: words }, { weight: 1, arbitrary: fc.constantFrom('halo', 'sync_users', 'x') })
}

/** Values that a schema takes; those that are known by that name among them. */
export function fittingValues(schema: Schema, known: Known, name = ''): fc.Arbitrary<unknown> {
  const found = known[name]
  // Only what is known: a time that is made up is waited for.
  if (found && name === 'wait') return fc.constantFrom(...found)
  if (found && found.length > 0)
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...found) }, { weight: 1, arbitrary: valuesOf(schema, known) })
  return valuesOf(schema, known)
}

function valuesOf(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => valuesOf(each, known)))
  switch (schema.type) {
    case 'string':
      return text(schema)
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? 0, -(2 ** 31)), max: Math.min(schema.maximum ?? 1_000, 2 ** 31 - 1) })
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, known), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      })
    case 'object':
      return objects(schema, known)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function objects({ properties, required = [], additionalProperties }: Schema, known: Known): fc.Arbitrary<unknown> {
  if (!properties) {
    const value = typeof additionalProperties === 'object' ? valuesOf(additionalProperties, known) : fc.jsonValue({ maxDepth: 2 })
    return fc.dictionary(fc.string({ maxLength: 20 }), value, { maxKeys: 3 })
  }
  const model = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, fittingValues(schema, known, name)]))
  return fc.record(model, { requiredKeys: required.filter((name) => name in properties) })
}

/** Undefined but in so many of a hundred. */
const rarely = <T>(percent: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 100 - percent, arbitrary: fc.constant(undefined) }, { weight: percent, arbitrary })

type Put = { name: string; value: unknown }
const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** Now and then one value of many is strange. */
function oneStrange(parts: readonly Parameter[], known: Known): fc.Arbitrary<Put[]> {
  const fitting = parts.map(({ name, schema, required }) => {
    const value = fittingValues(schema, known, name)
    return required || name === 'wait' ? value : rarely(30, value)
  })
  return fc
    .tuple(fc.tuple(...fitting), rarely(15, fc.tuple(fc.nat(Math.max(parts.length - 1, 0)), strangeValues)))
    .map(([values, changed]) =>
      parts.flatMap(({ name }, index) => {
        const value = changed?.[0] === index ? changed[1] : values[index]
        return value === undefined ? [] : [{ name, value }]
      }),
    )
}

/** A body that fits, one with a strange part, or one that is none. */
function bodies(schema: Schema, known: Known): fc.Arbitrary<string> {
  const fitting = fittingValues(schema, known)
  const json = (value: unknown) => JSON.stringify(value) ?? ''
  const changed = fc.tuple(fitting, fc.nat(), strangeValues).map(([body, at, value]) => {
    if (body === null || typeof body !== 'object') return json(value)
    const names = [...Object.keys(schema.properties ?? {}), 'an_unknown_field', '__proto__']
    const name = names[at % names.length] ?? ''
    // As text, so that `__proto__` is a field like others.
    const rest = Object.entries(body).filter(([key]) => key !== name)
    return `{${[...rest, [name, value] as const].map(([key, each]) => `${json(key)}:${json(each) || 'null'}`).join(',')}}`
  })
  const broken = fc.constantFrom('', '{', 'null', '[]', '"x"', '0', '{"a":1}{', '\ufeff{}', `${'['.repeat(4_000)}${']'.repeat(4_000)}`)
  return fc.oneof({ weight: 6, arbitrary: fitting.map(json) }, { weight: 4, arbitrary: changed }, { weight: 1, arbitrary: broken })
}

/** What a lone surrogate cannot be in an address. */
const encoded = (value: unknown) => encodeURIComponent(asText(value).toWellFormed())

/** Requests of an operation: most are nearly right, since what is wrong altogether is refused at the door. */
export function requestsOf({ method, path, parameters, body }: Operation, known: Known): fc.Arbitrary<FuzzedRequest> {
  const of = (place: Parameter['in']) => parameters.filter((parameter) => parameter.in === place)
  const paths = fc.tuple(oneStrange(of('path'), known), fc.nat(9)).map(([values, how]) =>
    values.reduce(
      // A tenth goes in as it is: an address need not be well encoded.
      (address, { name, value }) =>
        address.replace(`{${name}}`, () => (how === 0 ? asText(value).replaceAll(/[^\x21-\x7e]|[?#]/g, '') : encoded(value)) || '%20'),
      path,
    ),
  )
  const queries = fc
    .tuple(oneStrange(of('query'), known), rarely(4, fc.tuple(strange, strange)), fc.nat(19))
    .map(([values, unknown, how]) => {
      const all = [...values, ...(unknown ? [{ name: unknown[0], value: unknown[1] }] : [])]
      const pairs = all.map(({ name, value }) => `${encoded(name)}=${encoded(value)}`)
      return (how === 0 ? [...pairs, ...pairs] : pairs).join('&')
    })
  const headers = oneStrange(of('header'), known).map((values) =>
    // A client cannot send a line break in a header.
    Object.fromEntries(
      values.map(({ name, value }) => [
        name,
        asText(value)
          .replaceAll(/[^\x20-\x7e]/g, '?')
          .slice(0, 2_000),
      ]),
    ),
  )
  const types = fc.constantFrom(...Array.from({ length: 29 }, () => 'application/json'), 'text/plain')
  return fc
    .tuple(paths, queries, headers, body ? bodies(body, known) : fc.constant(undefined), types)
    .map(([address, query, given, sent, type]) => ({
      method,
      url: query === '' ? address : `${address}?${query}`,
      headers: sent === undefined ? given : { ...given, 'content-type': type },
      body: sent,
    }))
}
