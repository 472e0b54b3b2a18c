import { addressNotAllowed } from '@crosswalk/sdk/mapping-refusals'
import { hostsIn, hostsOfMapping, isNamed } from '@crosswalk/sdk/named-hosts'
import { findDefinition, listDefinitions } from '../definitions/definitions.ts'
import type { RequestContext } from '../engine/state/requests.ts'
import { defineErrors } from '../platform/errors.ts'
import { listGlobalConfig } from '../values/config/config.ts'

export const addressError = defineErrors({
  address_not_allowed: {
    status: 403,
    message: 'The mapping names a host that is not known, so no global secret is given to what would ask it.',
  },
})

/** What the mapping names that a test is of, as its execution was given it. */
function testedHosts({ kind, input }: RequestContext['execution']): Set<string> {
  if (kind !== 'connection_test') return new Set()
  const mapping: unknown = Object(input).mapping
  const { external_org_id, mapping_data } = Object(mapping)
  return hostsOfMapping(String(external_org_id ?? ''), mapping_data)
}

/** True where the secret is of that integration; one that no integration declares may be of any. */
async function mayUse(db: RequestContext['db'], integrationName: string, key: string): Promise<boolean> {
  const declaring = (await listDefinitions(db, 'integration')).filter(({ secrets }) => secrets.some((secret) => secret.key === key))
  return declaring.length === 0 || declaring.some(({ name }) => name === integrationName)
}

/**
 * Holds an execution to this: what a mapping names is not asked with a global secret, unless the integration's definition or a global
 * config value names the host too. Otherwise those who may edit a mapping could have the secret sent to an address of their own.
 *
 * @param read what it has read: mapping data, with the integration; and keys of global secrets
 * @throws address_not_allowed
 */
async function requireKnown(
  context: RequestContext,
  integrationName: string,
  hosts: Iterable<string>,
  keys: Iterable<string>,
): Promise<void> {
  const { db } = context
  const definition = await findDefinition(db, 'integration', integrationName)
  const declared = definition && 'hosts' in definition && Array.isArray(definition.hosts) ? definition.hosts.map(String) : []
  const unknown = [...hosts].filter((host) => !isNamed(host, declared))
  if (unknown.length === 0) return
  const configured = hostsIn(await listGlobalConfig(db, context.execution.organizationId), true)
  const host = unknown.find((name) => !configured.has(name))
  if (host === undefined) return
  for (const key of keys) {
    const isTested = context.execution.kind === 'connection_test'
    if (!isTested && !(await mayUse(db, integrationName, key))) continue
    throw addressError(
      'address_not_allowed',
      { integration_name: integrationName, host, key },
      addressNotAllowed(integrationName, host, key),
    )
  }
}

/** Before a global secret is given. @throws address_not_allowed */
export async function admitGlobalSecret(context: RequestContext, key: string): Promise<void> {
  const tested = testedHosts(context.execution)
  if (tested.size > 0) await requireKnown(context, context.execution.name, tested, [key])
  for (const [integrationName, hosts] of context.seen.hosts) await requireKnown(context, integrationName, hosts, [key])
  context.seen.globalKeys.add(key)
}

/** Before mapping data is given: an execution may have read a global secret already. @throws address_not_allowed */
export async function admitMappings(
  context: RequestContext,
  mappings: readonly { integrationName: string; externalOrgId: string; mappingData: unknown }[],
): Promise<void> {
  for (const { integrationName, externalOrgId, mappingData } of mappings) {
    const hosts = hostsOfMapping(externalOrgId, mappingData)
    if (hosts.size === 0) continue
    if (context.seen.globalKeys.size > 0) await requireKnown(context, integrationName, hosts, context.seen.globalKeys)
    const known = context.seen.hosts.get(integrationName) ?? new Set()
    for (const host of hosts) known.add(host)
    context.seen.hosts.set(integrationName, known)
  }
}

/**
 * Before a global secret is put into requests to a host, in place of being given to author code: only that host matters then.
 *
 * @param isOfOrganization the host stands in a config value of the organization's own
 * @throws address_not_allowed - only mapping data or the organization's own config names the host.
 */
export async function admitGlobalSecretTo(context: RequestContext, key: string, host: string, isOfOrganization: boolean): Promise<void> {
  const { db, execution, seen } = context
  const namedBy = [...seen.hosts].flatMap(([name, hosts]) => (hosts.has(host) ? [name] : []))
  if (testedHosts(execution).has(host)) namedBy.push(execution.name)
  if (namedBy.length === 0 && !isOfOrganization) return
  const definitions = await listDefinitions(db, 'integration')
  const isDeclared = definitions.some(
    (one) => (namedBy.length === 0 || namedBy.includes(one.name)) && Array.isArray(one.hosts) && isNamed(host, one.hosts.map(String)),
  )
  if (isDeclared || hostsIn(await listGlobalConfig(db, execution.organizationId), true).has(host)) return
  const integrationName = namedBy[0] ?? execution.name
  const sentence =
    namedBy.length > 0
      ? addressNotAllowed(integrationName, host, key)
      : `The organization's own config names the host '${host}', which nobody who may set global values has named, so the global secret '${key}' is not sent to it. Set '${key}' for the organization, or name the host in a global config value.`
  throw addressError('address_not_allowed', { integration_name: integrationName, host, key }, sentence)
}
