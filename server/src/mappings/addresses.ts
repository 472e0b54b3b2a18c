import { isIP } from 'node:net'
import { findDefinition, listDefinitions } from '../definitions/definitions.ts'
import type { RequestContext } from '../engine/state/requests.ts'
import { defineErrors } from '../platform/errors.ts'
import { listGlobalConfig } from '../values/config/config.ts'

export const addressError = defineErrors({
  address_not_allowed: {
    status: 403,
    message: 'The mapping data names a host that is not known, so no global secret is given to what would ask it.',
  },
})

const hostName = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]\.?$/i
/** What a field is called that holds an address, so that a bare name in it is one. Elsewhere a name may be a customer's domain. */
const addressField = /ur[il]|host|server|endpoint|origin|address|instance|base|site|domain_controller/i
const maxValues = 10_000

function hostOfUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  return plainName(new URL(text).hostname)
}

function plainName(host: string): string | undefined {
  const name = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  return name === '' ? undefined : name
}

/** The host that a text names: as a URL, with a port or a path, or as an IP address. @param isBareName a name alone is one as well */
export function hostOf(given: string, isBareName: boolean): string | undefined {
  const text = given.trim()
  if (/^[a-z][a-z0-9+.-]*:[\\/]{2}/i.test(text)) return hostOfUrl(text) ?? hostOfUrl(text.replace(/^[^:]*/, 'https'))
  if (/^[\\/]{2}[^\\/]/.test(text)) return hostOfUrl(`https:${text}`)
  if (isIP(text.replace(/^\[|\]$/g, '')) !== 0) return plainName(text)
  if (/^\[[0-9a-f:.]+\](:\d+)?([/?#]|$)/i.test(text)) return hostOfUrl(`https://${text}`)
  if (/\s/.test(text) || text.includes('@')) return isBareName ? hostOfUrl(`https://${text}`) : undefined
  const [name = '', rest = ''] = /^([^:/?#\\]+)(.*)$/s.exec(text)?.slice(1) ?? []
  const isName = hostName.test(name) || isIP(name) !== 0 || name.toLowerCase() === 'localhost'
  if (!isName || !(rest === '' ? isBareName : /^(:\d{1,5})?([/?#\\]|$)/.test(rest))) return undefined
  return hostOfUrl(`https://${name}`)
}

/** Every host that data names. */
export function hostsIn(data: unknown, isAddress = false): Set<string> {
  const hosts = new Set<string>()
  const waiting: { value: unknown; isAddress: boolean }[] = [{ value: data, isAddress }]
  for (let count = 0; waiting.length > 0 && count < maxValues; count++) {
    const { value, isAddress } = waiting.pop() as { value: unknown; isAddress: boolean } // there is one
    if (typeof value === 'string') {
      const host = hostOf(value, isAddress)
      if (host !== undefined) hosts.add(host)
    } else if (value !== null && typeof value === 'object') {
      const isList = Array.isArray(value)
      for (const [key, item] of Object.entries(value))
        waiting.push({ value: item, isAddress: isAddress || (!isList && addressField.test(key)) })
    }
  }
  return hosts
}

function isNamed(host: string, names: Iterable<string>): boolean {
  for (const name of names) {
    const known = name.toLowerCase()
    if (known === host || (known.startsWith('*.') && host.endsWith(known.slice(1)))) return true
  }
  return false
}

/** The mapping that a test is of, as its execution was given it. */
function testedData({ kind, input }: RequestContext['execution']): unknown {
  if (kind !== 'connection_test') return undefined
  const mapping: unknown = Object(input).mapping
  return Object(mapping).mapping_data
}

/** True where the secret is of that integration; one that no integration declares may be of any. */
async function mayUse(db: RequestContext['db'], integrationName: string, key: string): Promise<boolean> {
  const declaring = (await listDefinitions(db, 'integration')).filter(({ secrets }) => secrets.some((secret) => secret.key === key))
  return declaring.length === 0 || declaring.some(({ name }) => name === integrationName)
}

/**
 * Holds an execution to this: what mapping data names is not asked with a global secret, unless the integration's definition or a global
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
      `The mapping data of '${integrationName}' names the host '${host}', which nobody who may set global values has named, so the global secret '${key}' is not given for it. Add the host to \`static hosts\` of the integration, or to a global config value; or set '${key}' for the organization.`,
    )
  }
}

/** Before a global secret is given. @throws address_not_allowed */
export async function admitGlobalSecret(context: RequestContext, key: string): Promise<void> {
  const tested = hostsIn(testedData(context.execution))
  if (tested.size > 0) await requireKnown(context, context.execution.name, tested, [key])
  for (const [integrationName, hosts] of context.seen.hosts) await requireKnown(context, integrationName, hosts, [key])
  context.seen.globalKeys.add(key)
}

/** Before mapping data is given: an execution may have read a global secret already. @throws address_not_allowed */
export async function admitMappings(
  context: RequestContext,
  mappings: readonly { integrationName: string; mappingData: unknown }[],
): Promise<void> {
  for (const { integrationName, mappingData } of mappings) {
    const hosts = hostsIn(mappingData)
    if (hosts.size === 0) continue
    if (context.seen.globalKeys.size > 0) await requireKnown(context, integrationName, hosts, context.seen.globalKeys)
    const known = context.seen.hosts.get(integrationName) ?? new Set()
    for (const host of hosts) known.add(host)
    context.seen.hosts.set(integrationName, known)
  }
}
