import { VendorError } from '@crosswalk/sdk'
import { z } from 'zod'
import { type HaloTicket, ticket } from './halo-answers.ts'
import type { HaloConnection } from './halo-connection.ts'
import type { TicketMark } from './halo-ticket-mark.ts'

/** A ticket to be. `userId` needs `siteId` beside it. */
export type TicketDraft = {
  summary: string
  details: string
  userId?: number
  siteId?: number
  assetIds?: readonly number[]
  ticketTypeId?: number
  priorityId?: number
  agentId?: number
  /** A request source of HaloPSA, so that people see where it came from. Default: that of the settings. */
  source?: number
}

/** What may change of a ticket. */
export type TicketChanges = Partial<TicketDraft> & { statusId?: number }

export type TicketNote = { text: string /** Default: only agents see it. */; isVisibleToUser?: boolean }

/** What HaloPSA's own numbers are, where an instance has others than the usual. */
export type TicketSettings = { closedStatusId: number; noteOutcomeId: number /** 0: HaloPSA's own default. */; sourceId: number }

/** A user with the site, which goes with every user; empty where there is none. */
export type LinkedUser = { userId?: number; siteId?: number }

/** Whom HaloPSA itself writes on a ticket without a user. */
const nobody = 'general user'

/** The tickets of one client, and of no other. */
export class HaloTickets {
  readonly #connection: HaloConnection
  readonly #clientId: number
  readonly #settings: TicketSettings

  constructor(connection: HaloConnection, clientId: number, settings: TicketSettings) {
    this.#connection = connection
    this.#clientId = clientId
    this.#settings = settings
  }

  async list(options: { isOpen?: boolean; summary?: string } = {}): Promise<HaloTicket[]> {
    const query = {
      client_id: this.#clientId,
      open_only: options.isOpen === true ? true : undefined,
      closed_only: options.isOpen === false ? true : undefined,
      search_summary: options.summary,
    }
    const listed = await this.#connection.list('/api/Tickets', { items: 'tickets', schema: ticket, query })
    return listed.filter(({ clientId }) => clientId === this.#clientId)
  }

  /** @throws VendorError not_found, also for a ticket of another client */
  async get(id: number): Promise<HaloTicket> {
    const http = await this.#connection.http()
    const found = await http.get(`/api/Tickets/${id}`, { query: { includedetails: true }, schema: ticket })
    if (found.id === id && found.clientId === this.#clientId) return found
    throw new VendorError('not_found', `The client ${this.#clientId} has no ticket ${id} in HaloPSA.`, {
      reason: 'ticket_of_another_client',
    })
  }

  async create(draft: TicketDraft): Promise<HaloTicket> {
    const { sourceId } = this.#settings
    return await this.#save({ ...(sourceId === 0 ? {} : { source: sourceId }), ...fieldsOf(draft), client_id: this.#clientId })
  }

  async update(id: number, changes: TicketChanges): Promise<HaloTicket> {
    await this.get(id)
    return await this.#save({ id, ...fieldsOf(changes) })
  }

  async addNote(id: number, note: TicketNote): Promise<void> {
    await this.get(id)
    await this.#note(id, note)
  }

  /**
   * Links a user and assets where the ticket has none: what a person has set stays. The user is looked for only then. Where HaloPSA does not say
   * what the ticket has, nothing is linked.
   */
  async linkWhereNone(id: number, findUser: () => Promise<LinkedUser>, assetIds: readonly number[]): Promise<void> {
    const { userId, userName, hasAssets } = await this.get(id)
    const hasUser = userId !== null && userName?.toLowerCase() !== nobody
    const links: TicketChanges = {
      ...(hasUser ? {} : await findUser()),
      ...(hasAssets === false && assetIds.length > 0 ? { assetIds } : {}),
    }
    if (Object.keys(links).length > 0) await this.#save({ id, ...fieldsOf(links) })
  }

  async close(id: number): Promise<void> {
    await this.#save({ id, status_id: this.#settings.closedStatusId })
  }

  /** The open tickets of a subject, the oldest first. HaloPSA's own search may find others too: what does not have the mark is none. */
  async openOf(mark: TicketMark): Promise<HaloTicket[]> {
    const found = await this.list({ isOpen: true, summary: mark.searched })
    return found.filter(({ summary, isClosed }) => mark.isIn(summary) && isClosed !== true).sort((a, b) => a.id - b.id)
  }

  async #note(id: number, { text, isVisibleToUser = false }: TicketNote): Promise<void> {
    const action = { ticket_id: id, outcome_id: this.#settings.noteOutcomeId, note: text, hiddenfromuser: !isVisibleToUser }
    const http = await this.#connection.http()
    await http.post('/api/Actions', { json: [action] })
  }

  async #save(fields: object): Promise<HaloTicket> {
    const http = await this.#connection.http()
    // One entry gives its object; some versions give a list of it.
    const saved = z.union([ticket, z.tuple([ticket]).transform(([only]) => only)])
    return await http.post('/api/Tickets', { json: [fields], schema: saved })
  }
}

function fieldsOf(draft: TicketChanges): object {
  return {
    ...set('summary', draft.summary),
    ...set('details', draft.details),
    ...set('user_id', draft.userId),
    ...set('site_id', draft.siteId),
    ...set(
      'assets',
      draft.assetIds?.map((id) => ({ id })),
    ),
    ...set('tickettype_id', draft.ticketTypeId),
    ...set('priority_id', draft.priorityId),
    ...set('agent_id', draft.agentId),
    ...set('source', draft.source),
    ...set('status_id', draft.statusId),
  }
}

function set(name: string, value: unknown): object {
  return value === undefined ? {} : { [name]: value }
}
