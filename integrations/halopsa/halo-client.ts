import { VendorError } from '@crosswalk/sdk'
import { z } from 'zod'
import {
  agent,
  asset,
  detailedClient,
  type HaloAgent,
  type HaloAsset,
  type HaloClientDetails,
  type HaloSite,
  type HaloTicket,
  type HaloUser,
  site,
  user,
} from './halo-answers.ts'
import type { HaloConnection } from './halo-connection.ts'
import { type BilledItem, billedItems } from './halo-invoices.ts'
import { type TicketMark, ticketMark } from './halo-ticket-mark.ts'
import { HaloTickets, type LinkedUser, type TicketChanges, type TicketDraft, type TicketNote, type TicketSettings } from './halo-tickets.ts'

/** What `openOrUpdateTicket` takes. */
export type TicketSubject = Omit<TicketDraft, 'userId' | 'siteId'> & {
  /** What the ticket is about, the same every time: `backup failed/HAR-SRV-001`. One open ticket for each, workflow and client. */
  key: string
  /** The workflow whose ticket it is, where that is another than the one that runs. */
  workflow?: string
  /** Whom it concerns: found by object id first, then by mail address. Nobody is linked where nobody is found. */
  user?: { azureObjectId?: string; email?: string }
  /** What is noted when the ticket is open already. Default: the details. */
  note?: string
}

export type TicketOutcome = { ticketId: number; outcome: 'opened' | 'updated' }

/**
 * HaloPSA for one client. Its async methods are recorded as steps in workflows. What belongs to another client is not found.
 *
 * Every method throws `VendorError` (`vendor_error`) with a kind.
 */
export class HaloClient {
  readonly clientId: number
  readonly #connection: HaloConnection
  readonly #tickets: HaloTickets
  readonly #workflowName: string | undefined

  /** @param workflowName the workflow whose tickets these are, unless a subject names another */
  constructor(connection: HaloConnection, clientId: number, settings: TicketSettings, workflowName?: string) {
    this.clientId = clientId
    this.#connection = connection
    this.#workflowName = workflowName
    this.#tickets = new HaloTickets(connection, clientId, settings)
  }

  /** The client itself: the cheapest call that proves the credentials and the id. */
  async getClient(): Promise<HaloClientDetails> {
    const http = await this.#connection.http()
    const path = `/api/Client/${this.clientId}`
    const found = await http.get(path, { query: { includedetails: true }, schema: detailedClient })
    if (found.id === String(this.clientId)) return found
    throw new VendorError('not_found', `HaloPSA has no client ${this.clientId}.`, { reason: 'other_client' })
  }

  async listSites(): Promise<HaloSite[]> {
    return this.#own(await this.#connection.list('/api/Site', { items: 'sites', schema: site, query: this.#query }))
  }

