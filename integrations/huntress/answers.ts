import { externalIdOf } from '@crosswalk/sdk'
import { z } from 'zod'

// What we read of Huntress' answers. Its description calls properties required that it does not have: nothing but ids and names is here.

const id = z.unknown().transform(externalIdOf)
const textOrNone = (value: string | null | undefined) => value?.trim() || null
const text = z.string().nullish().transform(textOrNone)
/** Of which organization something is; null where the answer does not say. */
const owner = z.unknown().transform((value) => (value === null || value === undefined ? null : externalIdOf(value)))

export const actor = z.object({ account: z.object({ id, name: text }).nullish() })

// Of ten thousand organizations each field with a transformation of its own takes twice as long as all of them at once.
const maybeText = z.string().nullish()
const maybeCount = z.number().nullish()

export const organization = z
  .object({
    id: z.unknown(),
    name: maybeText,
    key: maybeText,
    identity_provider_tenant_id: maybeText,
    report_recipients: z.array(z.string()).nullish(),
    agents_count: maybeCount,
    incident_reports_count: maybeCount,
    billable_identity_count: maybeCount,
  })
  .transform((one) => ({
    id: externalIdOf(one.id),
    name: textOrNone(one.name) ?? '(no name)',
    key: textOrNone(one.key),
    /** Of Microsoft Entra, where the organization was connected with one. */
    tenantId: textOrNone(one.identity_provider_tenant_id),
    agentsCount: one.agents_count ?? 0,
    incidentsCount: one.incident_reports_count ?? 0,
    identitiesCount: one.billable_identity_count ?? 0,
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
