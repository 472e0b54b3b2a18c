import type { z } from 'zod'
import { type DeclaredConnection, declaredConnections } from './connections.ts'
import { keyPattern } from './context-arguments.ts'
import {
  checkDescription,
  checkFlag,
  checkName,
  checkObjectSchema,
  checkTimeout,
  checkWhole,
  checkWord,
  definitionInvalid,
  isRecord,
  maxCacheSeconds,
  maxDeclaredKeys,
  shown,
} from './definition-checks.ts'
import { validationFailed } from './error-messages.ts'
import type { IntegrationClass, RequiredKey } from './integration.ts'
import type { JsonObject } from './json.ts'
import { type RetryOptions, retryPolicy } from './retry.ts'

/** What the platform publishes about an integration: its checked statics as frozen data, defaults filled in. */
export type IntegrationDefinition = {
  readonly kind: 'integration'
  readonly name: string
  readonly displayName: string
  /** Empty when the author gave none. */
  readonly description: string
  readonly supportsOrgMapping: boolean
  readonly supportsDiscovery: boolean
  /** Null: any object will do. */
  readonly mappingData: z.ZodObject | null
  readonly secrets: readonly DeclaredKey[]
  readonly config: readonly DeclaredKey[]
  /** Lower case; null where it may talk to any public host. */
  readonly hosts: readonly string[] | null
  /** Whether its code reads secrets, or names them for `context.http`. */
  readonly credentials: 'named' | 'read'
  readonly connections: readonly DeclaredConnection[]
  readonly sharedExternalOrgs: boolean
  readonly discoveryCacheSeconds: number
  /** Empty where the platform's defaults apply. */
  readonly timeoutsMs: { readonly discovery?: number; readonly test?: number }
  readonly unrecorded: readonly string[]
  readonly recorded: readonly string[]
}

/** A {@link RequiredKey} beside its key. */
export type DeclaredKey = { readonly key: string; readonly label: string; readonly required: boolean; readonly description: string | null }

const defaultDiscoveryCacheSeconds = 3_600
const requiredMethods = {
  getClient: 'what it returns is what workflows get from ctx.getIntegration',
  testConnection: 'it tells the person who maps an organization whether the mapping works',
}

/**
 * Checks the statics of an integration class. A class has no moment of definition of its own, so the loader asks.
 *
 * @throws TypeError naming the class and what is wrong with it.
 */
export function describeIntegration(integration: IntegrationClass): IntegrationDefinition {
  const className: unknown = integration.name // a static of its own may be anything
  const owner = `integration class ${typeof className === 'string' && className !== '' ? className.slice(0, 60) : '(without a name)'}`
  if (!Object.hasOwn(integration, 'integrationName'))
    throw definitionInvalid(
      `The ${owner} has no static integrationName of its own. Give it one, such as static integrationName = 'halopsa'.`,
    )
  // Read once: what was checked is what is kept.
  const { integrationName: name, displayName, description, mappingData, sharedExternalOrgs, discoveryCacheSeconds } = integration
  const { secrets, config, hosts, credentials, timeoutsMs, unrecorded, recorded, prototype, retry, methodRetry } = integration
  checkName(`integration (static integrationName of ${owner.slice('integration class '.length)})`, name)
  if (displayName !== undefined) checkWord(owner, 'displayName', displayName)
  if (description !== undefined) checkDescription(owner, description)
  if (mappingData !== undefined) checkObjectSchema(owner, 'mappingData', mappingData)
  if (discoveryCacheSeconds !== undefined) checkWhole(owner, 'discoveryCacheSeconds', discoveryCacheSeconds, 0, maxCacheSeconds)
  checkFlag(owner, 'sharedExternalOrgs', sharedExternalOrgs)
  if (credentials !== undefined && credentials !== 'named' && credentials !== 'read')
    throw definitionInvalid(`The ${owner} has credentials ${shown(credentials)}; it must be 'named' or 'read'.`)
  if (retry !== undefined) checkRetry(owner, 'retry', retry)
  if (methodRetry !== undefined && !isRecord(methodRetry))
    throw definitionInvalid(`The ${owner} has methodRetry that is not { method: { maxAttempts, … } }: ${shown(methodRetry)}.`)
  for (const [method, policy] of Object.entries(methodRetry ?? {})) checkRetry(owner, `methodRetry.${method.slice(0, 60)}`, policy)
  for (const [method, why] of Object.entries(requiredMethods)) {
    if (typeof Reflect.get(prototype, method) !== 'function')
      throw definitionInvalid(`The ${owner} does not define ${method}(mapping). Add it: ${why}.`)
  }
  return Object.freeze({
    kind: 'integration',
    name,
    displayName: displayName ?? name,
    description: description ?? '',
    supportsOrgMapping: askSupportsOrgMapping(owner, integration),
    supportsDiscovery: supportsDiscovery(integration),
    mappingData: mappingData ?? null,
    secrets: declaredKeys(owner, 'secrets', secrets),
    config: declaredKeys(owner, 'config', config),
    hosts: hosts === undefined ? null : checkHosts(owner, hosts),
    credentials: credentials ?? 'read',
    connections: declaredConnections(owner, integration.connections),
    sharedExternalOrgs: sharedExternalOrgs === true,
    discoveryCacheSeconds: discoveryCacheSeconds ?? defaultDiscoveryCacheSeconds,
    timeoutsMs: checkTimeouts(owner, timeoutsMs),
    unrecorded: methodNames(owner, 'unrecorded', unrecorded),
    recorded: methodNames(owner, 'recorded', recorded),
  })
}

