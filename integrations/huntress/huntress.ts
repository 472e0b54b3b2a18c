import {
  BaseIntegration,
  type ExternalOrganization,
  type HttpClient,
  type IntegrationContext,
  isCrosswalkError,
  type OrganizationMapping,
  type TestResult,
} from '@crosswalk/sdk'
import { failedTest, type Guidance, succeededTest } from '../connection-tests.ts'
import { longIdOf } from '../whole-ids.ts'
import { actor, type HuntressOrganization, organization } from './answers.ts'
import { HuntressClient, listRules } from './client.ts'

const guidance: Guidance = {
  credentials:
    'Huntress does not accept the API key and the API secret. Compare both with API Credentials at Huntress, without a space before or behind, and see that they are of one pair.',
  not_found:
    'Huntress does not know this organization, or the key may not see it: it answers the same for both. Check the id, and that the API credentials are of the account that has it.',
}

const listGuidance =
  'Huntress answers this where the address is wrong, and also where the API credentials may not list organizations: check that they are of an account with permission to read them, and the config API URL (huntress_api_url).'

/** Where the API is, unless config says otherwise. */
export const defaultApiUrl = 'https://api.huntress.io'

/** So many are in one page of the discovery: as many as are stored at once. */
const organizationsPerPage = 1_000

/** Customers' organizations in Huntress, with their agents and incidents. */
export class Huntress extends BaseIntegration<HuntressClient> {
  static integrationName = 'huntress'
  static displayName = 'Huntress'
  static description = 'Organizations, agents and incident reports of Huntress.'
  static hosts = ['api.huntress.io']
  static credentials = 'named' as const
  static secrets = {
    huntress_api_key: { label: 'API key', required: true, description: 'The public part of the API credentials' },
    huntress_api_secret: { label: 'API secret', required: true, description: 'The private part, shown once when they are made' },
  }
  static config = { huntress_api_url: { label: 'API URL', description: `${defaultApiUrl} unless set` } }
  // Every method only reads.
  static retry = { retries: 'failed' as const }

  supportsOrgMapping() {
    return true
  }

  async *listOrganizations(): AsyncGenerator<ExternalOrganization[], void, undefined> {
    const http = await connect(this.context)
    // All of them first: which domains say nothing of a customer shows only then.
    const all: HuntressOrganization[] = []
    try {
      for await (const page of http.pages('/organizations', { ...listRules('organizations'), schema: organization })) all.push(...page)
    } catch (error) {
      if (isCrosswalkError(error, 'vendor_error') && error.details.kind === 'not_found') error.details.guidance = listGuidance
      throw error
    }
    const common = commonDomains(all)
    for (let start = 0; start < all.length; start += organizationsPerPage) {
      yield all.slice(start, start + organizationsPerPage).map((one) => externalOf(one, common))
    }
  }

  async getClient(mapping: OrganizationMapping): Promise<HuntressClient> {
    return new HuntressClient(await connect(this.context), longIdOf(mapping.externalOrgId, 'The organization'))
  }

  /** One request of the sixty a minute, as long as all is well. Of an organization that is not found, whose key it is says more. */
  async testConnection(mapping: OrganizationMapping): Promise<TestResult> {
    const startedMs = performance.now()
    const http = await connect(this.context)
    try {
      const id = longIdOf(mapping.externalOrgId, 'The organization')
      const { name, agentsCount } = await new HuntressClient(http, id).getOrganization()
      return succeededTest({ id: mapping.externalOrgId, name }, startedMs, { agents: agentsCount })
    } catch (error) {
      this.context.signal.throwIfAborted()
      return isCrosswalkError(error, 'vendor_error') && error.details.kind === 'not_found'
        ? await notFound(http, error)
        : failedTest(error, guidance)
    }
  }
}

/** With the account that the key is of: often that of another account was stored. */
async function notFound(http: HttpClient, error: unknown): Promise<TestResult> {
  const failed = failedTest(error, guidance)
  const { account } = await http.get('/actor', { schema: actor }).catch(() => ({ account: null }))
  return account ? { ...failed, details: { ...failed.details, account: account.name } } : failed
}

async function connect(context: IntegrationContext): Promise<HttpClient> {
  const url = (await context.getConfig('huntress_api_url', defaultApiUrl)).trim().replace(/\/+$/, '').replace(/\/v1$/, '')
  return context.http({
    baseUrl: `${url}/v1`,
    auth: { basic: { username: { secret: 'huntress_api_key' }, password: { secret: 'huntress_api_secret' } } },
    // For the whole account, and so for all who use it. Sliding: 60 at once, then none for a minute.
    limits: [{ requests: 60, perMs: 60_000, window: 'sliding' }],
  })
}

/** Of the MSP itself and of public mailboxes: among those who get reports of many customers. By them, any would match any. */
function commonDomains(all: readonly HuntressOrganization[]): Set<string> {
  const counts = new Map<string, number>()
  for (const domain of all.flatMap(({ reportDomains }) => reportDomains)) counts.set(domain, (counts.get(domain) ?? 0) + 1)
  return new Set([...counts].filter(([, count]) => count > 2).map(([domain]) => domain))
}

function externalOf(
  { id, name, key, tenantId, reportDomains, agentsCount }: HuntressOrganization,
  common: ReadonlySet<string>,
): ExternalOrganization {
  const domains = reportDomains.filter((domain) => !common.has(domain))
  const tenantIds = tenantId === null ? [] : [tenantId.toLowerCase()]
  return { id, name, metadata: { key, agents: agentsCount }, match: { tenantIds, domains } }
}

// Types the name: `ctx.getIntegration('huntress')` knows its client from here on.
declare module '@crosswalk/sdk' {
  interface IntegrationRegistry {
    huntress: typeof Huntress
  }
}
