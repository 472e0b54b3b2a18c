import type { IntegrationContext } from '@crosswalk/sdk'

/** Where Microsoft is, for customers outside of the national clouds. */
export const defaultLoginUrl = 'https://login.microsoftonline.com'
export const defaultApiUrl = 'https://graph.microsoft.com'

/** By which way a token is got: of the app itself, or of the partner's user. */
export type TokenRoute = 'application' | 'delegated'

/** Which ways are tried: one, or the application first and the user where that does not do. */
export type RouteChoice = TokenRoute | 'automatic'

/** What config says about the partner's app. */
export type Settings = { clientId: string; partnerTenantId: string; loginUrl: string; apiUrl: string; listsContracts: boolean }

/** @throws validation_failed when one of them is not text */
export async function settingsOf(context: IntegrationContext): Promise<Settings> {
  const [clientId, partnerTenantId, loginUrl, apiUrl, customersFrom] = await Promise.all([
    context.getConfig('microsoft_graph_client_id', ''),
    context.getConfig('microsoft_graph_tenant_id', ''),
    context.getConfig('microsoft_graph_login_url', defaultLoginUrl),
    context.getConfig('microsoft_graph_api_url', defaultApiUrl),
    context.getConfig('microsoft_graph_customers_from', 'relationships'),
  ])
  return {
    clientId: clientId.trim(),
    partnerTenantId: partnerTenantId.trim(),
    loginUrl: withoutSlash(loginUrl),
    apiUrl: withoutSlash(apiUrl).replace(/\/v1\.0$/, ''),
    listsContracts: customersFrom === 'contracts',
  }
}

function withoutSlash(url: string): string {
  return url.trim().replace(/\/+$/, '')
}

/** Where an administrator of a tenant consents to the app: the one link that repairs a missing consent. */
export function consentUrl({ loginUrl, clientId }: Settings, tenantId: string): string {
  return `${loginUrl}/${encodeURIComponent(tenantId)}/adminconsent?client_id=${encodeURIComponent(clientId)}`
}