const maxHosts = 100
const hostPattern = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$|^[0-9a-f:]*:[0-9a-f:.]+$/

function checkHosts(owner: string, hosts: unknown): readonly string[] {
  if (!Array.isArray(hosts) || hosts.length > maxHosts)
    throw definitionInvalid(`The ${owner} has hosts that are not a list of at most ${maxHosts} host names: ${shown(hosts)}.`)
  return Object.freeze(
    hosts.map((given: unknown) => {
      const host = typeof given === 'string' ? given.toLowerCase().replace(/\.$/, '') : ''
      if (host.length <= 253 && hostPattern.test(host)) return host
      throw definitionInvalid(
        `The ${owner} has ${shown(given)} in hosts. Write names such as api.example.com or *.example.com, without https:// and port.`,
      )
    }),
  )
}

function checkTimeouts(owner: string, timeouts: unknown): IntegrationDefinition['timeoutsMs'] {
  if (timeouts !== undefined && !isRecord(timeouts))
    throw definitionInvalid(`The ${owner} has timeoutsMs that is not { discovery?: number, test?: number }: ${shown(timeouts)}.`)
  const { discovery, test, ...rest } = timeouts ?? {}
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw definitionInvalid(`The ${owner} has timeoutsMs.${unknown.slice(0, 60)}; there are discovery and test.`)
  if (discovery !== undefined) checkTimeout(owner, 'timeoutsMs.discovery', discovery)
  if (test !== undefined) checkTimeout(owner, 'timeoutsMs.test', test)
  return Object.freeze({ ...(discovery === undefined ? {} : { discovery }), ...(test === undefined ? {} : { test }) })
}

/** Whether the class, or an ancestor below `BaseIntegration`, defines `listOrganizations`. */
export function supportsDiscovery(integration: IntegrationClass): boolean {
  return typeof integration.prototype.listOrganizations === 'function'
}

/**
 * Stored mapping data as the author's types promise it: parsed by the class's schema, defaults filled in. Keys that
 * the schema does not know are kept, since a newer version of the workspace may have written them.
 *
 * @throws validation_failed when the data no longer fits the schema.
 */
export function parseMappingData(integration: IntegrationClass, data: JsonObject): JsonObject {
  if (!integration.mappingData) return data
  const parsed = integration.mappingData.safeParse(data)
  if (!parsed.success)
    throw validationFailed(`mapping data for the integration '${integration.integrationName}'`, parsed.error, 'mapping_data')
  return { ...data, ...(parsed.data as JsonObject) } // a zod object's output; that it is JSON is the author's contract
}

function askSupportsOrgMapping(owner: string, integration: IntegrationClass): boolean {
  try {
    // Without constructing: there is no organization, and no execution, to construct it for.
    return integration.prototype.supportsOrgMapping.call(Object.create(integration.prototype)) === true
  } catch (cause) {
    throw definitionInvalid(`The ${owner} throws in supportsOrgMapping(); it must answer a constant, without its context.`, { cause })
  }
}

function declaredKeys(owner: string, field: string, keys: unknown): readonly DeclaredKey[] {
  if (keys !== undefined && !isRecord(keys))
    throw definitionInvalid(`The ${owner} has ${field} that is not { key: { label } }: ${shown(keys)}.`)
  const entries = Object.entries(keys ?? {})
  if (entries.length > maxDeclaredKeys)
    throw definitionInvalid(`The ${owner} has ${entries.length} ${field}; ${maxDeclaredKeys} is the most.`)
  return Object.freeze(entries.map(([key, declared]) => declaredKey(owner, field, key, declared)))
}

function checkRetry(owner: string, field: string, retry: unknown): void {
  if (!isRecord(retry)) throw definitionInvalid(`The ${owner} has ${field} that is not { maxAttempts, … }: ${shown(retry)}.`)
  try {
    retryPolicy(retry as RetryOptions) // its values are checked there
  } catch (error) {
    throw definitionInvalid(`The ${owner} has a ${field} that makes no sense. ${(error as Error).message}`)
  }
}

function declaredKey(owner: string, field: string, key: string, declared: unknown): DeclaredKey {
  if (!keyPattern.test(key))
    throw definitionInvalid(`The ${owner} has a key in ${field} that does not match ${keyPattern.source}: ${shown(key)}.`)
  if (!isRecord(declared)) throw definitionInvalid(`The ${owner} has ${field}.${key} that is not { label }: ${shown(declared)}.`)
  const { label, required, description } = declared as Partial<RequiredKey>
  checkWord(owner, `label of ${field}.${key}`, label)
  checkFlag(owner, `${field}.${key}.required`, required)
  if (description !== undefined) checkDescription(`${owner}, for ${field}.${key},`, description)
  return Object.freeze({ key, label, required: required === true, description: description ?? null })
}

function methodNames(owner: string, field: string, names: unknown): readonly string[] {
  const list: unknown[] | undefined = Array.isArray(names) ? [...names] : names === undefined ? [] : undefined
  if (list?.every((name) => typeof name === 'string')) return Object.freeze(list)
  throw definitionInvalid(`The ${owner} has ${field} that is not a list of method names: ${shown(names)}.`)
}
