import type { JsonObject, JsonValue } from '@crosswalk/sdk'
import { answer, type VendorAnswer, type VendorRequest } from '@crosswalk/sdk/testing'
import type { Roster } from '../kit/roster.ts'
import {
  closedStatusId,
  detailedTicket,
  firstTickets,
  type HaloClientRecord,
  type HaloTicketRecord,
  listedTicket,
  ownId,
} from './halo-records.ts'
import { badRequest, notFound } from './halo-refusals.ts'

const firstMadeId = 5_000_001

/** The tickets of one HaloPSA: those of the customers, and those that were opened since. */
export type HaloTickets = {
  /** Every ticket of a client that fits the query, in the order of ids. */
  list(request: VendorRequest, clientId: number | undefined): JsonObject[]
  find(id: number): HaloTicketRecord | undefined
  one(id: number): JsonObject | VendorAnswer
  /** `POST /api/Tickets`: an array; an entry with an id changes that ticket. */
  save(body: JsonValue | undefined): VendorAnswer
  /** `POST /api/Actions`: an array of notes. */
  act(body: JsonValue | undefined): VendorAnswer
}

export function createHaloTickets(clients: Roster<HaloClientRecord>, { seed, now }: { seed: number; now: () => Date }): HaloTickets {
  const startedAt = now()
  const changed = new Map<number, HaloTicketRecord>()
  let [nextId, nextActionId] = [firstMadeId, 1]
  const first = (client: HaloClientRecord) => firstTickets(client, seed, startedAt)
  const ofClient = (client: HaloClientRecord) => first(client).map((ticket) => changed.get(ticket.id) ?? ticket)
  const nameOf = (ticket: HaloTicketRecord) => clients.find(ticket.clientId)?.name ?? ''
  const detailed = (ticket: HaloTicketRecord) => detailedTicket(ticket, clients.find(ticket.clientId), seed)
  const find = (id: number) => {
    if (changed.has(id)) return changed.get(id)
    const client = clients.find(Math.floor(id / 100))
    return client && first(client).find((ticket) => ticket.id === id)
  }

  function saveOne(entry: JsonObject): VendorAnswer {
    const before = typeof entry.id === 'number' ? find(entry.id) : undefined
    if (typeof entry.id === 'number' && entry.id > 0 && !before) return notFound(`Ticket ${entry.id}`)
    const clientId = numberOr(entry.client_id, before?.clientId ?? 0)
    if (!clients.find(clientId)) return badRequest('Please select a valid client.')
    if (typeof (entry.summary ?? before?.summary) !== 'string') return badRequest('Summary is a mandatory field.')
    if (typeof entry.user_id === 'number' && typeof entry.site_id !== 'number' && !before)
      return badRequest('A site must be given with the user.')
    const saved: HaloTicketRecord = {
      id: before?.id ?? nextId++,
      clientId,
      siteId: numberOr(entry.site_id, before?.siteId ?? ownId(clientId, 1)),
      userId: numberOr(entry.user_id, before?.userId ?? ownId(clientId, 99)),
      assetIds: Array.isArray(entry.assets) ? entry.assets.map((asset) => Number((asset as JsonObject).id)) : (before?.assetIds ?? []),
      summary: textOr(entry.summary, before?.summary ?? ''),
      details: textOr(entry.details ?? entry.details_html, before?.details ?? ''),
      statusId: numberOr(entry.status_id, before?.statusId ?? 1),
      ticketTypeId: numberOr(entry.tickettype_id, before?.ticketTypeId ?? 1),
      priorityId: numberOr(entry.priority_id, before?.priorityId ?? 3),
      source: numberOr(entry.source, before?.source ?? 2),
      agentId: numberOr(entry.agent_id, before?.agentId ?? 3),
      occurredAt: before?.occurredAt ?? now(),
      notes: before?.notes ?? [],
    }
    changed.set(saved.id, saved)
    return answer(201, detailed(saved))
  }

  function actOne(entry: JsonObject): VendorAnswer {
    const ticket = find(numberOr(entry.ticket_id, 0))
    if (!ticket) return notFound(`Ticket ${entry.ticket_id}`)
    if (typeof entry.outcome_id !== 'number' && typeof entry.outcome !== 'string')
      return badRequest('An Outcome must be entered for this Action.')
    const note = {
      id: nextActionId++,
      note: textOr(entry.note ?? entry.note_html, ''),
      outcomeId: numberOr(entry.outcome_id, 7),
      isHidden: entry.hiddenfromuser === true,
      at: now(),
    }
    const statusId = numberOr(entry.new_status, ticket.statusId)
    changed.set(ticket.id, { ...ticket, statusId, notes: [...ticket.notes, note] })
    return answer(201, { id: note.id, ticket_id: ticket.id, outcome_id: note.outcomeId, note: note.note, hiddenfromuser: note.isHidden })
  }

  return {
    find,
    one(id) {
      const ticket = find(id)
      return ticket ? detailed(ticket) : notFound(`Ticket ${id}`)
    },
    list({ query }, clientId) {
      const found = clientId === undefined ? [] : [clients.find(clientId)].filter((client) => client !== undefined)
      const asked = clientId === undefined ? clients.list() : found
      const all = asked.flatMap(ofClient)
      for (const ticket of changed.values())
        if (ticket.id >= firstMadeId && asked.some(({ id }) => id === ticket.clientId)) all.push(ticket)
      const search = query.get('search_summary')?.toLowerCase()
      return all
        .filter(({ statusId }) => (statusId === closedStatusId ? query.get('open_only') !== 'true' : query.get('closed_only') !== 'true'))
        .filter(({ summary }) => !search || summary.toLowerCase().includes(search))
        .sort((a, b) => a.id - b.id)
        .map((ticket) => listedTicket(ticket, nameOf(ticket)))
    },
    save: (body) => ofArray(body, saveOne),
    act: (body) => ofArray(body, actOne),
  }
}

/** An array of one gives its object; more give the last. What is no array is refused. */
function ofArray(body: JsonValue | undefined, each: (entry: JsonObject) => VendorAnswer): VendorAnswer {
  if (!Array.isArray(body) || body.length === 0) return badRequest('The request body must be an array.')
  let last: VendorAnswer | undefined
  for (const entry of body) last = each(entry as JsonObject)
  return last ?? badRequest('The request body must be an array.')
}

function numberOr(value: JsonValue | undefined, other: number): number {
  return typeof value === 'number' ? value : other
}

function textOr(value: JsonValue | undefined, other: string): string {
  return typeof value === 'string' ? value : other
}
