import { type HttpClient, VendorError } from '@crosswalk/sdk'
import { z } from 'zod'
import { agent, type HuntressAgent, type HuntressIncident, incidentReport, organization } from './answers.ts'

/** Pages in an order that does not change: the vendor's default is ten a page, the newest first. */
export function listRules(items: string) {
  return {
    query: { sort_field: 'id', sort_direction: 'asc' },
    items,
    next: { cursor: 'page_token', from: 'pagination.next_page_token', size: ['limit', 500] },
  } as const
}

/** Huntress for one organization, and no other. Every method is a step and only reads. */
export class HuntressClient {
  readonly organizationId: string
  // Private, so that a client in a log line shows nothing of it.
  readonly #http: HttpClient

  constructor(http: HttpClient, organizationId: string) {
    this.organizationId = organizationId
    this.#http = http
  }

  /** @throws VendorError not_found also where the key may not see it */
  async getOrganization() {
    const answer = z.object({ organization })
    const found = (await this.#http.get(`/organizations/${encodeURIComponent(this.organizationId)}`, { schema: answer })).organization
    if (found.id === this.organizationId) return found
    throw new VendorError('not_found', `Huntress has no organization ${this.organizationId}.`, { reason: 'other_organization' })
  }

  async listAgents(): Promise<HuntressAgent[]> {
    return await this.#list('agents', agent)
  }

  /** All, or those of one status: `sent` is what still needs someone. */
  async listIncidentReports({ status }: { status?: 'sent' | 'closed' | 'dismissed' } = {}): Promise<HuntressIncident[]> {
    return await this.#list('incident_reports', incidentReport, status === undefined ? {} : { status })
  }

  /** Whatever the filter does at the vendor: nothing of another organization comes out. */
  async #list<Item extends { organizationId: string | null }>(
    name: string,
    schema: z.ZodType<Item>,
    filter: Record<string, string> = {},
  ): Promise<Item[]> {
    const { query, ...rules } = listRules(name)
    const all: Item[] = []
    const options = { ...rules, query: { ...query, ...filter, organization_id: this.organizationId }, schema }
    for await (const page of this.#http.pages(`/${name}`, options)) all.push(...page)
    return all.filter(({ organizationId }) => organizationId === this.organizationId)
  }
}
