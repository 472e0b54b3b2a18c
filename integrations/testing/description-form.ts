import type { AnySchemaObject } from 'ajv'

export type Parameter = { name: string; in: string; schema?: { type?: string } }
export type Answer = { content?: Record<string, { schema?: AnySchemaObject }> }
export type Operation = { parameters?: Parameter[]; responses: Record<string, Answer> }
/** What is read of a description, whichever form it has. */
export type Description = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, AnySchemaObject> } }

type Json = Record<string, unknown>

/** A description of OpenAPI 3, or of Swagger 2, in the form of the first; with its parameters and answers in place of references to them. */
export function descriptionOf(document: Json): Description {
  const definitions = document.definitions as Record<string, AnySchemaObject> | undefined // Swagger 2 has these alone
  const paths = mapped(document.paths as Json, (item) =>
    mapped(item as Json, (operation) =>
      isObject(operation) && isObject(operation.responses) ? operationOf(document, operation) : operation,
    ),
  )
  const components = document.components as Description['components'] | undefined
  return { paths, components: definitions ? { schemas: moved(definitions) as Record<string, AnySchemaObject> } : components } as Description
}

function operationOf(document: Json, operation: Json): Json {
  const parameters = ((operation.parameters ?? []) as Json[]).map((each) => resolved(document, each)).map(parameterOf)
  const responses = mapped(operation.responses as Json, (each) => answerOf(resolved(document, each as Json)))
  return { ...operation, parameters, responses }
}

/** Swagger 2 writes the type beside the name. */
function parameterOf(parameter: Json): Json {
  return 'type' in parameter ? { ...parameter, schema: { type: parameter.type } } : parameter
}

function answerOf(answer: Json): Json {
  return 'schema' in answer ? { content: { 'application/json': { schema: moved(answer.schema) } } } : answer
}

/** `#/definitions/X` is where Swagger 2 has what OpenAPI 3 has among its components. */
function moved(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(moved)
  if (!isObject(schema)) return schema
  return mapped(schema, (value, key) => (key === '$ref' ? String(value).replace('#/definitions/', '#/components/schemas/') : moved(value)))
}

function resolved(document: Json, value: Json): Json {
  const { $ref: reference } = value
  if (typeof reference !== 'string') return value
  const found = reference
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), document)
  return isObject(found) ? found : value
}

function mapped(object: Json, change: (value: unknown, key: string) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]))
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
