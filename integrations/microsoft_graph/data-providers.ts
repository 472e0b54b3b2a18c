import { type Context, type DataProviderOption, dataProvider } from '@crosswalk/sdk'
import { z } from 'zod'
import type { MicrosoftGraphClient } from './client.ts'

const category = 'Microsoft 365'

/** An organization with several tenants says which; with one there is nothing to say. The value is the id of a mapping. */
const ofTenant = z.object({
  tenant: z.string().optional().meta({ label: 'Tenant', dataProvider: 'microsoft_graph_tenants' }),
})

/** The tenants that the organization is mapped to. */
export const microsoftGraphTenants = dataProvider(
  { name: 'microsoft_graph_tenants', description: 'Microsoft 365 tenants of the organization', category },
  async (ctx) => {
    const mappings = await ctx.getOrgMappings('microsoft_graph')
    return mappings.map(({ id, externalOrgId, externalOrgName }) => ({
      label: externalOrgName,
      value: id,
      metadata: { tenant_id: externalOrgId },
    }))
  },
)

export const microsoftGraphLicenses = dataProvider(
  {
    name: 'microsoft_graph_licenses',
    description: 'Products that the tenant has, with how many are free',
    category,
    parameters: ofTenant,
    cacheSeconds: 60,
  },
  (ctx, { tenant }) =>
    fromTenant(ctx, tenant, async (client) =>
      (await client.listLicenses())
        .filter(({ status }) => status === 'Enabled' || status === 'Warning')
        .map(({ skuId, skuPartNumber, product, total, used, free }) => ({
          label: `${product} (${free} of ${total} free)`,
          value: skuId,
          metadata: { sku_part_number: skuPartNumber, total, used, free },
        })),
    ),
)

/** Groups whose members can be changed: not those that a rule or a directory on premises fills, and no lists of Exchange. */
export const microsoftGraphGroups = dataProvider(
  {
    name: 'microsoft_graph_groups',
    description: 'Groups of the tenant that people can be put into',
    category,
    parameters: ofTenant,
    cacheSeconds: 300,
  },
  (ctx, { tenant }) =>
    fromTenant(ctx, tenant, async (client) =>
      (await client.listGroups())
        .filter(
          ({ groupTypes, mailEnabled }) => !groupTypes.includes('DynamicMembership') && (!mailEnabled || groupTypes.includes('Unified')),
        )
        .map(({ id, displayName, description, groupTypes }) => ({
          label: displayName ?? id,
          value: id,
          metadata: { description, kind: groupTypes.includes('Unified') ? 'Microsoft 365 group' : 'Security group' },
        }))
        .sort(byLabel),
    ),
)

/** The default domain first. */
export const microsoftGraphDomains = dataProvider(
  { name: 'microsoft_graph_domains', description: 'Verified domains of the tenant', category, parameters: ofTenant, cacheSeconds: 300 },
  (ctx, { tenant }) =>
    fromTenant(ctx, tenant, async (client) =>
      (await client.listDomains())
        .filter(({ isVerified }) => isVerified)
        .sort((one, other) => Number(other.isDefault) - Number(one.isDefault) || Number(one.isInitial) - Number(other.isInitial))
        .map(({ id, isDefault }) => ({ label: isDefault ? `${id} (default)` : id, value: id })),
    ),
)

export const microsoftGraphUsers = dataProvider(
  { name: 'microsoft_graph_users', description: 'People of the tenant', category, parameters: ofTenant, cacheSeconds: 60 },
  (ctx, { tenant }) =>
    fromTenant(ctx, tenant, async (client) =>
      (await client.listUsers())
        .filter(({ userType }) => userType !== 'Guest')
        .map(({ id, displayName, userPrincipalName, department, accountEnabled }) => ({
          label: `${displayName ?? userPrincipalName} (${userPrincipalName})${accountEnabled ? '' : ', disabled'}`,
          value: id,
          metadata: { user_principal_name: userPrincipalName, department, account_enabled: accountEnabled },
        }))
        .sort(byLabel),
    ),
)

/** @throws multiple_mappings where there are several tenants and none is named; mapping_not_found */
async function fromTenant(
  ctx: Context,
  mappingId: string | undefined,
  optionsOf: (client: MicrosoftGraphClient) => Promise<DataProviderOption[]>,
): Promise<DataProviderOption[]> {
  const client = await ctx.getIntegration('microsoft_graph', mappingId === undefined ? {} : { mappingId })
  return await optionsOf(client)
}

const byLabel = (one: DataProviderOption, other: DataProviderOption) => one.label.localeCompare(other.label)
