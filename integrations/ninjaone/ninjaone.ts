import { BaseIntegration, type ExternalOrganization, type HttpClient, type OrganizationMapping, type TestResult } from '@crosswalk/sdk'
import { z } from 'zod'
import { failedTest, type Guidance, succeededTest } from '../connection-tests.ts'
import { wholeIdOf } from '../whole-ids.ts'
import { organization } from './ninja-answers.ts'
import { afterLastId, lastIdOf, NinjaClient } from './ninja-client.ts'

const defaultBaseUrl = 'https://app.ninjarmm.com'

const guidance: Guidance = {
  credentials:
    'NinjaOne does not accept the client id and secret. Compare them with Administration › Apps › API, and see that the address is that of your region: a client app of one region is unknown in another.',
  permission: 'The client app may not do this. Give it the scope Monitoring and the grant type Client Credentials.',
  not_found: 'NinjaOne knows no organization with this id. Choose the organization from the list again.',
  invalid_response: `This is not the address of a NinjaOne. It is ${defaultBaseUrl}, or that of your region, such as https://eu.ninjarmm.com.`,
}

/** NinjaOne: organizations, locations, devices, end users, alerts. It only reads. */
export class NinjaOne extends BaseIntegration<NinjaClient> {
  static integrationName = 'ninjaone'
  static displayName = 'NinjaOne'
  static description = 'Organizations, locations, devices, end users and alerts of NinjaOne.'
  static hosts = ['*.ninjarmm.com']
  static credentials = 'named' as const
  static mappingData = z.object({})
  static secrets = { ninjaone_client_secret: { label: 'Client secret', required: true } }
  static config = {
    ninjaone_client_id: { label: 'Client ID', required: true, description: 'Of the client app, from Administration › Apps › API' },
    ninjaone_base_url: { label: 'Address', description: `${defaultBaseUrl} unless set. Regions: us2, ca, eu, oc, fed instead of app` },
  }

  supportsOrgMapping() {
    return true
  }

  async *listOrganizations(): AsyncGenerator<ExternalOrganization[], void, undefined> {
    let lastId = 0
    for await (const page of this.#http().pages('/v2/organizations', { next: afterLastId, schema: organization })) {
      lastId = lastIdOf(page, lastId, 'organization')
      yield page.map(({ id, name, description }) => ({ id, name, metadata: description === null ? {} : { description } }))
    }
  }

  async getClient({ externalOrgId }: OrganizationMapping): Promise<NinjaClient> {
    return new NinjaClient(this.#http(), wholeIdOf(externalOrgId, 'The organization'))
  }

  async testConnection(mapping: OrganizationMapping): Promise<TestResult> {
    const { externalOrgId } = mapping
    const startedMs = performance.now()
    try {
      const { name } = await (await this.getClient(mapping)).getOrganization()
      return succeededTest({ id: externalOrgId, name }, startedMs)
    } catch (error) {
      this.context.signal.throwIfAborted()
      return failedTest(error, guidance)
    }
  }

  #http(): HttpClient {
    return this.context.http({
      baseUrl: { config: 'ninjaone_base_url', default: defaultBaseUrl },
      auth: {
        oauth2: {
          grant: 'client_credentials',
          tokenUrl: '/ws/oauth/token',
          clientId: { config: 'ninjaone_client_id' },
          clientSecret: { secret: 'ninjaone_client_secret' },
          scope: 'monitoring',
        },
      },
      // The vendor publishes no rate; what it refuses with 429 is waited for.
      limits: [{ parallel: 4 }],
    })
  }
}

declare module '@crosswalk/sdk' {
  interface IntegrationRegistry {
    ninjaone: typeof NinjaOne
  }
}
