import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newTicketKey, requestDigest, sealTicket, type Ticket, Tickets, withTicket } from './tickets.ts'

const ticketKey = newTicketKey()
const origin = 'https://vendor.example'
const ticket = (given: Partial<Ticket> = {}): Ticket => ({
  exchanges: [crypto.randomUUID()],
  executionId: 'execution-1',
  origins: [origin],
  request: requestDigest('GET', '/headers'),
  headers: [['Authorization', 'Bearer hush']],
  query: [],
  expiresAtMs: Date.now() + 60_000,
  ...given,
})

test('a ticket that is given up is refused, and one that was used is told as such', () => {
  const tickets = new Tickets(ticketKey)
  const [used, unused] = [ticket(), ticket()]
  const use = { executionId: 'execution-1', origin, method: 'GET', path: '/headers', nowMs: Date.now() }
  tickets.use(sealTicket(ticketKey, used), use)
  assert.deepEqual(tickets.void([...used.exchanges, ...unused.exchanges], Date.now() + 60_000), unused.exchanges)
  assert.throws(() => tickets.use(sealTicket(ticketKey, unused), use), /ticket/)
})

test('an execution that uses tickets without end is held up, and no other one', () => {
  const tickets = new Tickets(ticketKey, 3)
  const use = (executionId: string, nowMs = 0) =>
    tickets.use(sealTicket(ticketKey, ticket({ executionId, expiresAtMs: 60_000 + nowMs })), {
      ...{ executionId, origin, nowMs },
      ...{ method: 'get', path: '/headers' },
    })
  for (let time = 0; time < 3; time++) use('execution-1')
  assert.throws(() => use('execution-1'), /too many requests within a minute/)
  assert.ok(use('execution-2'))
  assert.ok(use('execution-1', 61_000))
})

test('what the code wrote in its query stays as it is', () => {
  const given = { path: '/a?b=%7E&c=+&d', headers: [] }
  assert.deepEqual(withTicket(given, ticket({ query: [], headers: [] })), given)
  assert.equal(withTicket(given, ticket({ query: [['t', '1']] })).path, '/a?b=%7E&c=+&d&t=1')
  assert.equal(withTicket({ path: '/a', headers: [] }, ticket({ query: [['t', '1']] })).path, '/a?t=1')
})
