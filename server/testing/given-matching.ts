import { systemActing } from '../src/audit/audit.ts'
import { createOrganization } from '../src/organizations/organizations.ts'
import { givenVendor, type Listed } from './given-discovery.ts'

/** The API with an integration whose vendor has these, discovered already, and these organizations with their domains. */
export async function givenMatching(
  externals: Listed[],
  organizations: Record<string, string[]>,
  given: Parameters<typeof givenVendor>[0] = {},
) {
  const api = await givenVendor(given)
  api.vendor.pages = [externals]
  await api.discover()
  const ids: Record<string, string> = {}
  for (const [name, domains] of Object.entries(organizations))
    ids[name] = (await createOrganization(api.db, systemActing, { name, domains, tenantId: null })).id
  const idOf = (name: string): string => ids[name] ?? `there is no organization ${name}`
  const matches = (query = '', send = api.send) => send('GET', `/integrations/halo/matches${query}`)
  const mapMany = (mappings: unknown[], send = api.send) => send('POST', '/integrations/halo/mappings', { mappings })
  const map = (name: string, externalOrgId: string) =>
    api.send('POST', `/organizations/${idOf(name)}/integrations`, { integration_name: 'halo', external_org_id: externalOrgId })
  return { ...api, idOf, matches, mapMany, map }
}
