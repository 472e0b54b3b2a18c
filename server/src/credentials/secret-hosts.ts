import { hostsIn, isNamed } from '@crosswalk/sdk/named-hosts'
import { type IntegrationDefinition, listDefinitions } from '../definitions/definitions.ts'
import type { Declaring } from '../gateway/messages/declared-hosts.ts'
import type { Database } from '../platform/database/database.ts'
import { hostKey } from '../platform/egress-rules.ts'
import { defineErrors } from '../platform/errors.ts'
import { resolveOwnedConfig } from '../values/config/config.ts'
import type { ValueOwner } from '../values/value-scope.ts'

export const secretHostError = defineErrors({
  secret_not_for_host: {
    status: 403,
    message: 'The secret is only sent to hosts of the integration that declares it. See details.',
  },
})

/** Where a secret is to go. */
export type Destination = {
  /** As the hosts of mappings and definitions are compared: without the dot that a name may end in. */
  host: string
  /** The host stands in a config value of the organization's own. */
  isOfOrganization: boolean
}

export function destinationOf(url: URL, isOfOrganization: boolean): Destination {
  return { host: hostKey(url.hostname), isOfOrganization }
}

/** For whom a secret is read. */
export type SendingFor = {
  db: Database
  organizationId: string | null
  /** Looks whether a global secret may be sent to a host that no definition holds it to. @throws address_not_allowed */
  admitGlobalTo(key: string, host: string, isOfOrganization: boolean): Promise<void>
}

/** The hosts that requests for an integration's tokens are held to, as its own are: else its code could send anything anywhere by them. */
export function declaredOf({ name, hosts }: IntegrationDefinition): Declaring | null {
  return hosts === null ? null : { integration: name, hosts }
}

/**
 * Holds a secret to where it may go: those integrations that declare it say so by their hosts, and by the config values that they declare.
 * A secret that an integration without hosts declares, or none, goes to any host that author code names; a global one not to such
 * as only mapping data or the organization's own config names.
 *
 * @throws secret_not_for_host, address_not_allowed
 */
export async function requireHostOf(
  sending: SendingFor,
  { key, owner }: { key: string; owner: ValueOwner },
  destination: Destination,
): Promise<void> {
  const definitions = await listDefinitions(sending.db, 'integration')
  const declaring = definitions.filter(({ secrets }) => secrets.some((secret) => secret.key === key))
  await requireHostOfThese(sending, declaring, { key, owner }, destination)
}

/** The same of what just these integrations have. */
export async function requireHostOfThese(
  sending: SendingFor,
  declaring: readonly IntegrationDefinition[],
  { key, owner }: { key: string; owner: ValueOwner },
  { host, isOfOrganization }: Destination,
): Promise<void> {
  const isBound = declaring.length > 0 && declaring.every(({ hosts }) => hosts !== null)
  if (!isBound) {
    if (owner === null && sending.organizationId !== null) await sending.admitGlobalTo(key, host, isOfOrganization)
    return
  }
  const hosts = declaring.flatMap((definition) => definition.hosts ?? [])
  if (isNamed(host, hosts) || (await isConfigured(sending, declaring, owner, host))) return
  const [{ name, displayName } = { name: '', displayName: '' }] = declaring
  throw secretHostError(
    'secret_not_for_host',
    { integration_name: name, key, host, hosts },
    `The secret '${key}' is not sent to ${host}: ${displayName} declares it for ${hosts.slice(0, 10).join(', ') || 'no host'}. If it is meant, name the host in its static hosts or in a config value that it declares.`,
  )
}

/** A global secret goes to what a global value names; the organization's own also to what its own does. */
async function isConfigured(
  { db, organizationId }: SendingFor,
  declaring: readonly IntegrationDefinition[],
  owner: ValueOwner,
  host: string,
): Promise<boolean> {
  const keys = new Set(declaring.flatMap(({ config }) => config.map(({ key }) => key)))
  for (const key of keys) {
    const found = await resolveOwnedConfig(db, owner === null ? null : organizationId, key)
    if (found && hostsIn(found.value, true).has(host)) return true
  }
  return false
}
