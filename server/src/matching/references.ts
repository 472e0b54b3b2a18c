import type { JsonObject, JsonValue } from '../protocol/json.ts'

/**
 * What names one customer in several systems, as text: `tenant <id>` of a Microsoft tenant, `<system> <id>` of an id in another system.
 * Two that have one in common are the same customer, whatever their names are.
 */
export type Reference = string

const tenantId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const tenantSystem = 'tenant'
const nothing = /^[0-]*$/

/** No text where the id is none: a zero and a blank are what vendors send for "not known". */
function reference(system: string, id: string): Reference[] {
  const [shownSystem, shownId] = [system.trim().toLowerCase(), id.trim()]
  return shownSystem === '' || shownSystem === tenantSystem || nothing.test(shownId) ? [] : [`${shownSystem} ${shownId}`]
}

/** The id of a customer in the system of an integration. */
export const idReference = (integrationName: string, externalOrgId: string): Reference[] => reference(integrationName, externalOrgId)

/** What the match fields that are kept with the metadata of an external organization name: its tenants, and its ids in other systems. */
export function referencesOf({ tenant_ids, other_ids }: JsonObject): Reference[] {
  const tenants = (Array.isArray(tenant_ids) ? tenant_ids : []).flatMap((id: JsonValue) => {
    const one = typeof id === 'string' ? id.trim().toLowerCase() : ''
    return tenantId.test(one) && !nothing.test(one) ? [`${tenantSystem} ${one}`] : []
  })
  const others = typeof other_ids === 'object' && other_ids !== null && !Array.isArray(other_ids) ? Object.entries(other_ids) : []
  return [...tenants, ...others.flatMap(([system, id]) => (typeof id === 'string' ? reference(system, id) : []))]
}

export const isOfTenant = (reference: Reference): boolean => reference.startsWith(`${tenantSystem} `)
