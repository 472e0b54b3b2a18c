import type { z } from 'zod'
import { keyPattern } from './context-arguments.ts'
import {
  checkDescription,
  checkName,
  checkObjectSchema,
  checkWhole,
  checkWord,
  definitionInvalid,
  isRecord,
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
  const owner = `integration class ${integration.name || '(without a name)'}`
  if (!Object.hasOwn(integration, 'integrationName'))
    throw definitionInvalid(
      `The ${owner} has no static integrationName of its own. Give it one, such as static integrationName = 'halopsa'.`,
    )
  checkName(`integration (static integrationName of ${integration.name})`, integration.integrationName)
  if (integration.displayName !== undefined) checkWord(owner, 'displayName', integration.displayName)
  if (integration.description !== undefined) checkDescription(owner, integration.description)
  if (integration.mappingData !== undefined) checkObjectSchema(owner, 'mappingData', integration.mappingData)
  if (integration.discoveryCacheSeconds !== undefined) checkWhole(owner, 'discoveryCacheSeconds', integration.discoveryCacheSeconds, 0)
  for (const [name, ms] of Object.entries(integration.timeoutsMs ?? {})) checkWhole(owner, `timeoutsMs.${name}`, ms, 1)
  if (integration.retry !== undefined) checkRetry(owner, 'retry', integration.retry)
  if (integration.methodRetry !== undefined && !isRecord(integration.methodRetry))
    throw definitionInvalid(`The ${owner} has methodRetry that is not { method: { maxAttempts, … } }: ${shown(integration.methodRetry)}.`)
  for (const [method, retry] of Object.entries(integration.methodRetry ?? {})) checkRetry(owner, `methodRetry.${method}`, retry)
  for (const [method, why] of Object.entries(requiredMethods)) {
    if (typeof Reflect.get(integration.prototype, method) !== 'function')
      throw definitionInvalid(`The ${owner} does not define ${method}(mapping). Add it: ${why}.`)
  }
  return Object.freeze({
    kind: 'integration',
    name: integration.integrationName,
    displayName: integration.displayName ?? integration.integrationName,
    description: integration.description ?? '',
    supportsOrgMapping: askSupportsOrgMapping(owner, integration),
    supportsDiscovery: supportsDiscovery(integration),
    mappingData: integration.mappingData ?? null,
    secrets: declaredKeys(owner, 'secrets', integration.secrets),
    config: declaredKeys(owner, 'config', integration.config),
    sharedExternalOrgs: integration.sharedExternalOrgs === true,
    discoveryCacheSeconds: integration.discoveryCacheSeconds ?? defaultDiscoveryCacheSeconds,
    timeoutsMs: Object.freeze({ ...integration.timeoutsMs }),
    unrecorded: methodNames(owner, 'unrecorded', integration.unrecorded),
    recorded: methodNames(owner, 'recorded', integration.recorded),
  })
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

function declaredKeys(owner: string, field: string, keys: Record<string, RequiredKey> | undefined): readonly DeclaredKey[] {
  if (keys !== undefined && !isRecord(keys))
    throw definitionInvalid(`The ${owner} has ${field} that is not { key: { label } }: ${shown(keys)}.`)
  const declared = Object.entries(keys ?? {}).map(([key, { label, required, description }]) => {
    if (!keyPattern.test(key))
      throw definitionInvalid(`The ${owner} has a key in ${field} that does not match ${keyPattern.source}: ${shown(key)}.`)
    checkWord(owner, `label of ${field}.${key}`, label)
    return Object.freeze({ key, label, required: required === true, description: description ?? null })
  })
  return Object.freeze(declared)
}

function checkRetry(owner: string, field: string, retry: unknown): void {
  if (!isRecord(retry)) throw definitionInvalid(`The ${owner} has ${field} that is not { maxAttempts, … }: ${shown(retry)}.`)
  try {
    retryPolicy(retry as RetryOptions) // its values are checked there
  } catch (error) {
    throw definitionInvalid(`The ${owner} has a ${field} that makes no sense. ${(error as Error).message}`)
  }
}

function methodNames(owner: string, field: string, names: readonly string[] | undefined): readonly string[] {
  if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === 'string'))) {
    throw definitionInvalid(`The ${owner} has ${field} that is not a list of method names: ${shown(names)}.`)
  }
  return Object.freeze([...(names ?? [])])
}
