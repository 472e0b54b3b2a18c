import { BaseIntegration, type ExternalOrganization, type MatchFields, type OrganizationMapping, type TestResult } from '@crosswalk/sdk'
import { z } from 'zod'
import { failedTest, type Guidance, refusedTest, succeededTest } from '../connection-tests.ts'
import { wholeIdOf } from '../whole-ids.ts'
import { type HaloClientDetails, listedClient, otherIdsOf } from './halo-answers.ts'
import { HaloClient } from './halo-client.ts'
import { HaloConnection } from './halo-connection.ts'
import { detailsOf } from './halo-details.ts'
import { type KnownTenants, tenantsByClient } from './halo-tenants.ts'

type HaloMappingData = z.infer<typeof HaloPsa.mappingData>

const guidance: Guidance = {
  credentials:
    'HaloPSA does not accept the client id and secret. Compare them with Configuration › Integrations › HaloPSA API, and see that the application is active and uses the method "Client ID and Secret".',
  permission: 'The API application may not read clients. Give its agent the permission to read customers in HaloPSA.',
  not_found:
    'HaloPSA knows no client with this id, or the agent of the API application may not see it. Choose the client from the list again.',
  invalid_response:
    'This is not the address of a HaloPSA. It is the one in the browser, such as https://yourname.halopsa.com, without /api.',
  unavailable: 'HaloPSA could not be reached. Check the address, and whether HaloPSA works in a browser.',
}

/** What HaloPSA calls closed, and an internal note, unless an instance was set up otherwise. */
const usualClosedStatusId = 9
const usualNoteOutcomeId = 7

/** HaloPSA: clients, sites, users, assets, tickets. */
export class HaloPsa extends BaseIntegration<HaloClient, HaloMappingData> {
  static integrationName = 'halopsa'
  static displayName = 'HaloPSA'
  static description = 'Clients, sites, users, assets and tickets of HaloPSA.'
  static hosts = ['*.halopsa.com', '*.haloitsm.com', '*.haloservicedesk.com']
  static credentials = 'named' as const
  // With their details, 2,880 clients are within HaloPSA's limits in this time.
  static timeoutsMs = { discovery: 60 * 60_000 }
  static mappingData = z.object({
    base_url: z.url().optional().describe('Address of HaloPSA for this organization, where it differs from the usual one'),
  })
  static secrets = { halopsa_client_secret: { label: 'Client secret', required: true } }
  static config = {
    halopsa_client_id: {
      label: 'Client ID',
      required: true,
      description: 'Of the API application, from Configuration › Integrations › HaloPSA API',
    },
    halopsa_base_url: { label: 'Address', required: true, description: 'Such as https://yourname.halopsa.com' },
    halopsa_include_inactive: { label: 'List inactive clients too', description: 'true or false; false unless set' },
    halopsa_read_details: {
      label: 'Read the details of each client',
      description:
        'true or false; false unless set. Finds domains and ids in NinjaOne, and takes a request for each client: 240 in five minutes',
    },
    halopsa_closed_status_id: { label: 'Id of the status Closed', description: `${usualClosedStatusId} unless set` },
    halopsa_note_outcome_id: { label: 'Id of the action for notes', description: `${usualNoteOutcomeId}, the internal note, unless set` },
    halopsa_ticket_source_id: {
      label: 'Id of the source of new tickets',
      description: "So that people see where a ticket came from; HaloPSA's own default unless set",
    },
  }

  supportsOrgMapping() {
    return true
  }

  async *listOrganizations(): AsyncGenerator<ExternalOrganization[], void, undefined> {
    const connection = new HaloConnection(this.context, undefined)
    const query = { includeinactive: await this.context.getConfig('halopsa_include_inactive', false) }
    const readsDetails = await this.context.getConfig('halopsa_read_details', false)
    // Asked beside the first page.
    const asking = tenantsByClient(this.context, connection)
    asking.catch(() => {}) // a failure is met below
    for await (const page of connection.pages('/api/Client', { items: 'clients', schema: listedClient, query })) {
      const ids = readsDetails ? page.map(({ id }) => id) : []
      const details = await detailsOf(connection, ids)
      const tenants = await asking
      yield page.map((client) => ({
        id: client.id,
        name: client.name,
        metadata: metadataOf(client),
        match: matchOf(client, tenants.get(client.id), details.get(client.id)),
      }))
    }
  }

  async getClient({ externalOrgId, mappingData }: OrganizationMapping<HaloMappingData>): Promise<HaloClient> {
    const clientId = wholeIdOf(externalOrgId, 'The client')
    const settings = {
      closedStatusId: await this.context.getConfig('halopsa_closed_status_id', usualClosedStatusId),
      noteOutcomeId: await this.context.getConfig('halopsa_note_outcome_id', usualNoteOutcomeId),
      sourceId: await this.context.getConfig('halopsa_ticket_source_id', 0),
    }
    const connection = new HaloConnection(this.context, mappingData.base_url)
    return new HaloClient(connection, clientId, settings, this.context.workflowName)
  }

  async testConnection(mapping: OrganizationMapping<HaloMappingData>): Promise<TestResult> {
    const { externalOrgId } = mapping
    const startedMs = performance.now()
    try {
      const { name, isInactive } = await (await this.getClient(mapping)).getClient()
      if (isInactive)
        return refusedTest(
          `${name} is inactive in HaloPSA.`,
          'inactive',
          'Make the client active in HaloPSA, or map the organization to another client.',
        )
      return succeededTest({ id: externalOrgId, name }, startedMs)
    } catch (error) {
      this.context.signal.throwIfAborted()
      return failedTest(error, guidance)
    }
  }
}

/** What people choose by. What HaloPSA does not know is left out. */
function metadataOf(client: z.output<typeof listedClient>) {
  return {
    ...(client.ref ? { ref: client.ref } : {}),
    ...(client.inactive ? { is_inactive: true } : {}),
  }
}

/** By what a client is found to be one of the MSP's organizations. */
function matchOf(
  client: z.output<typeof listedClient>,
  tenants: KnownTenants | undefined,
  details: HaloClientDetails | undefined,
): MatchFields {
  const { ids = [], domains = [] } = tenants ?? {}
  const own = client.azure_tenant_id?.toLowerCase()
  return {
    domains: [...new Set([...domains, ...(details?.domains ?? [])])],
    websites: client.website ? [client.website] : [],
    tenantIds: own === undefined || ids.includes(own) ? ids : [own, ...ids],
    otherIds: details?.otherIds ?? otherIdsOf(client),
    ...(details?.tradingName ? { formerNames: [details.tradingName] } : {}),
  }
}

declare module '@crosswalk/sdk' {
  interface IntegrationRegistry {
    halopsa: typeof HaloPsa
  }
}
