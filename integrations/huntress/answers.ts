import { externalIdOf } from '@crosswalk/sdk'
import { z } from 'zod'

// What we read of Huntress' answers. Its description calls properties required that it does not have: nothing but ids and names is here.

const id = z.unknown().transform(externalIdOf)
const text = z
  .string()
  .nullish()
  .transform((value) => value?.trim() || null)
const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0)

/** Of which organization something is; null where the answer does not say. */
const owner = z.unknown().transform((value) => (value === null || value === undefined ? null : externalIdOf(value)))

export const actor = z.object({ account: z.object({ id, name: text }).nullish() })

export const organization = z
  .object({
    id,
    name: text.transform((value) => value ?? '(no name)'),
    key: text,
    identity_provider_tenant_id: text,
    report_recipients: z.array(z.string()).nullish(),
    agents_count: count,
    incident_reports_count: count,
    billable_identity_count: count,
  })
  .transform((one) => ({
    id: one.id,
    name: one.name,
    key: one.key,
    /** Of Microsoft Entra, where the organization was connected with one. */
    tenantId: one.identity_provider_tenant_id,
    agentsCount: one.agents_count,
    incidentsCount: one.incident_reports_count,
    identitiesCount: one.billable_identity_count,
    /** Of the people who get reports. One of them is often the MSP itself: a hint, and no proof. */
    reportDomains: domainsOf(one.report_recipients ?? []),
  }))
export type HuntressOrganization = z.output<typeof organization>

export const agent = z
  .object({
    id,
    organization_id: owner,
    hostname: text,
    platform: text,
    os: text,
    serial_number: text,
    version: text,
    last_callback_at: text,
    defender_status: text,
    firewall_status: text,
    tags: z.array(z.string()).nullish(),
  })
  .transform((one) => ({
    id: one.id,
    organizationId: one.organization_id,
    hostname: one.hostname,
    platform: one.platform,
    operatingSystem: one.os,
    serialNumber: one.serial_number,
    version: one.version,
    lastSeenAt: one.last_callback_at,
    defenderStatus: one.defender_status,
    firewallStatus: one.firewall_status,
    tags: one.tags ?? [],
  }))
export type HuntressAgent = z.output<typeof agent>

export const incidentReport = z
  .object({
    id,
    organization_id: owner,
    agent_id: owner,
    subject: text,
    summary: text,
    severity: text,
    status: text,
    platform: text,
    sent_at: text,
    closed_at: text,
    updated_at: text,
    indicator_types: z.array(z.string()).nullish(),
  })
  .transform((one) => ({
    id: one.id,
    organizationId: one.organization_id,
    agentId: one.agent_id,
    subject: one.subject,
    summary: one.summary,
    severity: one.severity,
    status: one.status,
    platform: one.platform,
    sentAt: one.sent_at,
    closedAt: one.closed_at,
    updatedAt: one.updated_at,
    indicatorTypes: one.indicator_types ?? [],
  }))
export type HuntressIncident = z.output<typeof incidentReport>

function domainsOf(addresses: readonly string[]): string[] {
  const domains = addresses.flatMap((address) => address.split('@')[1]?.trim().toLowerCase() ?? [])
  return [...new Set(domains)].filter((domain) => domain.includes('.'))
}
