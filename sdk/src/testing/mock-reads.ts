import { CrosswalkError, PermissionDeniedError } from '../errors.ts'
import type { IntegrationClass } from '../integration.ts'
import type { JsonValue } from '../json.ts'
import type { SavedMapping } from '../mapping.ts'
import { addressNotAllowed } from '../mapping-refusals.ts'
import { Mask } from '../masking/masking.ts'
import { hostsIn, hostsOfMapping, isNamed } from '../named-hosts.ts'

type Facts = {
  /** By name. */
  classes: ReadonlyMap<string, IntegrationClass>
  /** The global ones. */
  config: Readonly<Record<string, JsonValue>>
}

/** What the code has read so far, and the platform's rules for what it may read together. */
export class MockReads {
  readonly #facts: Facts
  readonly #secrets = new Mask()
  readonly #globalKeys = new Set<string>()
  /** The hosts that mapping data named, by integration. */
  readonly #hosts = new Map<string, Set<string>>()

  constructor(facts: Facts) {
    this.#facts = facts
  }

  /** True if data holds a secret that was read, in whatever form. */
  holdsSecret(value: unknown): boolean {
    return this.#secrets.isSurelyIn(value)
  }

  /**
   * Code of an integration whose credentials are named reads none, and a secret that only such integrations declare is read by nobody.
   *
   * @param asking the integration whose code asks, where that is known
   * @throws forbidden
   */
  requireReadable(key: string, asking: IntegrationClass | undefined): void {
    const declaring = this.#declaring(key)
    const named = [...(asking ? [asking] : []), ...(declaring.every(isNamedOnly) ? declaring : [])].find(isNamedOnly)
    if (!named) return
    throw new PermissionDeniedError(
      `The credentials of ${named.displayName ?? named.integrationName} are named and not read, so getSecret does not give '${key}'. Name it under auth of context.http; the platform puts it into requests.`,
      { key, integration_name: named.integrationName },
    )
  }

  /** @throws address_not_allowed */
  secret(key: string, value: string, isGlobal: boolean): void {
    if (isGlobal) {
      for (const [integrationName, hosts] of this.#hosts) this.#requireKnown(integrationName, hosts, [key])
      this.#globalKeys.add(key)
    }
    this.#secrets.add(value)
  }

  /** @throws address_not_allowed */
  mappings(mappings: readonly SavedMapping[]): void {
    for (const { integrationName, externalOrgId, mappingData } of mappings) {
      const hosts = hostsOfMapping(externalOrgId, mappingData)
      if (hosts.size === 0) continue
      this.#requireKnown(integrationName, hosts, this.#globalKeys)
      this.#hosts.set(integrationName, (this.#hosts.get(integrationName) ?? new Set()).union(hosts))
    }
  }

  #requireKnown(integrationName: string, hosts: Iterable<string>, keys: Iterable<string>): void {
    const { classes, config } = this.#facts
    const declared = classes.get(integrationName)?.hosts ?? []
    const configured = hostsIn(Object.values(config), true)
    const host = [...hosts].find((name) => !isNamed(name, declared) && !configured.has(name))
    if (host === undefined) return
    const key = [...keys].find((each) => this.#mayUse(integrationName, each))
    if (key === undefined) return
    const details = { integration_name: integrationName, host, key }
    throw Object.assign(new CrosswalkError('address_not_allowed', addressNotAllowed(integrationName, host, key), details), {
      name: 'AddressNotAllowedError',
    })
  }

  /** True where the secret is of that integration; one that no integration declares may be of any. */
  #mayUse(integrationName: string, key: string): boolean {
    const declaring = this.#declaring(key)
    return declaring.length === 0 || declaring.some((integration) => integration.integrationName === integrationName)
  }

  #declaring(key: string): IntegrationClass[] {
    return [...this.#facts.classes.values()].filter(({ secrets }) => Object.hasOwn(secrets ?? {}, key))
  }
}

const isNamedOnly = ({ credentials }: IntegrationClass) => credentials === 'named'
