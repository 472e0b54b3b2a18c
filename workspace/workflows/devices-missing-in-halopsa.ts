import type {} from '@crosswalk/integrations/halopsa'
import type {} from '@crosswalk/integrations/ninjaone'
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/** Most devices that are looked at one by one: NinjaOne gives a serial number with the details of a device only. */
const maxLookedAt = 200

const subject = 'devices missing in HaloPSA'

/**
 * Devices that NinjaOne manages and HaloPSA does not know: nobody bills them, and no ticket can name them. A device is known by its name or its
 * serial number. On request there is one ticket about it for the organization, which is closed when none is missing any more.
 */
export const devicesMissingInHalopsa = workflow(
  {
    name: 'devices_missing_in_halopsa',
    description: 'List the devices of NinjaOne that HaloPSA has no asset for, and tell it in one ticket',
    category: 'Documentation',
    tags: ['ninjaone', 'halopsa', 'assets'],
    parameters: z.object({
      ticket: z
        .boolean()
        .default(false)
        .meta({ label: 'Open a ticket', description: 'One for the organization, closed when none is missing' }),
    }),
  },
  async (ctx, { ticket }) => {
    const halo = await ctx.getIntegration('halopsa')
    const mappings = await ctx.getOrgMappings('ninjaone')
    if (mappings.length === 0) await ctx.getIntegrationMapping('ninjaone')
    // Some customers have two organizations in NinjaOne.
    const devices = []
    for (const { id: mappingId } of mappings) {
      const ninja = await ctx.getIntegration('ninjaone', { mappingId })
      for (const device of await ninja.listDevices()) devices.push({ ninja, ...device })
    }
    const assets = await halo.listAssets()
    const names = new Set(assets.flatMap(({ name }) => (name === null ? [] : [name.toLowerCase()])))
    const serials = new Set(assets.flatMap(({ serial }) => (serial === null ? [] : [serial.toLowerCase()])))
    const unnamed = devices.filter(
      ({ name, systemName }) => ![name, systemName].some((each) => each !== null && names.has(each.toLowerCase())),
    )
    const missing: { id: number; name: string; serial: string | null }[] = []
    for (const [index, device] of unnamed.entries()) {
      const serial = index < maxLookedAt ? (await device.ninja.getDevice(device.id)).serial : null
      if (serial !== null && serials.has(serial.toLowerCase())) continue
      missing.push({ id: device.id, name: device.name ?? String(device.id), serial })
      await ctx.progress(index + 1, unnamed.length)
    }
    await ctx.log('info', `${missing.length} of ${devices.length} devices are missing in HaloPSA`)
    let ticketId: number | null = null
    if (ticket && missing.length > 0) {
      const lines = missing.map(({ name, serial }) => `- ${name}${serial === null ? '' : ` (${serial})`}`)
      const details = `NinjaOne manages these devices, and HaloPSA has no asset for them:\n${lines.join('\n')}`
      ticketId = (await halo.openOrUpdateTicket({ key: subject, summary: 'Devices without an asset in HaloPSA', details })).ticketId
    } else if (ticket) await halo.closeTicketsOf({ key: subject, note: 'Every device of NinjaOne has an asset now.' })
    return { devices: devices.length, missing, ticket_id: ticketId }
  },
)
