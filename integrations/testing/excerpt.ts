import type { AnySchemaObject } from 'ajv'
import type { Description } from './description-form.ts'

/** What was asked for and answered, by operation: the parameters, and the bodies of each status. */
export type Seen = Map<string, { parameters: Set<string>; bodies: Map<string, unknown[]> }>

const keptKeywords = ['type', 'format', 'nullable', 'enum'] as const
const combined = ['allOf', 'anyOf', 'oneOf'] as const

/**
 * What of a vendor's description was used: names and types of parameters and of the fields that were answered, and no words. So much stands
 * beside the tests, which hold both sides to it where the whole description is not at hand.
 */
export function excerptOf({ paths, components }: Description, seen: Seen): Description {
  const excerpt: Description = { paths: {}, components: { schemas: {} } }
  for (const [key, { parameters, bodies }] of [...seen].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const [method = '', path = ''] = key.split(' ')
    const operation = paths[path]?.[method.toLowerCase()]
    if (!operation) continue
    const used = (operation.parameters ?? []).filter((each) => each.in === 'query' && parameters.has(each.name))
    const responses = [...bodies].sort().map(([status, samples]) => {
      const schema = operation.responses[status]?.content?.['application/json']?.schema
      return [status, schema ? { content: { 'application/json': { schema: prunedSchema(components.schemas, schema, samples) } } } : {}]
    })
    excerpt.paths[path] = {
      ...excerpt.paths[path],
      [method.toLowerCase()]: {
        parameters: used.map(({ name, schema }) => ({ name, in: 'query', ...(schema?.type ? { schema: { type: schema.type } } : {}) })),
        responses: Object.fromEntries(responses),
      },
    }
  }
  return excerpt
}

function prunedSchema(schemas: Record<string, AnySchemaObject>, schema: AnySchemaObject, samples: readonly unknown[]): AnySchemaObject {
  const { $ref: reference } = schema
  if (typeof reference === 'string') return prunedSchema(schemas, schemas[reference.split('/').at(-1) ?? ''] ?? {}, samples)
  const pruned: AnySchemaObject = Object.fromEntries(keptKeywords.flatMap((key) => (key in schema ? [[key, schema[key]]] : [])))
  for (const key of combined) {
    const parts: unknown = schema[key]
    if (Array.isArray(parts)) pruned[key] = parts.map((part: AnySchemaObject) => prunedSchema(schemas, part, samples))
  }
  const objects = samples.filter((sample): sample is Record<string, unknown> => typeof sample === 'object' && sample !== null)
  const properties = Object.entries((schema.properties ?? {}) as Record<string, AnySchemaObject>).filter(([name]) =>
    objects.some((object) => name in object),
  )
  if (properties.length > 0)
    pruned.properties = Object.fromEntries(
      properties.map(([name, each]) => [
        name,
        prunedSchema(
          schemas,
          each,
          objects.flatMap((object) => (name in object ? [object[name]] : [])),
        ),
      ]),
    )
  const required = ((schema.required ?? []) as string[]).filter((name) => properties.some(([known]) => known === name))
  if (required.length > 0) pruned.required = required
  if (schema.items) pruned.items = prunedSchema(schemas, schema.items as AnySchemaObject, samples.filter(Array.isArray).flat())
  if (schema.additionalProperties === false) pruned.additionalProperties = false
  return pruned
}