  /** Active ones, unless `includeInactive` says otherwise. */
  async listUsers(options: { includeInactive?: boolean } = {}): Promise<HaloUser[]> {
    const query = { ...this.#query, includeinactive: options.includeInactive === true }
    return this.#own(await this.#connection.list('/api/Users', { items: 'users', schema: user, query }))
  }

  /** By object id of Microsoft Entra, else by mail address; null where there is none. */
  async findUser({ azureObjectId, email }: { azureObjectId?: string; email?: string }): Promise<HaloUser | null> {
    if (azureObjectId) {
      const found = await this.#userByObjectId(azureObjectId)
      if (found) return found
    }
    if (!email) return null
    const query = { ...this.#query, search: email }
    const found = await this.#connection.list('/api/Users', { items: 'users', schema: user, query })
    return this.#own(found).find((each) => each.email?.toLowerCase() === email.toLowerCase()) ?? null
  }

  async listAssets(): Promise<HaloAsset[]> {
    return this.#own(await this.#connection.list('/api/Asset', { items: 'assets', schema: asset, query: this.#query }))
  }

  /** All, or only open or closed ones. */
  async listTickets(options: { isOpen?: boolean } = {}): Promise<HaloTicket[]> {
    return await this.#tickets.list(options)
  }

  async getTicket(id: number): Promise<HaloTicket> {
    return await this.#tickets.get(id)
  }

  async createTicket(draft: TicketDraft): Promise<HaloTicket> {
    return await this.#tickets.create(draft)
  }

  async updateTicket(id: number, changes: TicketChanges): Promise<HaloTicket> {
    return await this.#tickets.update(id, changes)
  }

  async addNote(ticketId: number, note: TicketNote): Promise<void> {
    await this.#tickets.addNote(ticketId, note)
  }

  /**
   * Opens a ticket about a subject, or adds a note to the one that is open: never a second. Another workflow's ticket about a subject of the
   * same key is another ticket. The user and the assets are linked to an open one where it has none yet. Safe to repeat; of two simultaneous
   * calls that both open one, the later ticket is closed again.
   */
  async openOrUpdateTicket(subject: TicketSubject): Promise<TicketOutcome> {
    const { key: _key, workflow: _workflow, user, note: _note, ...draft } = subject
    const mark = this.#markOf(subject)
    const [open] = await this.#tickets.openOf(mark)
    if (open) {
      await this.#updateOpen(open.id, subject)
      return { ticketId: open.id, outcome: 'updated' }
    }
    const linked = await this.#linkedUser(user)
    const made = await this.#tickets.create({ ...draft, ...linked, summary: `${draft.summary} ${mark.text}` })
    const [first = made] = await this.#tickets.openOf(mark)
    if (first.id >= made.id) return { ticketId: made.id, outcome: 'opened' }
    await this.#updateOpen(first.id, subject)
    await this.#tickets.addNote(made.id, { text: `The ticket ${first.id} is about the same.` })
    await this.#tickets.close(made.id)
    return { ticketId: first.id, outcome: 'updated' }
  }

  /**
   * Closes what is open about a subject, with a note: the problem is gone. Says which tickets were closed; none is no failure. `workflow` is as
   * for opening.
   */
  async closeTicketsOf({ note, ...subject }: { key: string; workflow?: string; note: string }): Promise<number[]> {
    const open = await this.#tickets.openOf(this.#markOf(subject))
    for (const { id } of open) {
      await this.#tickets.addNote(id, { text: note })
      await this.#tickets.close(id)
    }
    return open.map(({ id }) => id)
  }

  /** What the client is billed for again and again: items of recurring invoices that are in force, each once with its quantity. */
  async listBilledItems(): Promise<BilledItem[]> {
    return await billedItems(this.#connection, this.clientId)
  }

  /** The MSP's own technicians: those of all clients. */
  async listAgents(): Promise<HaloAgent[]> {
    const http = await this.#connection.http()
    return await http.get('/api/Agent', { schema: z.array(agent) })
  }

  #markOf({ key, workflow = this.#workflowName }: { key: string; workflow?: string }): TicketMark {
    return ticketMark({ clientId: this.clientId, key, workflow })
  }

  async #updateOpen(ticketId: number, { user, assetIds = [], note, details }: TicketSubject): Promise<void> {
    if (user || assetIds.length > 0) await this.#tickets.linkWhereNone(ticketId, () => this.#linkedUser(user), assetIds)
    await this.#tickets.addNote(ticketId, { text: note ?? details })
  }

  async #linkedUser(whom: TicketSubject['user']): Promise<LinkedUser> {
    const found = whom ? await this.findUser(whom) : null
    return found?.siteId ? { userId: found.id, siteId: found.siteId } : {}
  }

  /** HaloPSA's plain search does not look at object ids, and not every instance lets this field be searched. */
  async #userByObjectId(azureObjectId: string): Promise<HaloUser | undefined> {
    const filter = JSON.stringify([{ filter_name: 'azureoid', filter_type: 2, filter_value: azureObjectId }])
    try {
      const query = { ...this.#query, advanced_search: filter }
      const found = await this.#connection.list('/api/Users', { items: 'users', schema: user, query })
      return this.#own(found).find((each) => each.azureObjectId?.toLowerCase() === azureObjectId.toLowerCase())
    } catch (error) {
      if (error instanceof VendorError && error.kind === 'invalid_request') return undefined
      throw error
    }
  }

  get #query(): { client_id: number } {
    return { client_id: this.clientId }
  }

  /** Whatever a filter does at the vendor: nothing of another client comes out. */
  #own<Item extends { clientId: number | null }>(items: Item[]): Item[] {
    return items.filter(({ clientId }) => clientId === this.clientId)
  }
}
