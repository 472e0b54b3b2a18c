import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { JsonObject } from './form-schema.ts'
import { hasNoFields, inSentence, labelOf, singular } from './form-schema.ts'
import { filled } from './initial-value.ts'
import { resolved } from './resolve-schema.ts'
import { problemsOf } from './schema-validator.ts'
import { shapeOf } from './shape.ts'

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }) as JsonObject
const kindOf = (schema: z.ZodType) => {
  const root = schemaOf(z.object({ field: schema }))
  const field = (root.properties as JsonObject).field as JsonObject
  return shapeOf(resolved(field, root).schema, root).kind
}

test('each schema has a field of its kind', () => {
  const kinds: [z.ZodType, string][] = [
    [z.string().nullable(), 'text'],
    [z.int().nullish(), 'number'],
    [z.boolean(), 'truth'],
    [z.enum(['a', 'b']).nullable(), 'choice'],
    [z.union([z.literal('a'), z.literal(2)]), 'choice'],
    [z.array(z.enum(['a', 'b'])), 'choices'],
    [z.array(z.string()), 'list'],
    [z.array(z.string().meta({ dataProvider: 'sites' })), 'provided'],
    [z.string().meta({ dataProvider: 'sites' }), 'provided'],
    [z.tuple([z.string(), z.number()]), 'tuple'],
    [z.object({ a: z.string() }).nullable(), 'group'],
    [z.record(z.string(), z.number()), 'group'],
    [z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })), 'group'],
    [z.union([z.string(), z.number()]), 'variants'],
    [z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })]), 'variants'],
    [z.literal('a'), 'constant'],
    [z.any(), 'json'],
  ]
  for (const [schema, kind] of kinds) assert.equal(kindOf(schema), kind)
})

test('what has to be there is there from the start; an optional group is not, and requires nothing', () => {
  const schema = schemaOf(
    z.object({
      z_last: z.boolean(),
      address: z.object({ street: z.string(), country: z.string().default('AT') }).optional(),
      inner: z.object({ mark: z.literal('x'), list: z.array(z.string()), note: z.string().optional() }),
      a_first: z.int().default(3),
      nothing: z.string().nullable(),
    }),
  )
  const value = filled(schema, schema, { extra: 1, a_first: 5 })
  assert.deepEqual(value, { z_last: false, inner: { mark: 'x', list: [] }, a_first: 5, nothing: null, extra: 1 })
  assert.deepEqual(Object.keys(value as object), ['z_last', 'inner', 'a_first', 'nothing', 'extra'], 'in the order of the author')
  assert.deepEqual(problemsOf(schema, { ...(value as object) }).size, 0)
  assert.deepEqual([...problemsOf(schema, { ...(value as object), address: {} }).keys()], ['address.street'])
})

test('a schema that leads into itself ends', () => {
  const node: z.ZodType = z.lazy(() => z.object({ name: z.string(), next: node.optional(), children: z.array(node) }))
  const schema = schemaOf(z.object({ root: node }))
  assert.deepEqual(filled(schema, schema, {}), { root: { children: [] } })
})

test('fields are called as people say it', () => {
  assert.deepEqual(['Features', 'Addresses', 'Entries', 'Status', 'Address', 'Bus'].map(singular), [
    'Feature',
    'Address',
    'Entry',
    'Status',
    'Address',
    'Bus',
  ])
  assert.deepEqual(['API URL', 'Recipient'].map(inSentence), ['API URL', 'recipient'])
  assert.equal(labelOf({}, 'apiBase_url'), 'API base URL')
  assert.equal(labelOf({ label: 'Town' }, 'city'), 'Town')
})

test('a form has no fields where all is hidden and nothing free is wanted', () => {
  assert.ok(hasNoFields(schemaOf(z.object({ auto: z.boolean().meta({ hidden: true }) }))))
  assert.ok(hasNoFields(schemaOf(z.looseObject({}))))
  assert.ok(!hasNoFields(schemaOf(z.object({ tags: z.record(z.string(), z.string()) }))))
  assert.ok(!hasNoFields(schemaOf(z.object({}).catchall(z.string()))))
})
