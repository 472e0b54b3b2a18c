import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { namePattern } from '../definition-checks.ts'
import { integrationNotFound } from '../error-messages.ts'
import { CrosswalkError, ValidationError } from '../errors.ts'
import { externalIdProblem } from '../external-id.ts'
import type { IntegrationClass } from '../integration.ts'
import { parseMappingData } from '../integration-definition.ts'
import type { JsonObject } from '../json.ts'
import { dataDoesNotFit } from '../mapping-refusals.ts'
import { notJsonProblem, toPlainJson } from '../plain-json.ts'
import { storageProblem } from '../storable-json.ts'
import { unknownMembers } from './unknown-members.ts'

// The platform's own rules for a mapping, and its words.

const maxMappingDataBytes = 32 * 1024
const tooLong = 'must be at most 200 characters long'

const fields = z.object({
  integration_name: z
    .string()
    .regex(namePattern, 'must begin with a lower-case letter and have at most 50 lower-case letters, digits and underscores'),
  external_org_id: z.unknown().superRefine((id, context) => {
    const problem = externalIdProblem(id)
    if (problem !== undefined) context.addIssue(problem)
  }),
  external_org_name: z
    .string()
    .max(200, tooLong)
    .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'must not contain control characters')
    .nullish(),
  mapping_data: z
    .record(z.string(), z.unknown())
    .superRefine((data, context) => {
      const problem = mappingDataProblem(data)
      if (problem !== undefined) context.addIssue(problem)
    })
    .nullish(),
})

function mappingDataProblem(data: unknown): string | undefined {
  const made = toPlainJson(data)
  return 'problem' in made ? notJsonProblem(made.problem) : storageProblem(made.json, maxMappingDataBytes)
}

/** What a draft says of the mapping itself. */
export type MappingFields = { integrationName: string; externalOrgId: string; externalOrgName?: unknown; mappingData?: unknown }

/** @throws validation_failed with each field, by its name on the wire. */
export function checkFields({ integrationName, externalOrgId, externalOrgName, mappingData }: MappingFields): void {
  const parsed = fields.safeParse({
    integration_name: integrationName,
    external_org_id: externalOrgId,
    external_org_name: externalOrgName,
    mapping_data: mappingData,
  })
  if (parsed.success) return
  const details: Record<string, string[]> = {}
  for (const issue of parsed.error.issues) {
    const field = issue.path.join('.')
    details[field] = [...(details[field] ?? []), issue.message]
  }
  const sentences = Object.entries(details).map(([field, messages]) => `${field} ${messages.join('; ')}`)
  throw new ValidationError(`The mapping is not valid: ${sentences.join('. ')}.`, details)
}

/** The class that a mapping belongs to; undefined in a test that gives no classes, where any name can be mapped. @throws integration_not_found */
export function knownClass(classes: ReadonlyMap<string, IntegrationClass>, integrationName: string): IntegrationClass | undefined {
  const integration = classes.get(integrationName)
  if (!integration && classes.size > 0) throw integrationNotFound({ integrationName, available: [...classes.keys()] })
  return integration
}

const refusalNames = {
  mapping_exists: 'MappingExistsError',
  mapping_not_supported: 'MappingNotSupportedError',
  mapping_holds_secret: 'MappingHoldsSecretError',
}

/** An error of the platform that has no class in the SDK: it is named after its code. */
export function refusal(code: keyof typeof refusalNames, message: string, details: JsonObject): CrosswalkError {
  return Object.assign(new CrosswalkError(code, message, details), { name: refusalNames[code] })
}

/** @throws mapping_not_supported */
export function requireMappingSupport(integration: IntegrationClass): void {
  // Asked as the loader asks: of the class, without a context.
  if (integration.prototype.supportsOrgMapping.call(Object.create(integration.prototype)) === true) return
  const name = integration.integrationName
  throw refusal('mapping_not_supported', `The integration '${name}' does not support organization mapping.`, { integration_name: name })
}

const schemas = new WeakMap<IntegrationClass, JsonObject>()

/** As it is published. */
function schemaOf(integration: IntegrationClass): JsonObject {
  const known = schemas.get(integration)
  if (known || !integration.mappingData) return known ?? {}
  const made = z.toJSONSchema(integration.mappingData, { io: 'input', unrepresentable: 'any' }) as JsonObject // zod's own type is of the draft's keywords
  schemas.set(integration, made)
  return made
}

/**
 * @param before what the mapping holds now: what was kept from then and that the schema does not name any more may stay
 * @throws validation_failed when the data does not fit the integration's schema.
 */
export function requireFittingData(integration: IntegrationClass, data: JsonObject, before: JsonObject): void {
  parseMappingData(integration, data)
  const schema = schemaOf(integration)
  const named = Object(schema.properties)
  const isLeftOver = (name: string) =>
    !Object.hasOwn(named, name) && Object.hasOwn(before, name) && isDeepStrictEqual(before[name], data[name])
  const kept = Object.fromEntries(Object.entries(data).filter(([name]) => !isLeftOver(name)))
  const errors = unknownMembers(schema, kept, 'mapping_data')
  if (Object.keys(errors).length > 0) throw new ValidationError(dataDoesNotFit(integration.integrationName, errors), errors)
}
