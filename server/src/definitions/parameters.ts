import { notFitting } from '@crosswalk/sdk/closed-fields'
import { storageProblem } from '@crosswalk/sdk/storable-json'
import { z } from 'zod'
import { platformError } from '../platform/errors.ts'
import { schemaErrors } from '../platform/json-schema.ts'
import type { JsonObject } from '../protocol/json.ts'

const maxBytes = 512 * 1024

/** The parameters of a workflow or data provider in a body: an object, checked by `requireFittingParameters`. */
export const parametersField = z
  .record(z.string(), z.unknown())
  .superRefine((value, context) => {
    const problem = storageProblem(value, maxBytes)
    if (problem !== undefined) context.addIssue(problem)
  })
  .transform((value) => value as JsonObject) // it came as JSON
  .nullish()
  .describe('Must fit the `parameters_schema`; at most 512 KiB.')

/** @throws validation_failed - details name each field as `parameters.<field>`. */
export function requireFittingParameters(schema: JsonObject, parameters: JsonObject, what: string): void {
  const errors = schemaErrors(schema, parameters, 'parameters')
  if (!errors) return
  throw platformError('validation_failed', errors, notFitting(what, errors))
}
