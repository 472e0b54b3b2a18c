import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { JsonObject } from '../protocol/json.ts'
import { schemaErrors } from './json-schema.ts'

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }) as JsonObject

test('a value that fits its schema has no errors', () => {
  const schema = schemaOf(z.object({ api_base_url: z.url().optional(), limit: z.int().min(1).default(10) }))
  for (const value of [{}, { api_base_url: 'https://halo.example/api', limit: 3 }])
    assert.equal(schemaErrors(schema, value, 'mapping_data'), undefined)
})

test('a field that the schema does not name is refused with the nearest name that it has, at any depth', () => {
  const schema = schemaOf(
    z.object({
      limit: z.int().default(10),
      filter: z.object({ departments: z.array(z.object({ name: z.string(), head_count: z.int().optional() })).optional() }).optional(),
    }),
  )
  assert.deepEqual(
    schemaErrors(schema, { limti: 3, filter: { departments: [{ name: 'a', headcount: 3 }], colour: 1 }, constructor: 1 }, 'parameters'),
    {
      'parameters.limti': ['is not a known field; did you mean limit?'],
      'parameters.constructor': ['is not a known field'],
      'parameters.filter.colour': ['is not a known field'],
      'parameters.filter.departments.0.headcount': ['is not a known field; did you mean head_count?'],
    },
  )
})

test('a schema that its author left open takes fields that it does not name', () => {
  for (const open of [
    z.looseObject({ limit: z.int().optional() }),
    z.object({ limit: z.int().optional() }).catchall(z.boolean()),
    z.record(z.string(), z.boolean()),
  ])
    assert.equal(schemaErrors(schemaOf(open), { other: true }, 'parameters'), undefined)
  // What stands in a default is a value and no schema.
  const withDefault = z.object({ shape: z.looseObject({}).default({ properties: { a: 1 } }) })
  assert.equal(schemaErrors(schemaOf(withDefault), { shape: { properties: {}, b: 2 } }, 'parameters'), undefined)
})

test('of intersections and unions, what no part names is refused', () => {
  const both = schemaOf(z.object({ name: z.string() }).and(z.object({ size: z.int() })))
  assert.equal(schemaErrors(both, { name: 'a', size: 1 }, 'parameters'), undefined)
  assert.deepEqual(schemaErrors(both, { name: 'a', size: 1, sizes: 2 }, 'parameters'), {
    'parameters.sizes': ['is not a known field; did you mean size?'],
  })
  const either = schemaOf(
    z.object({
      by: z.discriminatedUnion('kind', [z.object({ kind: z.literal('id'), id: z.string() }), z.object({ kind: z.literal('all') })]),
    }),
  )
  assert.equal(schemaErrors(either, { by: { kind: 'id', id: 'x' } }, 'parameters'), undefined)
  assert.ok(schemaErrors(either, { by: { kind: 'all', id: 'x' } }, 'parameters'))
})

test('each field says in plain words what is wrong with it', () => {
  const schema = schemaOf(
    z.object({
      name: z.string(),
      url: z.url(),
      tier: z.enum(['a', 'b']),
      count: z.int().max(5),
      short: z.string().min(1).max(3),
      nested: z.object({ 'odd/key': z.number() }),
      list: z.array(z.string()).max(1),
      maybe: z.string().nullable(),
    }),
  )
  const value = { url: 'nonsense', tier: 'c', count: 6, short: 'long', nested: { 'odd/key': 'x' }, list: [1, 'b'], maybe: 5 }
  assert.deepEqual(schemaErrors(schema, value, 'mapping_data'), {
    'mapping_data.name': ['is required'],
    'mapping_data.url': ['must be a web address such as https://example.com'],
    'mapping_data.tier': ['must be one of: a, b'],
    'mapping_data.count': ['must be at most 5'],
    'mapping_data.short': ['must be at most 3 characters long'],
    'mapping_data.nested.odd/key': ['must be a number'],
    'mapping_data.list': ['must have at most 1 items'],
    'mapping_data.list.0': ['must be text'],
    'mapping_data.maybe': ['must be text or null'],
  })
})

test('a field that a strict schema does not know is named', () => {
  assert.deepEqual(schemaErrors(schemaOf(z.strictObject({})), { extra: 1 }, 'parameters'), { 'parameters.extra': ['is not a known field'] })
})

test('schemas with the same $id are told apart by their text, and thousands of them do not pile up', () => {
  for (let index = 0; index < 1_000; index++) {
    const schema = { $id: 'https://example.com/schema', type: 'object', required: [`field_${index}`] }
    assert.deepEqual(schemaErrors(schema, {}, 'parameters'), { [`parameters.field_${index}`]: ['is required'] })
  }
})

test('a pattern that takes for ever holds nobody up: what it did not match in time does not fit, and says why', () => {
  const slow = { type: 'string', pattern: '^(a+)+$' }
  const schema = {
    type: 'object',
    properties: { code: slow, list: { type: 'array', items: slow }, plain: { type: 'string', pattern: '^b$' } },
  }
  const endless = `${'a'.repeat(60)}!`
  const startedAt = performance.now()
  const found = schemaErrors(schema, { code: endless, list: Array.from({ length: 50 }, () => endless) }, 'parameters') ?? {}
  assert.ok(performance.now() - startedAt < 5_000)
  assert.deepEqual([Object.keys(found).length, found['parameters.code']?.[0]?.slice(0, 24)], [51, 'could not be checked: it'])
  assert.equal(schemaErrors(schema, { code: 'aaa', list: ['a'], plain: 'b' }, 'parameters'), undefined)
  assert.deepEqual(schemaErrors(schema, { plain: 'c' }, 'parameters'), { 'parameters.plain': ['must match pattern "^b$"'] })
})
