import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BudgetKey } from '../budgets/budgets.ts'
import { nothingSeen, type RequestContext } from '../engine/state/requests.ts'
import { httpRequests } from './http.durable.ts'
import { VendorCalls, type VendorCallsGiven } from './vendor-calls.ts'

/** Calls without credentials, of which the database says nothing. */
function givenCalls() {
  const [taken, released]: [BudgetKey[], number[]] = [[], []]
  const numbers: number[] = []
  const given: Pick<VendorCallsGiven, 'budgets' | 'gateway' | 'onExchange'> = {
    gateway: { ticketFor: ({ exchanges }) => exchanges.join(), voidTickets: (exchanges) => calls.unsent(exchanges) },
    budgets: {
      async take(key) {
        const number = taken.push(key)
        return { waitedMs: 0, release: () => void released.push(number) }
      },
      takeReady: (key, _limits, _organizationId, max) =>
        Array.from({ length: max }, () => {
          const number = taken.push(key)
          return { waitedMs: 0, release: () => void released.push(number) }
        }),
      answered() {},
    },
    onExchange: (_, { number }) => numbers.push(number),
  }
  const calls: VendorCalls = new VendorCalls(given as VendorCallsGiven)
  const ending = new AbortController()
  const execution = { id: 'e1', kind: 'workflow', name: 'calls', organizationId: 'acme', batchId: null, caller: { type: 'schedule' } }
  const context = { execution, seen: nothingSeen(), signal: ending.signal, restMs: () => 1_000 } as unknown as RequestContext
  const open = async (baseUrl: string) => (await calls.open(context, { baseUrl, auth: null, limits: [] })).client
  return { calls, context, ending, open, taken, released, numbers }
}

const told = {
  runner: 'r',
  method: 'GET',
  path: '/x',
  attempt: 1,
  stepKey: null,
  outcome: { status: 200 },
  retryAfter: null,
  requestBytes: 0,
  responseBytes: 0,
  startedAtMs: 0,
}

test('what an execution was let through for and never sent takes no place of others once it is over', async () => {
  const { calls, context, ending, open, released, numbers } = givenCalls()
  const request = { client: await open('https://api.example'), method: 'GET', url: 'https://api.example/x' }
  const admitted = [await calls.admit(context, request), await calls.admit(context, request)]
  calls.heard([{ ...told, exchange: admitted[1]?.exchange ?? '', firstByteMs: 1, durationMs: 1 }])
  assert.deepEqual([released, numbers], [[2], [2]])
  ending.abort()
  assert.deepEqual(released, [2, 1])
  await assert.rejects(calls.admit(context, request))
  assert.deepEqual(released, [2, 1, 3])
})

test('an execution that asks without end to be let through is remembered only so far', async () => {
  const { calls, context, open, released } = givenCalls()
  const request = { client: await open('https://api.example'), method: 'GET', url: 'https://api.example/x' }
  for (let time = 0; time < 5_003; time++) await calls.admit(context, request)
  assert.deepEqual(released, [1, 2, 3])
})

test('what was let through ahead is given up where its vendor asks for a pause, and nothing of another vendor', async () => {
  const { calls, context, open, released } = givenCalls()
  const [halo, ninja] = [await open('https://halo.example'), await open('https://ninja.example')]
  const first = (await calls.admitAhead(context, { client: halo, count: 3 }))?.exchanges[0]
  await calls.admitAhead(context, { client: ninja, count: 1 })
  const admitted = await calls.admit(context, { client: halo, method: 'GET', url: 'https://halo.example/x' })
  calls.heard([{ ...told, exchange: first ?? '', outcome: { status: 429 }, firstByteMs: 1, durationMs: 1 }])
  assert.deepEqual(released, [1, 2, 3])
  calls.heard([{ ...told, exchange: admitted.exchange, firstByteMs: 1, durationMs: 1 }])
  assert.deepEqual(released, [1, 2, 3, 5])
})

test('an execution makes so many clients, and no more', async () => {
  const { open } = givenCalls()
  for (let index = 0; index < 500; index++) await open(`https://api-${index}.example`)
  await assert.rejects(open('https://one-more.example'), /500 different clients at most/)
  assert.ok(await open('https://api-0.example'))
})

test('what fails over http: says nothing of https: at the same host', async () => {
  const { calls, context, open, taken } = givenCalls()
  for (const origin of ['https://api.example', 'http://api.example', 'https://api.example:8443'])
    await calls.admit(context, { client: await open(origin), method: 'GET', url: `${origin}/x` })
  assert.deepEqual(
    taken.map(({ host }) => host),
    ['api.example', 'api.example:80', 'api.example:8443'],
  )
})

test('without a gateway, as on Windows, opening a client is refused with what to do', async () => {
  const [open] = httpRequests(null)
  const refused = { code: 'vendor_error', message: /on Windows there is none\. Run workers on Linux or macOS/ }
  await assert.rejects(async () => open?.handle({} as RequestContext, {}), refused)
})
