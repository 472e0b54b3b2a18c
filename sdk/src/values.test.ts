import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { z } from 'zod'
import { tellFetchFailures } from './fetch-failures.ts'
import {
  connectionFailure,
  dataProvider,
  externalIdOf,
  externalIdProblem,
  fromErrorData,
  isCrosswalkError,
  readJson,
  toErrorData,
  workflow,
} from './index.ts'
import { readableData, shortened } from './readable-data.ts'
import { mockContext } from './testing.ts'

test('the one rule for external ids takes whatever a vendor sends but control characters and blank text', () => {
  for (const id of ["o'brien", 'a<b', 'say "hi"', ' 1 ', '0', '𝒜'.repeat(200), 'x'.repeat(200), 'a\u200bb']) {
    assert.equal(externalIdProblem(id), undefined, id)
    assert.equal(externalIdOf(id), id)
  }
  for (const id of ['', ' ', '\u00a0\u200b', 'a\0', 'a\n', '\u0085x', '\ud800', '𝒜'.repeat(201), null, undefined, {}, true]) {
    assert.ok(externalIdProblem(id), JSON.stringify(id))
    assert.throws(() => externalIdOf(id), { code: 'validation_failed' })
  }
  assert.deepEqual([externalIdOf(42), externalIdOf(2n ** 64n), externalIdOf(-0)], ['42', '18446744073709551616', '0'])
  for (const id of [2 ** 53, -(2 ** 53), 1.5, Number.NaN, Infinity])
    assert.throws(
      () => externalIdOf(id),
      (error) => isCrosswalkError(error, 'validation_failed') && error.message.includes(String(id)),
    )
})

test('a whole number that is not exact comes out of readJson as text, and nothing else changes', async () => {
  const text = '{"id":9007199254740993,"list":[-9007199254740993,1e300,1.5,"9007199254740993",1],"__proto__":{"a":1}}'
  const value = (await readJson(new Response(text))) as Record<string, unknown>
  assert.deepEqual([value.id, value.list], ['9007199254740993', ['-9007199254740993', 1e300, 1.5, '9007199254740993', 1]])
  assert.ok(Object.hasOwn(value, '__proto__'))
})

test('json() of any answer that is none says which call it was, and is the error that it was', async () => {
  tellFetchFailures()
  const server = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>no</html>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    for (const ask of [
      async () => readJson(await fetch(`${url}/a?key=secret`)),
      async () => (await fetch(new Request(`${url}/a?key=secret`))).json(),
    ]) {
      await assert.rejects(ask(), (error: Error & { code?: string }) => {
        assert.ok(error instanceof SyntaxError && error.code === 'answer_not_json')
        assert.ok(error.message.startsWith(`GET ${url}/a answered 200 OK with a web page instead of JSON. Check`), error.message)
        assert.ok(!error.message.includes('secret'))
        return connectionFailure(error).message.startsWith(`Connection failed: GET ${url}/a answered`)
      })
    }
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('an aggregate error crosses a process with what it holds, and a chain of any length and size is cut', () => {
  const error = new AggregateError([new RangeError('a'), 'b'], 'both', { cause: new Error('why') })
  const revived = fromErrorData(structuredClone(toErrorData(error)))
  assert.ok(revived instanceof AggregateError)
  assert.deepEqual(
    revived.errors.map((inner: Error) => [inner.name, inner.message]),
    [
      ['RangeError', 'a'],
      ['Error', 'b'],
    ],
  )
  assert.deepEqual(
    toErrorData(revived).errors?.map(({ message }) => message),
    ['a', 'b'],
  )
  let chain = new Error('x'.repeat(1_000_000))
  for (let level = 0; level < 1_000; level++) chain = new AggregateError(Array(20).fill(chain), 'y'.repeat(100_000), { cause: chain })
  assert.ok(JSON.stringify(toErrorData(chain)).length < 10_000_000)
})

test('readable data is JSON as it is, of a bounded size, and cutting twice is cutting once', () => {
  const json = { zz: [1, null, true, 'x', { a: {} }], b: '' }
  assert.equal(JSON.stringify(readableData(json)), JSON.stringify(json))
  assert.ok(JSON.stringify(readableData(Array(1_000_000).fill('x'), 1_000)).length < 5_000)
  assert.ok(JSON.stringify(readableData(Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i])), 1_000)).length < 5_000)
  const cut = shortened('x'.repeat(1_000), 100)
  assert.deepEqual([cut.length, shortened(cut, 100), shortened(cut, 90).endsWith('… (1000 characters in all)')], [100, cut, true])
})

test('the test kit refuses what an execution refuses', async () => {
  const nan = workflow({ name: 'nan', description: 'x' }, () => ({ a: [Number.NaN] }))
  await assert.rejects(nan(mockContext()), { code: 'result_not_serializable', message: /at a\.0 it holds NaN/ })
  const options = dataProvider({ name: 'nan', description: 'x', parameters: z.object({}) }, () => [{ label: 'a', value: Number.NaN }])
  await assert.rejects(options(mockContext()), { code: 'result_not_serializable' })
  await assert.rejects(mockContext().progress(Number.NaN), /needs numbers of zero or more/)
  const ctx = mockContext()
  for (const mappingData of [{ a: Number.NaN }, { a: [undefined] }, { a: new Map() }])
    await assert.rejects(ctx.setIntegrationMapping({ integrationName: 'x', externalOrgId: '1', mappingData: mappingData as never }), {
      code: 'validation_failed',
    })
  const { mappingData } = await ctx.setIntegrationMapping({
    integrationName: 'x',
    externalOrgId: '1',
    mappingData: { zz: 1, at: new Date(0) as never, b: undefined },
  })
  assert.equal(JSON.stringify(mappingData), '{"zz":1,"at":"1970-01-01T00:00:00.000Z"}')
})
