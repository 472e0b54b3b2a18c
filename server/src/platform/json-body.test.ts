import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fastify } from 'fastify'
import { DomainError } from './errors.ts'
import { addJsonParser, parseJsonBody } from './json-body.ts'

function refusalOf(text: string): { code: string; message: string } | undefined {
  try {
    parseJsonBody(text)
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code, message: error.message }
    throw error
  }
  return undefined
}

test('a number that would lose digits is refused by name, and one in a text or one that is kept is not', () => {
  for (const text of ['{"id":9007199254740993}', '[-9007199254740993]', '{"a":{"b":1e999}}', `[${'9'.repeat(400)}]`]) {
    const refusal = refusalOf(text)
    assert.equal(refusal?.code, 'validation_failed', text)
    assert.match(refusal?.message ?? '', /has the number \S+, which cannot be kept exactly\. Send it as text, in quotes\./)
  }
  for (const text of [
    '{"id":9007199254740991}',
    '{"id":"9007199254740993"}',
    '{"a":1e300}',
    '{"a":0.1000000000000000055}',
    '{"a":"\\"1e999"}',
  ])
    assert.equal(refusalOf(text), undefined, text)
})

test('a body that is no UTF-8 is refused, and is not kept with other letters', async () => {
  await using app = fastify()
  addJsonParser(app)
  app.post('/', async ({ body }) => body)
  const send = (payload: Buffer) => app.inject({ method: 'POST', url: '/', payload, headers: { 'content-type': 'application/json' } })
  assert.deepEqual((await send(Buffer.from('\ufeff{"name":"Café 👍"}'))).json(), { name: 'Café 👍' })
  const refused = await send(Buffer.from('{"name":"Caf\xe9"}', 'latin1'))
  assert.match(refused.json().message, /not valid UTF-8/)
})
