import { type Server, Socket } from 'node:net'
import { parseEgressRule } from '../../platform/egress-rules.ts'
import { giveBackWhenIdle } from '../../platform/idle-memory.ts'
import { readProxies } from '../../platform/outside-proxy.ts'
import { ExchangeReports } from '../messages/exchanges.ts'
import type { FromGateway, Refused, ToGateway } from '../messages/messages.ts'
import { type Pass, passReader } from '../messages/passes.ts'
import type { EgressRefusal } from '../messages/refusals.ts'
import { maxTicketMs, Tickets } from '../messages/tickets.ts'
import { failureOf } from '../messages/told.ts'
import { HeldBytes } from './held-bytes.ts'
import { LookUpTurns } from './look-up-turns.ts'
import { addressesOf, type Rules } from './outside.ts'
import { OwnMeter, OwnRequests } from './own-requests.ts'
import { RefusalReports } from './refusal-reports.ts'
import { serveRunner } from './runner-connection.ts'
import { Descriptors } from './sockets.ts'

// The process through which alone author code reaches the outside. It is started by a worker with an environment of nothing that is
// secret, and knows no key of the platform and no database: only which runner may reach what, and what tickets bring it for one request.

giveBackWhenIdle()
const descriptors = new Descriptors()
const held = new HeldBytes()
const turns = new LookUpTurns(addressesOf)
const lookUp: Rules['lookUp'] = (host, family, owner) => turns.lookUp(host, family, owner)
/** Of the operator. The worker has read them, too, and refuses to start where one cannot be used. */
const read = readProxies(process.env)
const proxies = 'problem' in read ? undefined : read
let rules: Rules = { allow: [], ownPorts: [], proxies, lookUp }
let passKey = Buffer.alloc(0)
let tickets = new Tickets(passKey)
let recordsBodies = false
let ownRequests = new OwnRequests(rules, descriptors)

const tell = (message: FromGateway): void => void process.send?.(message, () => {})
const reports = new RefusalReports((refused: Refused) => tell({ type: 'refused', ...refused }))
const exchanges = new ExchangeReports((gathered) => tell({ type: 'exchanges', exchanges: gathered }))

function start(message: Extract<ToGateway, { type: 'start' }>): void {
  passKey = Buffer.from(message.passKey, 'base64')
  rules = { allow: message.allow.flatMap((entry) => parseEgressRule(entry) ?? []), ownPorts: message.ownPorts, proxies, lookUp }
  tickets = new Tickets(Buffer.from(message.ticketKey, 'base64'))
  recordsBodies = message.recordsBodies
  ownRequests = new OwnRequests(rules, descriptors)
}

/** A request of the worker itself. */
function fetchOwn({ number, ...request }: Extract<ToGateway, { type: 'fetch' }>): void {
  const meter = new OwnMeter()
  ownRequests.make(request, meter).then(
    (ok) => tell({ type: 'fetched', number, told: { ok }, seen: meter.seen() }),
    (error) => tell({ type: 'fetched', number, told: { failure: failureOf(error) }, seen: meter.seen() }),
  )
}

function voidTickets(exchanges: string[]): void {
  const unsent = tickets.void(exchanges, Date.now() + maxTicketMs)
  if (unsent.length > 0) tell({ type: 'unsent', exchanges: unsent })
}

function bind(message: Extract<ToGateway, { type: 'bind' }>, handle: Server): void {
  const { runner, organizationId } = message
  const readPass = passReader(passKey, runner)
  const onRefused = (refusal: EgressRefusal, pass: Pass | undefined) => reports.add(runner, refusal, pass)
  serveRunner({
    runner,
    // Sent as a bare handle, which the types take for a server's.
    socket: new Socket({ handle } as unknown as ConstructorParameters<typeof Socket>[0]),
    rules,
    descriptors,
    held,
    hosts: message.hosts,
    readPass(text) {
      const pass = readPass(text)
      return pass && (organizationId === undefined || pass.organizationId === organizationId) ? pass : undefined
    },
    tickets,
    recordsBodies,
    onExchange: (exchange, isPrompt) => exchanges.add(exchange, isPrompt),
    onRefused,
    onEnd: () => reports.end(runner),
    onCutOff: (reason) => tell({ type: 'cut_off', runner, reason }),
  })
  tell({ type: 'bound', runner })
}

process.on('message', (message: ToGateway, handle) => {
  if (message.type === 'start') start(message)
  // In place: runners that are bound hold these rules.
  else if (message.type === 'own_ports') rules.ownPorts = message.ownPorts
  else if (message.type === 'bind') bind(message, handle as Server)
  else if (message.type === 'fetch') fetchOwn(message)
  else if (message.type === 'void') voidTickets(message.exchanges)
  else tell({ type: 'pong', number: message.number })
})
// Without its worker it has nobody to serve.
process.on('disconnect', () => process.exit(0))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
