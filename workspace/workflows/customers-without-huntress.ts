import type {} from '@crosswalk/integrations/huntress'
import type {} from '@crosswalk/integrations/ninjaone'
import { type Context, workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/**
 * Whether Huntress protects an organization: by the computers that NinjaOne manages. Run it for all organizations that are mapped to NinjaOne, as
 * one batch, and the results with `none` are your customers without Huntress.
 */
export const customersWithoutHuntress = workflow(
  {
    name: 'customers_without_huntress',
    description: 'Say whether Huntress protects all, some or none of the computers that NinjaOne manages',
    category: 'Security',
    tags: ['ninjaone', 'huntress'],
    parameters: z.object({}),
  },
  async (ctx) => {
    const devices = await devicesInNinja(ctx)
    const computers = devices.filter(({ nodeClass }) => /^(WINDOWS|MAC|LINUX)/.test(nodeClass ?? ''))
    const protectedNames = await namesInHuntress(ctx)
    const unprotected = computers.filter(({ systemName, name }) => !protectedNames.has((systemName ?? name ?? '').toLowerCase()))
    const protection = computers.length === 0 || unprotected.length === 0 ? 'all' : unprotected.length < computers.length ? 'some' : 'none'
    const level = protection === 'all' ? 'info' : 'warn'
    await ctx.log(level, `Huntress protects ${computers.length - unprotected.length} of ${computers.length} computers of ${ctx.org.name}`)
    return { protection, computers: computers.length, unprotected: unprotected.map(({ name, id }) => name ?? String(id)) }
  },
)

/** Of all its organizations in NinjaOne together: some customers have two. @throws mapping_not_found where it has none */
async function devicesInNinja(ctx: Context) {
  const mappings = await ctx.getOrgMappings('ninjaone')
  if (mappings.length === 0) await ctx.getIntegrationMapping('ninjaone')
  const devices = []
  for (const { id } of mappings) devices.push(...(await (await ctx.getIntegration('ninjaone', { mappingId: id })).listDevices()))
  return devices
}

/** Host names with an agent, in lower case; none where the organization is not in Huntress at all. */
async function namesInHuntress(ctx: Context): Promise<Set<string>> {
  const names = new Set<string>()
  for (const mapping of await ctx.getOrgMappings('huntress')) {
    const client = await ctx.getIntegration('huntress', { mappingId: mapping.id })
    for (const { hostname } of await client.listAgents()) if (hostname !== null) names.add(hostname.toLowerCase())
  }
  return names
}
