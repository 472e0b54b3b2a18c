import type { JsonObject } from '@crosswalk/sdk'
import type { Customer } from '../customers/customer.ts'
import { devicesOf } from '../customers/possessions.ts'
import { randomOf } from '../customers/random.ts'

/** As Huntress answers it. */
export type HuntressOrganization = JsonObject & { id: number; name: string }

/** What Huntress keeps, as it answers it. */
export type HuntressState = {
  readonly account: JsonObject
  /** As they are at the start. */
  readonly organizations: HuntressOrganization[]
  readonly agents: Map<number, JsonObject>
  readonly incidents: Map<number, JsonObject>
  /** Organizations that the key may not see: they answer as if they did not exist. */
  readonly hidden: Set<number>
}

const accountId = 5_120
const createdAt = '2024-03-01T18:54:02Z'

/** The customers as Huntress has them, with an agent on most computers and an incident here and there. */
export function huntressStateOf(customers: readonly Customer[], seed = 1): HuntressState {
  const state: HuntressState = {
    account: { id: accountId, name: 'Northwind Managed Services', subdomain: 'northwind', status: 'enabled' },
    organizations: [],
    agents: new Map(),
    incidents: new Map(),
    hidden: new Set(),
  }
  for (const customer of customers) {
    for (const listing of customer.listings.huntress) addOrganization(state, customer, Number(listing.id), listing.name, seed)
  }
  return state
}

function addOrganization(state: HuntressState, customer: Customer, id: number, name: string, seed: number): void {
  const random = randomOf(seed, 'huntress', id)
  const computers = devicesOf(customer, seed).filter(() => random.chance(0.92))
  for (const [index, device] of computers.entries()) {
    const agentId = id * 1_000 + index
    state.agents.set(agentId, {
      id: agentId,
      account_id: accountId,
      organization_id: id,
      hostname: device.name,
      platform: device.kind === 'mac' ? 'darwin' : 'windows',
      os: device.operatingSystem,
      serial_number: device.serial,
      arch: 'x86_64',
      version: '0.14.30',
      defender_status: 'Healthy',
      firewall_status: 'Enabled',
      external_ip: '198.51.100.42',
      ipv4_address: `192.0.2.${(index % 250) + 1}`,
      mac_addresses: [],
      tags: device.kind === 'server' ? ['Server'] : [],
      last_callback_at: '2026-11-27T20:05:10Z',
      created_at: createdAt,
      updated_at: '2026-11-27T20:05:10Z',
    })
  }
  const affected = computers[0]
  const incidents = affected && random.chance(0.3) ? 1 : 0
  if (affected && incidents) {
    state.incidents.set(id * 10, {
      id: id * 10,
      account_id: accountId,
      organization_id: id,
      agent_id: id * 1_000,
      platform: affected.kind === 'mac' ? 'darwin' : 'windows',
      status: random.pick(['sent', 'closed']),
      severity: random.pick(['low', 'high', 'critical']),
      subject: `Incident on ${affected.name} (${name})`,
      summary: 'A scheduled task that runs an unknown program was found.',
      indicator_types: ['footholds'],
      indicator_counts: { footholds: 1 },
      sent_at: '2026-11-20T10:00:00Z',
      updated_at: '2026-11-21T10:00:00Z',
    })
  }
  const tenantId = customer.listings.microsoft_graph[0]?.id
  state.organizations.push({
    id,
    account_id: accountId,
    name,
    key: `${customer.domains[0]?.split('.')[0] ?? 'customer'}${id % 7 === 0 ? '1' : ''}`,
    // Not every organization was connected to its tenant.
    ...(tenantId !== undefined && random.chance(0.8) ? { identity_provider_tenant_id: tenantId } : {}),
    report_recipients: random.chance(0.85) ? [`it@${customer.domains[0]}`, 'alerts@northwind-msp.example'] : [],
    agents_count: computers.length,
    incident_reports_count: incidents,
    logs_sources_count: 0,
    billable_identity_count: 0,
    sat_learner_count: 0,
    created_at: createdAt,
    updated_at: createdAt,
  })
}
