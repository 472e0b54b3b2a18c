import { checkSchedule, definitionInvalid } from '@crosswalk/sdk'
import { declaredConnection, maxConnections } from '@crosswalk/sdk/connections'
import {
  isStorableText,
  maxCacheSeconds,
  maxConcurrency,
  maxDeadlineMs,
  maxDeclaredKeys,
  maxDescriptionChars,
  maxTags,
  maxTimeoutMs,
  maxWordChars,
  namePattern,
  publishingProblem,
} from '@crosswalk/sdk/definition-checks'
import { z } from 'zod'
import type { DefinitionProblem, PublishedDefinition } from './channel.ts'
import type { JsonObject } from './json.ts'
import { storable } from './storable.ts'

// The limits are those of the SDK, which an author meets first. They are checked here again, because definitions come from a process that
// runs author code: perhaps from another version of the SDK, and perhaps from none.
const text = (maxLength: number) => z.string().max(maxLength).refine(isStorableText, 'has a NUL character or half of a Unicode pair')
const name = z.string().regex(namePattern)
const file = text(1_000)
const description = text(maxDescriptionChars)
const word = text(maxWordChars)
const schema = z.custom<JsonObject>().superRefine((value, context) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return context.addIssue('is no JSON Schema')
  const problem = publishingProblem(value)
  if (problem !== undefined) context.addIssue(problem)
})
const timeoutMs = z.int().min(1).max(maxTimeoutMs)
const seconds = z.int().min(0).max(maxCacheSeconds)
const limit = z.int().min(1).max(maxConcurrency).nullable()
const declaredKeys = z
  .array(z.object({ key: text(127), label: word, required: z.boolean(), description: description.nullable() }))
  .max(maxDeclaredKeys)
const schedule = z
  .custom<JsonObject>()
  .transform((value, context) => {
    try {
      const { organizations, ...plan } = checkSchedule('definition', value)
      return { ...plan, organizations: typeof organizations === 'string' ? organizations : [...organizations] }
    } catch (error) {
      context.addIssue((error as Error).message)
      return z.NEVER
    }
  })
  .nullable()

const publishedDefinition = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('integration'),
    name,
    file,
    displayName: word,
    description,
    supportsOrgMapping: z.boolean(),
    supportsDiscovery: z.boolean(),
    hosts: z.array(z.string().min(1).max(253)).max(100).nullable(),
    // Definitions that were published before there was one have none.
    credentials: z.enum(['named', 'read']).default('read'),
    connections: z.array(declaredConnection).max(maxConnections).default([]),
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
    file,
    // Definitions that were published before there were these have none.
    displayName: word.nullable().default(null),
    offeredTo: z.literal('customers').nullable().default(null),
    description,
    category: word,
    tags: z.array(word).max(maxTags),
    parametersSchema: schema,
    timeoutMs,
    // Definitions that were published before there was one have none.
    deadlineMs: z.int().min(1).max(maxDeadlineMs).nullable().default(null),
    schedule,
    concurrency: z.object({ perOrganization: limit, total: limit }).nullable(),
  }),
  z.object({
    kind: z.literal('data_provider'),
    name,
    file,
    description,
    category: word,
    parametersSchema: schema,
    cacheSeconds: seconds,
    timeoutMs,
  }),
])

/**
 * One definition in the form that everything relies on.
 *
 * @throws TypeError with the code `definition_invalid`, saying what is wrong with it
 */
export function checkedDefinition(value: unknown): PublishedDefinition {
  const parsed = publishedDefinition.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw definitionInvalid(`It cannot be published: ${issue?.path.join('.') || 'the definition'} ${issue?.message ?? 'is wrong'}.`)
}

const maxReasonChars = 2_000
const maxFileChars = 1_000

/** A problem as it can be kept and shown, whatever its file threw. */
export function keptProblem({ kind, file, reason, ...rest }: DefinitionProblem): DefinitionProblem {
  const isLong = reason.length > maxReasonChars
  return {
    ...rest,
    kind,
    file: storable(file.slice(0, maxFileChars)),
    reason: storable(isLong ? `${reason.slice(0, maxReasonChars)}…` : reason),
  }
}
