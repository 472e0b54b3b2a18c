import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto'
import { refuseTicket } from './refusals.ts'

/** What the worker has its gateway put into one request: what names the caller to the vendor. Author code carries it and cannot read it. */
export type Ticket = {
  /** Names the exchange that it is for. Of a series, each is for one request, which names its place in the list. */
  exchanges: string[]
  /** Who may use it: the pass that comes with it must be this execution's. A pass is of one runner, so the ticket is too. */
  executionId: string
  /** Where it may go, such as `https://api.example.com`. */
  origins: string[]
  /**
   * The one request that was admitted there, as `requestDigest` has it: a ticket to read is none to delete. Null for any GET, of those that
   * are given ahead.
   */
  request: string | null
  /** Name and value each; they take the place of what the code set under the same names. */
  headers: [string, string][]
  query: [string, string][]
  expiresAtMs: number
  /** Given before there was a request for it. It is good for a moment, and who finds it void asks for another. */
  isAhead?: true
  /** Others wait for the end of its exchange, which is told at once. */
  isPrompt?: true
}

/** What a ticket is shown with. */
export type TicketUse = { executionId: string | undefined; origin: string; method: string; path: string; nowMs: number }

/** Names a request by its method, and by its path with its query. Its body is not looked at: it may be a stream. */
export function requestDigest(method: string, path: string): string {
  return hash('sha256', `${method.toUpperCase()} ${path}`, 'base64url')
}

/** No ticket is good for longer. */
export const maxTicketMs = 60_000

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
const purpose = Buffer.from('crosswalk ticket')
const maxTicketChars = 128 * 1024
/** Tickets that one execution used and that are not expired. More are the work of code that fills memory, and no other execution's matter. */
const maxUsedOfExecution = 50_000

/** Opened ones of series, since their other requests are about to come. */
const maxKept = 200

export const newTicketKey = (): Buffer => randomBytes(keyBytes)

