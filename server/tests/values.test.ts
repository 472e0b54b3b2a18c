import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { HostRequest } from '../src/engine/state/requests.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'

const secretValue = 'correct horse battery staple'
const getSecret: HostRequest = {
  name: 'getSecret',
  isRecorded: false,
  async handle(context) {
    context.mask(secretValue)
    return secretValue
  },
}

let worker: TestWorker
before(async () => {
  worker = await startTestWorker({ requests: [getSecret], maxHeapMb: 256 })
})
after(() => worker[Symbol.asyncDispose]())

const refused: [what: string, told: RegExp][] = [
  ['nan', /at rows\.1 it holds NaN/],
  ['infinity', /it is -Infinity/],
  ['invalid_date', /at at it holds an invalid date/],
  ['undefined_in_list', /at list\.1 it holds undefined in a list/],
  ['hole', /at 1 it holds undefined in a list/],
  ['typed_array', /at bytes it holds binary data \(Uint8Array\)/],
  ['buffer', /it is binary data \(Buffer\)/],
  ['map', /at found it holds a Map/],
  ['set', /it is a Set/],
  ['instance', /at invoice it holds an instance of the class Invoice/],
  ['boxed', /at a it holds an instance of the class Number/],
  ['regexp', /it is an instance of the class RegExp/],
  ['bigint', /at 0 it holds a BigInt/],
  ['function', /at run it holds a function/],
  ['symbol', /at 0 it holds a symbol/],
  ['promise', /at late it holds a promise/],
  ['error', /at 0 it holds an error/],
  ['cycle', /at a\.0 it holds an object that contains itself/],
  ['deep', /it holds more than 200 levels/],
  ['getter', /at a it holds something that cannot be read/],
  ['revoked', /at a it holds something that cannot be read/],
  ['bad_to_json', /at 0 it holds undefined in a list/],
]

test('a result that JSON would change without a word fails, and says what is where', async () => {
  for (const [what, told] of refused) {
    const { status, error } = await worker.run('returns_value', { what })
    assert.deepEqual([status, error?.details.code], ['failed', 'result_not_serializable'], what)
    assert.match(error?.message ?? '', told, what)
  }
})

test('what is converted is as documented, and keeps the order in which it was written', async () => {
  const { result } = await worker.run('returns_value', { what: 'converted' })
  assert.equal(
    JSON.stringify(result),
    '{"zeta":"1970-01-01T00:00:00.000Z","long_name":"https://x.example/?a=1","b":0,"\ufffd":"\ufffd","list":[null,{"z":1,"y":{"bb":1,"a":2}}]}',
  )
  assert.equal(
    JSON.stringify((await worker.run('returns_value', { what: 'proto' })).result),
    '{"zz":1,"__proto__":{"b":1},"constructor":2}',
  )
  assert.equal((await worker.run('returns_value', { what: 'nothing' })).result, null)
})

test('a step gives the code whatever it returned, plain or not', async () => {
  for (const [what, tag] of [
    ['nan', '[object Object]'],
    ['typed_array', '[object Object]'],
    ['map', '[object Object]'],
    ['set', '[object Set]'],
    ['bigint', '[object Array]'],
    ['cycle', '[object Object]'],
    ['deep', '[object Array]'],
    ['deep_step', '[object Object]'],
    ['getter', '[object Object]'],
    ['function', '[object Object]'],
    ['proto', '[object Object]'],
  ]) {
    const { status, result, error } = await worker.run('steps_value', { what: what ?? '' })
    assert.deepEqual([what, status, result, error], [what, 'success', tag, null])
  }
})

test('whatever is logged can be read', async () => {
  const { id, error } = await worker.run('logs_values')
  assert.equal(error, null)
  const [values, own, noText, much, secret] = await worker.lines(id)
  assert.ok(values && much)
  const { deep, ...data } = values.data as Record<string, unknown>
  assert.deepEqual(data, {
    e: { type: 'TypeError', message: 'outer', cause: { type: 'Error', message: 'inner', code: 'ECONNRESET' } },
    map: { a: ['1'] },
    pairs: [[{ id: 1 }, 2]],
    at: ['1970-01-01T00:00:00.000Z', 'Invalid Date'],
    url: 'https://x.example/a',
    query: { a: '1' },
    headers: { accept: 'x' },
    odd: ['NaN', null, 'Symbol(s)', '[function without a name]', '/x/g', '[Uint8Array of 3 bytes]', '[promise]'],
    invoice: { id: 7 },
    response: '[Response]',
    cycle: { a: ['[circular]'] },
    revoked: '[cannot be read]',
  })
  assert.match(JSON.stringify(deep), /\[too deep\]/)
  assert.deepEqual(own?.data, { type: 'Error', message: 'by itself' })
  assert.equal(noText?.message, '{"not":"text"}')
  assert.ok(much.message.length < 33_000)
  assert.match((much.data as { note: string }).note, /longer than 65536 characters/)
  assert.ok(!JSON.stringify(secret).includes('correct'), 'a secret that stands at the cut is masked before')
})

test('whatever is thrown, in a step or outside, is kept within bounds and keeps its reasons', async () => {
  const told: Record<string, RegExp> = {
    huge: /^x{8000,}… \(120000000 characters in all\)$/,
    huge_text: /^x{8000,}… \(\d+ characters in all\)$/,
    huge_facts: /^y$/,
    chain: /^top: level 49/,
    reasons: /^The sync failed: The page was not read: the disk is full$/,
    aggregate: /^All failed: first; second; third$/,
    many: /^number 0 q+; number 1 q+; number 2 q+; and 7 more$/,
    wrapped_aggregate: /^The vendor was not asked: no way there$/,
    hostile: /is no error/,
    half_hostile: /^told$/,
    proxy: /is no error/,
    bare: /is no error/,
  }
  for (const [what, message] of Object.entries(told)) {
    for (const in_step of [false, true]) {
      const { id, status, error } = await worker.run('throws_value', { what, in_step })
      assert.equal(status, 'failed', what)
      assert.match(error?.message ?? '', message, what)
      assert.ok(JSON.stringify(error).length < 100_000, `${what} is bounded`)
      for (const step of await worker.steps(id)) assert.ok(JSON.stringify(step.error).length < 100_000, `the step of ${what} is bounded`)
    }
  }
  const { error } = await worker.run('throws_value', { what: 'huge' })
  assert.match(String(error?.details.stack), /workflows\/values\.ts:\d+/)
  const facts = (await worker.run('throws_value', { what: 'huge_facts' })).error
  assert.deepEqual([facts?.type.length, String(facts?.details.code).length], [200, 200])
  const { causes } = (await worker.run('throws_value', { what: 'reasons' })).error?.details ?? {}
  assert.deepEqual(causes, [
    { type: 'Error', message: 'The page was not read' },
    { type: 'Error', message: 'the disk is full' },
  ])
  const { errors } = (await worker.run('throws_value', { what: 'aggregate' })).error?.details ?? {}
  assert.deepEqual(
    (errors as { type: string }[]).map(({ type }) => type),
    ['Error', 'RangeError', 'Error', 'Error'],
  )
})

test('progress is in numbers that there are', async () => {
  const { error, progress } = await worker.run('tells_progress')
  assert.match(error?.message ?? '', /progress\(done, total\?, message\?\) needs numbers of zero or more; got NaN for done/)
  assert.deepEqual([progress?.done, progress?.total, (progress?.message?.length ?? 0) <= 500], [1, 2, true])
})
