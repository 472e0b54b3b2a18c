import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { type Admitted, maxUnsentMs, UnderWay } from './under-way.ts'

const admitted = { executionId: 'execution-1' } as Admitted // all that is read of it here

function given() {
  const voided: string[] = []
  const released: string[] = []
  const underWay = new UnderWay((exchanges) => voided.push(...exchanges))
  const execution = new AbortController()
  const add = (exchange: string) =>
    underWay.add(exchange, admitted, { waitedMs: 0, release: () => released.push(exchange) }, execution.signal)
  return { underWay, voided, released, execution, add }
}

test('a request that is not over when its execution is, is given up, and keeps its place if it was made', () => {
  const { underWay, voided, released, execution, add } = given()
  for (const exchange of ['over', 'unsent', 'made']) add(exchange)
  underWay.take('over')
  execution.abort()
  assert.deepEqual(voided, ['unsent', 'made'])
  underWay.unsent(['unsent'])
  assert.deepEqual(released, ['unsent'])
  assert.equal(underWay.take('made')?.admitted, admitted)
})

test('a request that does not come is given up before its ticket expires, as where its runner was killed', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => mock.timers.reset())
  let nowMs = 0
  t.mock.method(performance, 'now', () => nowMs)
  const { voided, add } = given()
  add('first')
  nowMs += 5_000
  add('second')
  nowMs = maxUnsentMs
  mock.timers.tick(maxUnsentMs)
  assert.deepEqual(voided, ['first'])
  nowMs += 5_000
  mock.timers.tick(5_000)
  assert.deepEqual(voided, ['first', 'second'])
})

test('what a lost gateway had under way gives its places back, and what is still on its way does so unless it comes', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => mock.timers.reset())
  let nowMs = 0
  t.mock.method(performance, 'now', () => nowMs)
  const { underWay, voided, released, add } = given()
  add('had')
  nowMs = 10_000
  add('on its way')
  underWay.gatewayLost()
  assert.deepEqual(released, ['had'])
  nowMs += maxUnsentMs
  mock.timers.tick(maxUnsentMs)
  assert.deepEqual(voided, ['on its way'])
})