/** How the exchanges of a series are called: each request carries its ticket, which need not name them all. */
export const exchangesOf = (series: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${series}.${index}`)

/** What is sealed: of a series that `exchangesOf` named, its name and how many they are. */
type Sealed = Omit<Ticket, 'exchanges'> & { exchanges: string[] | { series: string; count: number } }

function toSealed(ticket: Ticket): Sealed {
  const { exchanges } = ticket
  const [series] = /^.*(?=\.0$)/.exec(exchanges[0] ?? '') ?? []
  const isSeries = series !== undefined && exchanges.every((exchange, index) => exchange === `${series}.${index}`)
  return isSeries ? { ...ticket, exchanges: { series, count: exchanges.length } } : ticket
}

function fromSealed({ exchanges, ...ticket }: Sealed): Ticket {
  return { ...ticket, exchanges: Array.isArray(exchanges) ? exchanges : exchangesOf(exchanges.series, exchanges.count) }
}

/** A ticket as text that only the holder of the key can make or read. */
export function sealTicket(key: Buffer, ticket: Ticket): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(purpose)
  const sealed = Buffer.concat([cipher.update(JSON.stringify(toSealed(ticket))), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** What a request shows of a series of tickets: which one of it is used. */
export const ofSeries = (ticket: string, index: number): string => `${ticket}.${index}`

/** A ticket for one request. */
export type OpenedTicket = Ticket & { exchange: string }

function openTicket(key: Buffer, text: unknown): Ticket | undefined {
  if (typeof text !== 'string' || text.length > maxTicketChars) return undefined
  const sealed = Buffer.from(text, 'base64url')
  if (sealed.length <= nonceBytes + tagBytes) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(purpose).setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
  try {
    const plain = Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()])
    return fromSealed(JSON.parse(plain.toString()) as Sealed) // sealed by our own worker
  } catch {
    return undefined
  }
}

/** The gateway's side: opens tickets, each once. */
export class Tickets {
  readonly #key: Buffer
  /** Exchanges whose ticket was used. The first to expire stands about first. */
  readonly #used = new Map<string, { executionId: string; expiresAtMs: number }>()
  /** How many of them are of an execution. */
  readonly #counts = new Map<string, number>()

  readonly #maxUsed: number
  readonly #kept = new Map<string, Ticket>()

  constructor(key: Buffer, maxUsed = maxUsedOfExecution) {
    this.#key = key
    this.#maxUsed = maxUsed
  }

  /** @throws EgressRefusal where the ticket is not good for this */
  use(text: unknown, { executionId, origin, method, path, nowMs }: TicketUse): OpenedTicket {
    const ticket = this.#open(text)
    if (!ticket) throw refuseTicket(origin, 'ticket_invalid')
    if (ticket.executionId !== executionId) throw refuseTicket(origin, 'ticket_of_other_execution')
    if (!ticket.origins.includes(origin)) throw refuseTicket(origin, 'ticket_of_other_host')
    const isMeant = ticket.request === null ? method === 'GET' : ticket.request === requestDigest(method, path)
    if (!isMeant) throw refuseTicket(origin, 'ticket_of_other_request')
    if (ticket.expiresAtMs <= nowMs) throw refuseTicket(origin, ticket.isAhead ? 'ticket_late' : 'ticket_expired')
    this.#forget(nowMs)
    const before = this.#used.get(ticket.exchange)
    if (before?.executionId === '') throw refuseTicket(origin, ticket.isAhead ? 'ticket_late' : 'ticket_given_up')
    if (before) throw refuseTicket(origin, 'ticket_used')
    const count = this.#counts.get(ticket.executionId) ?? 0
    if (count >= this.#maxUsed) throw refuseTicket(origin, 'too_many_tickets')
    this.#counts.set(ticket.executionId, count + 1)
    this.#used.set(ticket.exchange, { executionId: ticket.executionId, expiresAtMs: ticket.expiresAtMs })
    return ticket
  }

  /**
   * Makes tickets worthless that were not used.
   *
   * @param untilMs when they have expired at the latest
   * @returns their exchanges; the others are made, or were
   */
  void(exchanges: readonly string[], untilMs: number): string[] {
    const unused = exchanges.filter((exchange) => !this.#used.has(exchange))
    // They count for no execution: they were never used.
    for (const exchange of unused) this.#used.set(exchange, { executionId: '', expiresAtMs: untilMs })
    return unused
  }

  #open(text: unknown): OpenedTicket | undefined {
    if (typeof text !== 'string') return undefined
    const [sealed = '', index = '0'] = text.split('.', 2)
    const known = this.#kept.get(sealed)
    const ticket = known ?? openTicket(this.#key, sealed)
    const exchange = /^\d{1,3}$/.test(index) ? ticket?.exchanges[Number(index)] : undefined
    if (!ticket || exchange === undefined) return undefined
    if (!known && ticket.exchanges.length > 1) {
      const [oldest] = this.#kept.keys()
      if (oldest !== undefined && this.#kept.size >= maxKept) this.#kept.delete(oldest)
      this.#kept.set(sealed, ticket)
    }
    return { ...ticket, exchange }
  }

  #forget(nowMs: number): void {
    for (const [sealed, { expiresAtMs }] of this.#kept) {
      if (expiresAtMs > nowMs) break
      this.#kept.delete(sealed)
    }
    for (const [exchange, { executionId, expiresAtMs }] of this.#used) {
      if (expiresAtMs > nowMs) return
      this.#used.delete(exchange)
      const count = (this.#counts.get(executionId) ?? 0) - 1
      if (count > 0) this.#counts.set(executionId, count)
      else this.#counts.delete(executionId)
    }
  }
}

type Sent = { path: string; headers: string[] }

/**
 * A request's path and headers with what its ticket brings, in place of what the code set under the same names. The host is the one that
 * was judged: behind many addresses are the servers of many, and by another name the credentials would be another one's.
 */
export function withTicket({ path, headers }: Sent, ticket: Ticket): Sent {
  const named = new Set(['host', ...ticket.headers.map(([name]) => name.toLowerCase())])
  const kept: string[] = []
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string
    if (!named.has(name.toLowerCase())) kept.push(name, headers[index + 1] as string)
  }
  return { path: withQuery(path, ticket.query), headers: [...kept, ...ticket.headers.flat()] }
}

/** What the code wrote stays as it is, byte by byte. */
function withQuery(path: string, query: Ticket['query']): string {
  if (query.length === 0) return path
  const start = path.indexOf('?')
  const parts = start === -1 ? [] : path.slice(start + 1).split('&')
  const names = new Set(query.map(([name]) => name))
  const kept = parts.filter((part) => part !== '' && !names.has(queryNameOf(part)))
  const added = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return `${start === -1 ? path : path.slice(0, start)}?${[...kept, ...added].join('&')}`
}

function queryNameOf(part: string): string {
  const [[name] = ['']] = new URLSearchParams(part)
  return name
}
