import { externalIdProblem } from '@crosswalk/sdk'
import { namePattern } from '@crosswalk/sdk/definition-checks'
import { dataDoesNotFit, mappingHoldsSecret } from '@crosswalk/sdk/mapping-refusals'
import { storageProblem } from '@crosswalk/sdk/storable-json'
import { z } from 'zod'
import type { IntegrationDefinition } from '../definitions/definitions.ts'
import { defineErrors, platformError } from '../platform/errors.ts'
import { schemaErrors } from '../platform/json-schema.ts'
import { canonicalJson, type JsonObject, type JsonValue } from '../protocol/json.ts'

export const mappingError = defineErrors({
  mapping_not_found: { status: 404, message: 'This organization has no such mapping.', hidesOthers: true },
  multiple_mappings: { status: 409, message: 'The organization has several active mappings of this integration. Say which one is meant.' },
  mapping_exists: { status: 409, message: 'This organization is already mapped to that external organization.' },
  external_org_taken: { status: 409, message: 'Another organization is already mapped to this external organization.' },
  mapping_holds_secret: {
    status: 400,
    message: mappingHoldsSecret,
  },
  mapping_not_supported: { status: 400, message: 'This integration does not support organization mapping.' },
})

const maxDataBytes = 32 * 1024
const notInName = /[\p{Cc}\p{Cs}]/u

/** What a mapping's fields may be, by their names on the wire. */
export const mappingFields = {
  integration_name: z
    .string()
    .regex(namePattern, 'must begin with a lower-case letter and have at most 50 lower-case letters, digits and underscores'),
  external_org_id: z
    .string({ error: ({ input }) => (input === undefined ? undefined : externalIdProblem(input)) })
    .superRefine((id, context) => {
      const problem = externalIdProblem(id)
      if (problem !== undefined) context.addIssue(problem)
    })
    .describe('As the outside system spells it: 1 to 200 characters, not blank, no control characters. Compared byte for byte.')
    .meta({ minLength: 1, maxLength: 200 }),
  external_org_name: z
    .string()
    .max(200, 'must be at most 200 characters long')
    .refine((text) => !notInName.test(text), 'must not contain control characters')
    .describe('For people. Without one, the external id stands in.'),
  mapping_data: z
    .record(z.string(), z.unknown())
    .superRefine((value, context) => {
      const problem = storageProblem(value, maxDataBytes)
      if (problem !== undefined) context.addIssue(problem)
    })
    .transform((value) => value as JsonObject) // it came as JSON
    .describe('Must fit the schema of the integration; at most 32 KiB.'),
}

/** @throws mapping_not_supported */
export function requireMappingSupport(integration: IntegrationDefinition): void {
  if (integration.supportsOrgMapping) return
  throw mappingError(
    'mapping_not_supported',
    { integration_name: integration.name },
    `The integration '${integration.name}' does not support organization mapping.`,
  )
}

/** Without the fields that were kept from before and that the schema does not name any more: who edits the rest cannot mend them. */
function withoutLeftOvers({ mappingDataSchema }: IntegrationDefinition, data: JsonObject, before: JsonObject): JsonObject {
  const named = Object(mappingDataSchema.properties ?? {})
  const isLeftOver = ([name, value]: [string, JsonValue]) =>
    !Object.hasOwn(named, name) && Object.hasOwn(before, name) && canonicalJson(before[name]) === canonicalJson(value)
  return Object.fromEntries(Object.entries(data).filter((entry) => !isLeftOver(entry)))
}

/**
 * @param before what the mapping holds now
 * @throws validation_failed - the data does not fit the integration's schema; details name each field.
 */
export function requireFittingData(integration: IntegrationDefinition, mappingData: JsonObject, before: JsonObject = {}): void {
  const errors = schemaErrors(integration.mappingDataSchema, withoutLeftOvers(integration, mappingData, before), 'mapping_data')
  if (!errors) return
  throw platformError('validation_failed', errors, dataDoesNotFit(integration.name, errors))
}
