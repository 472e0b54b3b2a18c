import { z } from 'zod'
import type { PublishedDefinition } from '../protocol/channel.ts'
import type { JsonObject } from '../protocol/json.ts'

const name = z.string().regex(/^[a-z][a-z0-9_]{0,49}$/)
const schema = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'is no JSON Schema')
const timeoutMs = z.int().min(1).max(2_147_483_647)
const seconds = z.number().min(0).max(31_536_000)
const declaredKeys = z.array(z.object({ key: z.string(), label: z.string(), required: z.boolean(), description: z.string().nullable() }))

/** Definitions come from a process that runs author code, so their form is checked before anything relies on it. */
const publishedDefinition = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('integration'),
    name,
    file: z.string(),
    displayName: z.string(),
    description: z.string(),
    supportsOrgMapping: z.boolean(),
    supportsDiscovery: z.boolean(),
    sharedExternalOrgs: z.boolean(),
    mappingDataSchema: schema,
    secrets: declaredKeys,
    config: declaredKeys,
    discoveryCacheSeconds: seconds,
    discoveryTimeoutMs: timeoutMs,
    testTimeoutMs: timeoutMs,
  }),
  z.object({
    kind: z.literal('workflow'),
    name,
    file: z.string(),
    description: z.string(),
    category: z.string(),
    tags: z.array(z.string()),
    parametersSchema: schema,
    timeoutMs,
    schedule: schema.nullable(),
    concurrency: z.object({ perOrganization: z.int().min(1).nullable(), total: z.int().min(1).nullable() }).nullable(),
  }),
  z.object({
    kind: z.literal('data_provider'),
    name,
    file: z.string(),
    description: z.string(),
    category: z.string(),
    parametersSchema: schema,
    cacheSeconds: seconds,
    timeoutMs,
  }),
])

/** @throws TypeError naming the first definition that is not of its form, or that has another's name. */
export function checkDefinitions(definitions: readonly PublishedDefinition[]): PublishedDefinition[] {
  const seen = new Set<string>()
  return definitions.map((definition) => {
    const parsed = publishedDefinition.safeParse(definition)
    if (!parsed.success)
      throw new TypeError(`The definition ${String(definition?.name)} cannot be published: ${z.prettifyError(parsed.error)}`)
    const key = `${parsed.data.kind} ${parsed.data.name}`
    if (seen.has(key)) throw new TypeError(`Two definitions are called ${key}.`)
    seen.add(key)
    return parsed.data
  })
}
