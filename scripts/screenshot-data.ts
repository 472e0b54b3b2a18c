import type { Installation } from '../e2e/installation.ts'

/** Our customers, and what the vendor calls them. The same ones each time, in the same order. */
const customers: readonly [name: string, domain: string, external: string][] = [
  ['Alder & Finch Architects', 'alderfinch.example', 'Alder and Finch Architects LLP'],
  ['Bayview Dental Group', 'bayviewdental.example', 'Bayview Dental'],
  ['Brightwater Foods', 'brightwater.example', 'Brightwater Foods Ltd'],
  ['Cedar Hill School District', 'cedarhill.example', 'Cedar Hill Schools'],
  ['Copperfield Insurance', 'copperfield.example', 'Copperfield Insurance Brokers'],
  ['Delacroix Textiles', 'delacroix.example', 'Delacroix Textiles SARL'],
  ['Eastgate Motors', 'eastgate.example', 'Eastgate Motors'],
  ['Falkenberg Engineering', 'falkenberg.example', 'Falkenberg Engineering AB'],
  ['Glenmore Veterinary Clinic', 'glenmorevets.example', 'Glenmore Vets'],
  ['Harborlight Logistics', 'harborlight.example', 'Harborlight Logistics BV'],
  ['Hollis & Wren Legal', 'holliswren.example', 'Hollis Wren Solicitors'],
  ['Ironbridge Construction', 'ironbridge.example', 'Ironbridge Construction'],
  ['Juniper Street Bakery', 'juniperstreet.example', 'Juniper Street Bakery'],
  ['Kestrel Aviation Services', 'kestrelair.example', 'Kestrel Aviation'],
  ['Lindqvist Accounting', 'lindqvist.example', 'Lindqvist Redovisning AB'],
  ['Marlow Pharmacy', 'marlowpharmacy.example', 'Marlow Pharmacy'],
  ['Northwind Outfitters', 'northwind.example', 'Northwind Outfitters Inc'],
  ['Oakhurst Senior Living', 'oakhurst.example', 'Oakhurst Senior Living'],
  ['Pinecrest Golf Club', 'pinecrestgolf.example', 'Pinecrest GC'],
  ['Quayside Hotels', 'quayside.example', 'Quayside Hotel Group'],
  ['Redwood Credit Union', 'redwoodcu.example', 'Redwood Community Credit Union'],
  ['Sterling Print Works', 'sterlingprint.example', 'Sterling Print'],
]
const firstExternalId = 20_400
const tiers = ['standard', 'premium', 'enterprise'] as const

/** What the simulated vendor lists: our customers as it spells them, and some that are nobody's here. */
export const vendorOrganizations = [
  ...customers.map(([, , external]) => external),
  'Tidewater Charity',
  'Umber Studio',
  'Valemont Estates',
].map((name, index) => ({ id: firstExternalId + index * 7, name, code: `C${1_001 + index}`, tier: tiers[index % 3] ?? 'standard' }))

export type Demo = {
  /** Has two mappings, of which one fails. */
  orgId: string
  succeededId: string
  failedId: string
  /** Runs as long as the vendor takes for its answer. */
  runningId: string
  /** For all organizations, of which some have no mapping. */
  batchId: string
}

/** Customers with mappings in all states, and executions that succeeded, failed and run. */
export async function fillInstallation(installation: Installation): Promise<Demo> {
  const { call, vendor } = installation
  await installation.giveCredentials()
  const ids: string[] = []
  for (const [name, domain] of customers)
    ids.push(((await call('POST', '/organizations', { name, domains: [domain] })) as { id: string }).id)
  const orgId = ids[9] as string // there are more than ten
  await call('GET', '/integrations/myintegration/discover')
  await call('GET', `/integrations/myintegration/discover?orgId=${orgId}`)

  const map = async (at: number, external: string, name: string, mappingData: object = {}) => {
    const mapping = { integration_name: 'myintegration', external_org_id: external, external_org_name: name, mapping_data: mappingData }
    return ((await call('POST', `/organizations/${ids[at]}/integrations`, mapping)) as { id: string }).id
  }
  const test = (at: number, mapping: string) => call('POST', `/organizations/${ids[at]}/integrations/${mapping}/test`)
  // The last ones have none yet; a few are not tested, one is deactivated, one names an organization that the vendor does not have.
  for (let at = 0; at < 18; at++) {
    const external = vendorOrganizations[at]
    if (!external) continue
    const mapping = await map(at, String(external.id), external.name)
    if (at % 7 !== 5) await test(at, mapping)
    if (at === 16) await call('DELETE', `/organizations/${ids[at]}/integrations/${mapping}`)
  }
  await test(9, await map(9, '99999', 'Harborlight Antwerp', { api_base_url: vendor.url }))
  await test(4, await map(4, '88888', 'Copperfield Claims'))
  await call('DELETE', `/organizations/${ids[21]}`)

  const run = async (at: number, name: string, parameters: object = {}, wait = 30) => {
    const answer = (await call(
      'POST',
      `/workflows/execute?wait=${wait}`,
      { workflow_name: name, parameters },
      {
        'X-Organization-Id': ids[at] ?? '',
      },
    )) as { execution_id: string }
    return answer.execution_id
  }
  for (const at of [0, 1, 2, 3, 5, 6, 7, 8, 10, 19]) await run(at, at % 3 === 0 ? 'sync_if_mapped' : 'sync_users')
  await run(9, 'sync_users_from_tenant', { tenant_name: '00000000-0000-7000-8000-000000000000' })
  const { batch_id: batchId } = (await call('POST', '/workflows/execute', {
    workflow_name: 'sync_if_mapped',
    parameters: {},
    organizations: 'all',
  })) as { batch_id: string }
  for (let isDone = false; !isDone; ) {
    const { done, total } = (await call('GET', `/batches/${batchId}`)) as { done: number; total: number }
    isDone = done === total
  }
  vendor.faults.rejectCredentials()
  const failedId = await run(11, 'sync_users')
  vendor.faults.clear()
  const succeededId = await run(12, 'sync_users')
  vendor.faults.slow(600_000)
  const runningId = await run(13, 'sync_users', {}, 0)
  for (let lines = 0; lines < 2; ) {
    const { count } = (await call('GET', `/executions/${runningId}/logs`)) as { count: number }
    lines = count
  }
  // What it has asked keeps waiting.
  vendor.faults.clear()
  return { orgId, succeededId, failedId, runningId, batchId }
}
