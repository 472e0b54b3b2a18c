import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { givenSubmitted } from '../../testing/given-executions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { createTestApp, type TestApp, testLogger } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import type { Admitted } from '../credentials/under-way.ts'
import type { Exchange } from '../gateway/messages/exchanges.ts'
import { lineOf, tokenLineOf } from './exchange-line.ts'
import { ExchangeWriter } from './exchange-writer.ts'
import { listExchanges } from './exchanges.queries.ts'

let app: TestApp
let executionId: string

before(async () => {
  app = await createTestApp()
  executionId = await givenSubmitted(app.db, (await givenOrganization(app.db, 'Acme')).id, 'calls')
})
after(() => app[Symbol.asyncDispose]())

const exchange: Exchange = {
  ...{ exchange: 'x', runner: 'r', method: 'GET', path: '/users', attempt: 1, stepKey: null, outcome: { status: 200 }, retryAfter: null },
  ...{ requestBytes: 0, responseBytes: 2, startedAtMs: Date.now(), firstByteMs: 1, durationMs: 2 },
}
const budget = { integration: 'halo', credential: 'c', host: 'api.halo.example' }
const admitted = (): Admitted => ({
  ...{ executionId, number: 1, organizationId: null, integration: 'halo', origin: 'https://api.halo.example', waitedMs: 0, budget },
  withoutSecrets: (value) => value,
})
const listed = async () => {
  const filter = { afterId: undefined, host: undefined, integration: undefined, status: undefined, limit: 100 }
  const of = (failedOnly: boolean) => listExchanges(app.db, 'allOrganizations', executionId, { ...filter, failedOnly })
  return { all: await of(false), failed: await of(true) }
}

test('what a runner says of its step spoils none of the lines that are written with its own', async () => {
  const writer = new ExchangeWriter(app.db, testLogger)
  writer.add(lineOf({ ...exchange, stepKey: 'a\u0000b\ud800' }, admitted()), 'one')
  writer.add(lineOf({ ...exchange, path: '/innocent' }, admitted()), 'two')
  const { exchange: _, runner: __, outcome: ___, retryAfter: ____, stepKey: _____, ...measured } = exchange
  const token = { ...measured, scheme: 'https', host: 'login.example', status: 200, failure: null }
  const needed = { executionId, number: 1, integration: 'halo', withoutSecrets: <T>(value: T) => value }
  writer.add(tokenLineOf({ ...token, path: '/token' }, { ...needed, stepKey: '\u0000' }))
  await writer.close()
  const { all } = await listed()
  assert.deepEqual(
    all.map(({ path, purpose, step_key, integration }) => [path, purpose, step_key, integration]),
    [
      ['/users', 'call', 'a\ufffdb\ufffd', 'halo'],
      ['/innocent', 'call', null, 'halo'],
      ['/token', 'token', '\ufffd', 'halo'],
    ],
  )
})

test('that a call failed is kept whether its line is written already or waits, for its own execution alone', async () => {
  const writer = new ExchangeWriter(app.db, testLogger)
  writer.add(lineOf({ ...exchange, path: '/waits' }, admitted()), 'waits')
  writer.fail('waits', executionId, 'invalid_response')
  writer.add(lineOf({ ...exchange, path: '/written' }, admitted()), 'written')
  writer.add(lineOf({ ...exchange, path: '/foreign' }, admitted()), 'foreign')
  await until('they are written', async () => (await listed()).all.some(({ path }) => path === '/foreign'))
  writer.fail('written', executionId, 'incomplete')
  writer.fail('foreign', '01990000-0000-7000-8000-000000000000', 'incomplete')
  await writer.close()
  assert.deepEqual(
    (await listed()).failed.map(({ path, failure_kind }) => [path, failure_kind]),
    [
      ['/waits', 'invalid_response'],
      ['/written', 'incomplete'],
    ],
  )
})
