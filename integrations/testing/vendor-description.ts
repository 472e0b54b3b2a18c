import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { VendorAnswer, VendorRequest } from '@crosswalk/sdk/testing'
import { Ajv, type AnySchemaObject } from 'ajv'
import { type Description, descriptionOf, type Operation } from './description-form.ts'
import { excerptOf, type Seen } from './excerpt.ts'

/** Where the vendors' own descriptions are: `<folder>/<vendor>/openapi.json`. They are not a part of the project. */
const folderVariable = 'CROSSWALK_VENDOR_APIS'
/** Set to 1, with the descriptions at hand: the excerpts are written again. */
const writeVariable = 'CROSSWALK_WRITE_EXCERPTS'

/** What of a vendor's description is known to be wrong or missing. Each says why; one that nothing needs is told. */
export type Overlay = {
  /** `GET /Client/{id}` → why the description does not have it. */
  operations?: Readonly<Record<string, string>>
  /** `GET /Client page_no` → why the description does not have the parameter. */
  parameters?: Readonly<Record<string, string>>
  /** `GET /v1/actor 403` → why the answer's schema says nothing. */
  answers?: Readonly<Record<string, string>>
  /** What stands for a schema, by its name. */
  schemas?: Readonly<Record<string, { reason: string; change: (schema: AnySchemaObject) => AnySchemaObject }>>
}

/** Holds requests and answers to the description of a vendor. */
export type DescriptionCheck = {
  judge(request: VendorRequest, reply: VendorAnswer): void
  /** What broke the description, one sentence each, and what of the overlay nobody needed. */
  problems(): string[]
  /** Operations of the description that were judged. */
  judged(): string[]
}

/** The vendor's whole description where it is at hand, else the excerpt of it that stands beside the test. */
function read(vendor: string, excerpt: URL): { description: Description; isWhole: boolean } {
  const folder = process.env[folderVariable]
  const file = folder ? join(folder, vendor, 'openapi.json') : undefined
  const isWhole = file !== undefined && existsSync(file)
  return { description: descriptionOf(JSON.parse(readFileSync(isWhole ? file : excerpt, 'utf8'))), isWhole }
}

/**
 * @param excerpt the file of what of the description is used: the whole is held to it, and it stands for the whole where that is not at hand
 * @param base what stands before the description's paths, such as `/api`
 * @param isForToken requests that are not of the API
 */
