import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { JsonObject } from './form-schema.ts'
import { problemsOf, sentencesOf } from './schema-validator.ts'

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }) as JsonObject
const problems = (schema: z.ZodType, value: unknown) => Object.fromEntries(problemsOf(schemaOf(schema), value))

test('all that is wrong is said at once, at the field that it is about', () => {
  const schema = z.object({
    city: z.string(),
    email: z.email(),
    age: z.int().min(18),
    people: z.array(z.object({ name: z.string().min(1), born: z.iso.date() })).min(2),
    window: z.object({ from: z.iso.time() }),
  })
  assert.deepEqual(problems(schema, { email: 'x', age: 3.5, people: [{ name: '', born: '31/12/2026' }], window: { from: '9 o’clock' } }), {
    city: ['is required'],
    email: ['must be an email address such as name@example.com'],
    age: ['must be a whole number', 'must be at least 18'],
    people: ['must have at least 2 values'],
    'people.0.name': ['is required'],
    'people.0.born': ['must be a date'],
    'window.from': ['must be a time such as 10:00'],
  })
})

test('no expression stands for a form that has a name or an example', () => {
  const code = z.string().regex(/^[A-Z]{3}$/)
  assert.deepEqual(problems(z.object({ code }), { code: 'a' }), { code: ['does not have the required form (^[A-Z]{3}$)'] })
  assert.deepEqual(problems(z.object({ code: code.meta({ examples: ['ABC'] }) }), { code: 'a' }), { code: ['must look like ABC'] })
  for (const schema of [
    z.email(),
    z.uuid(),
    z.e164(),
    z.iso.date(),
    z.iso.datetime(),
    z.iso.datetime({ local: true, offset: true }),
    z.iso.time(),
  ])
    assert.doesNotMatch(problems(z.object({ field: schema }), { field: 'x' }).field?.join() ?? '', /[\\^$]/)
})

test('of several alternatives it says what is wrong with the one that was meant', () => {
  const channel = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('mail'), to: z.email() }),
    z.object({ kind: z.literal('chat'), room: z.string().min(3), limit: z.union([z.literal('none'), z.int()]) }),
  ])
  const schema = z.object({ channel, note: z.string().min(3).nullable(), either: z.union([z.array(z.string()).min(2), z.boolean()]) })
  assert.deepEqual(problems(schema, { channel: { kind: 'chat', room: 'x', limit: 'all' }, note: 'x', either: ['one'] }), {
    'channel.room': ['must be at least 3 characters long'],
    'channel.limit': ['does not have one of the allowed forms'],
    note: ['must be at least 3 characters long'],
    either: ['must have at least 2 values'],
  })
  assert.deepEqual(problems(schema, { channel: {}, note: null, either: true }), { channel: ['does not have one of the allowed forms'] })
})

test('what was left empty in a list is required', () => {
  assert.deepEqual(problems(z.object({ tags: z.array(z.string()) }), { tags: ['a', null] }), { 'tags.1': ['is required'] })
})

test('an error is a sentence with the name of the field', () => {
  assert.equal(sentencesOf('City', ['is required']), 'City is required.')
  assert.equal(
    sentencesOf('Age', ['must be at least 18', 'must be a multiple of 2']),
    'Age must be at least 18. Age must be a multiple of 2.',
  )
  assert.equal(sentencesOf('Site', ['Choose a site that is open.']), 'Choose a site that is open.')
  assert.equal(sentencesOf('City', []), undefined)
})
