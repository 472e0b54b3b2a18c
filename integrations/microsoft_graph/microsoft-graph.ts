import {
  BaseIntegration,
  connectionFailure,
  type ExternalOrganization,
  type OrganizationMapping,
  type TestResult,
  VendorError,
} from '@crosswalk/sdk'
import { z } from 'zod'
import { succeededTest } from '../connection-tests.ts'
import { MicrosoftGraphClient } from './client.ts'
import { customersOf } from './discovery.ts'
import { loginRefusalOf } from './login-codes.ts'
import { consentUrl, defaultApiUrl, defaultLoginUrl, settingsOf } from './settings.ts'

const mappingData = z.object({
  token_route: z
    .enum(['automatic', 'application', 'delegated'])
    .default('automatic')
    .describe('Which token is used: of the app, of the partner user, or the first of them that works'),
})

const tenantId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

type GraphMapping = OrganizationMapping<z.infer<typeof mappingData>>

/** Methods of the client that change nothing: whatever fails of them may be tried again. */
const reads = [
  'getOrganization',
  'listDomains',
  'listUsers',
  'countUsers',
  'getUser',
  'findUser',
  'listLicenses',
  'listGroups',
  'listMembers',
  'listGroupsOf',
  'listDevices',
  'checkConsent',
] satisfies (keyof MicrosoftGraphClient)[]

/** Microsoft 365 tenants of a partner's customers, through delegated administration (GDAP). */
export class MicrosoftGraph extends BaseIntegration<MicrosoftGraphClient, z.infer<typeof mappingData>> {
  static integrationName = 'microsoft_graph'
  static displayName = 'Microsoft 365'
  static description =
    'Users, groups, licenses, domains and devices of customer tenants, through Microsoft Graph and delegated administration (GDAP).'
  static mappingData = mappingData
  static hosts = [
    ...['login.microsoftonline.com', 'graph.microsoft.com'],
    // National clouds: US Government, its defence, China.
    ...['login.microsoftonline.us', 'graph.microsoft.us', 'dod-graph.microsoft.us'],
    ...['login.partner.microsoftonline.cn', 'microsoftgraph.chinacloudapi.cn'],
  ]
  static credentials = 'named' as const
  static secrets = {
    microsoft_graph_client_secret: { label: 'Client secret', required: true, description: 'The value of a secret of the app, not its id' },
    microsoft_graph_refresh_token: {
      label: 'Refresh token of the partner user',
      description: 'Only where the app itself has no consent in a tenant, or may not list relationships',
    },
  }
  static config = {
    microsoft_graph_client_id: { label: 'Application (client) id', required: true },
    microsoft_graph_tenant_id: { label: 'Your own tenant id', required: true, description: 'Of the partner, where the app is registered' },
    microsoft_graph_customers_from: {
      label: 'List customers from',
      description: 'relationships unless set; contracts for reseller contracts',
    },
    microsoft_graph_login_url: { label: 'Login URL', description: `${defaultLoginUrl} unless set` },
    microsoft_graph_api_url: { label: 'Graph URL', description: `${defaultApiUrl} unless set` },
  }
  // So that the password is stored nowhere.
  static unrecorded = ['resetPassword']
  static methodRetry = Object.fromEntries(reads.map((method) => [method, { retries: 'failed' as const }]))

  supportsOrgMapping() {
    return true
  }

  async *listOrganizations(): AsyncGenerator<ExternalOrganization[], void, undefined> {
    yield* customersOf(this.context, await settingsOf(this.context))
  }

  async getClient(mapping: GraphMapping): Promise<MicrosoftGraphClient> {
    // `common` and `organizations` would give the partner's user a token of the partner's own tenant: another's data.
    if (!tenantId.test(mapping.externalOrgId)) {
      throw new VendorError(
        'not_found',
        `'${mapping.externalOrgId}' is no id of a tenant: it is a UUID. Choose the customer from the list again.`,
      )
    }
    return new MicrosoftGraphClient(
      this.context,
      await settingsOf(this.context),
      // Microsoft's own pages show it in both cases.
      mapping.externalOrgId.toLowerCase(),
      mapping.mappingData.token_route ?? 'automatic',
    )
  }

  /** One small call with a token of the tenant; then whether it is the tenant that the mapping means. */
  async testConnection(mapping: GraphMapping): Promise<TestResult> {
    const startedMs = performance.now()
    try {
      const client = await this.getClient(mapping)
      const { id, displayName, verifiedDomains } = await client.getOrganization()
      if (id.toLowerCase() !== mapping.externalOrgId.toLowerCase()) {
        throw new VendorError('invalid_response', `Microsoft answered for the tenant ${id} and not for the one that is mapped.`)
      }
      const domains = (verifiedDomains ?? []).flatMap(({ name }) => name ?? [])
      return succeededTest({ id, name: displayName }, startedMs, { domains, token_route: client.tokenRoute ?? null })
    } catch (error) {
      this.context.signal.throwIfAborted()
      return await this.#failure(error, mapping.externalOrgId)
    }
  }

  /** What to do stands in Microsoft's code, where its login refused. */
  async #failure(error: unknown, tenantId: string): Promise<TestResult> {
    const failed = connectionFailure(error)
    const refusal = loginRefusalOf(error)
    const settings = await settingsOf(this.context)
    const isPermission = failed.details?.kind === 'permission'
    if (!refusal && !isPermission) return failed
    const repairsByConsent = refusal ? refusal.repair === 'consent' : true
    return {
      success: false,
      message: refusal
        ? `${refusal.problem.replace(/\.$/, '')}${refusal.code === null ? '' : ` (${refusal.code})`}`
        : 'The tenant is reached, and what the app may do there does not suffice.',
      details: {
        ...failed.details,
        login_code: refusal?.code ?? null,
        guidance: refusal?.remedy ?? 'Open the consent link as an administrator of the tenant: it gives the app its permissions.',
        ...(repairsByConsent ? { repair_url: consentUrl(settings, tenantId) } : {}),
      },
    }
  }
}

// They ship with the integration, and are loaded with it.
export * from './data-providers.ts'

// Types the name: `ctx.getIntegration('microsoft_graph')` knows its client from here on.
declare module '@crosswalk/sdk' {
  interface IntegrationRegistry {
    microsoft_graph: typeof MicrosoftGraph
  }
}