export function checkAgainst(
  vendor: string,
  {
    excerpt,
    base = '',
    overlay = {},
    isForToken,
  }: { excerpt: URL; base?: string; overlay?: Overlay; isForToken: (request: VendorRequest) => boolean },
): DescriptionCheck {
  const { description, isWhole } = read(vendor, excerpt)
  const seen: Seen = new Map()
  const used = new Set<string>()
  const found: string[] = []
  const judged = new Set<string>()
  const ajv = new Ajv({ strict: false, validateFormats: false })
  // An excerpt has what the overlay made of them.
  for (const [name, { change }] of isWhole ? Object.entries(overlay.schemas ?? {}) : []) {
    const schema = description.components.schemas[name]
    if (schema) description.components.schemas[name] = change(schema)
    else found.push(`The overlay changes the schema ${name}, and the description has none of that name.`)
  }
  ajv.addSchema({ $id: 'description', components: { schemas: nullableSchemas(description.components.schemas) } })
  const validators = new Map<string, ReturnType<typeof ajv.compile>>()
  const templates = Object.keys(description.paths).map((path) => ({ path, pattern: patternOf(path) }))
  const excused = (kind: 'operations' | 'parameters' | 'answers', key: string) => {
    if (overlay[kind]?.[key] === undefined) return false
    used.add(`${kind} ${key}`)
    return true
  }

  function judgeParameters(key: string, operation: Operation, { query }: VendorRequest): void {
    for (const [name, value] of query) {
      const parameter = operation.parameters?.find((each) => each.in === 'query' && each.name === name)
      if (!parameter) {
        if (!excused('parameters', `${key} ${name}`)) found.push(`${key} was asked with ${name}, which the description does not have.`)
      } else if (!fits(value, parameter.schema?.type))
        found.push(`${key} was asked with ${name}=${value}, which is no ${parameter.schema?.type}.`)
    }
  }

  function noteParameters(key: string, { query }: VendorRequest): void {
    const noted = seen.get(key) ?? { parameters: new Set(), bodies: new Map() }
    for (const name of query.keys()) noted.parameters.add(name)
    seen.set(key, noted)
  }

  function noteBody(key: string, status: string, { body, text }: VendorAnswer): void {
    const bodies = seen.get(key)?.bodies
    bodies?.set(status, [...(bodies.get(status) ?? []), ...(text === undefined ? [body] : [])])
  }

  /** What the excerpt lacks, or has too much of. */
  function excerptProblem(): string[] {
    if (!isWhole) return []
    const wanted = `${JSON.stringify(excerptOf(description, seen), null, 1)}\n`
    if (process.env[writeVariable] === '1') writeFileSync(excerpt, wanted)
    const is = existsSync(excerpt) ? readFileSync(excerpt, 'utf8') : ''
    if (is === wanted) return []
    return [`The excerpt of the description of ${vendor} is not what is used of it. Write it with ${writeVariable}=1.`]
  }

  function judgeAnswer(key: string, operation: Operation, reply: VendorAnswer): void {
    const { status } = reply
    const names = [String(status), `${Math.floor(status / 100)}XX`, 'default']
    const name = names.find((each) => operation.responses[each] !== undefined) ?? ''
    const described = operation.responses[name]
    if (described) noteBody(key, name, reply)
    if (!described) {
      if (!excused('answers', `${key} ${status}`)) found.push(`${key} answered ${status}, which the description does not have.`)
      return
    }
    const schema = described.content?.['application/json']?.schema
    if (!schema || reply.text !== undefined || (status >= 400 && excused('answers', `${key} ${status}`))) return
    const id = `${key} ${status}`
    const validate = validators.get(id) ?? ajv.compile(withReferences(nullable(schema)) as AnySchemaObject)
    validators.set(id, validate)
    if (!validate(reply.body))
      found.push(`${key} answered ${status} with what does not fit the description: ${ajv.errorsText(validate.errors)}.`)
  }

  return {
    judge(request, reply) {
      if (isForToken(request)) return
      const path = request.path.startsWith(base) ? request.path.slice(base.length) : request.path
      // A path without a parameter comes before one with: /Agent/me is not /Agent/{id}.
      const template = templates.find((each) => each.path === path) ?? templates.find(({ pattern }) => pattern.test(path))
      const key = `${request.method} ${template?.path ?? path.replace(/\/(\d+|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})(?=\/|$)/g, '/{id}')}`
      const operation = template && description.paths[template.path]?.[request.method.toLowerCase()]
      if (!operation) {
        if (!excused('operations', key)) found.push(`${key} is not in the description.`)
        return
      }
      judged.add(key)
      noteParameters(key, request)
      judgeParameters(key, operation, request)
      judgeAnswer(key, operation, reply)
    },
    problems() {
      const unused = (['operations', 'parameters', 'answers'] as const).flatMap((kind) =>
        Object.keys(overlay[kind] ?? {})
          .filter((key) => !used.has(`${kind} ${key}`))
          .map((key) => `The overlay excuses ${key}, and nothing needed it.`),
      )
      return [...new Set(found), ...unused, ...excerptProblem()]
    },
    judged: () => [...judged].sort(),
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`)
}

function fits(value: string, type: string | undefined): boolean {
  if (type === 'integer') return /^-?\d+$/.test(value)
  if (type === 'number') return value !== '' && Number.isFinite(Number(value))
  return type !== 'boolean' || value === 'true' || value === 'false'
}

function nullableSchemas(schemas: Record<string, AnySchemaObject>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, nullable(schema)]))
}

/** OpenAPI 3.0 says `nullable`, which JSON Schema does not know. */
function nullable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(nullable)
  if (typeof schema !== 'object' || schema === null) return schema
  const { nullable: isNullable, ...rest } = schema as Record<string, unknown>
  const inner = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, nullable(value)]))
  return isNullable === true ? { anyOf: [{ type: 'null' }, inner] } : inner
}

/** A schema outside of the description finds what it refers to inside. */
function withReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withReferences)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' && value.startsWith('#') ? `description${value}` : withReferences(value),
    ]),
  )
}
