import { z } from 'zod'
import { type MappingFilter, mappingFilterFields } from '../mapping-lists/mapping-filter.ts'
import type { JsonObject } from '../protocol/json.ts'

const parameters = z.object(mappingFilterFields)

/** Which mappings a batch of connection tests is for, as its parameters say it. */
export function parametersOfTests({ integrationName, attention, search, cause }: MappingFilter): JsonObject {
  return {
    ...(integrationName === undefined ? {} : { integration_name: integrationName }),
    ...(attention === undefined ? {} : { attention }),
    ...(search === undefined ? {} : { search }),
    ...(cause === undefined ? {} : { cause }),
  }
}

/** The same, read from the parameters. Of a schedule's batch they are none, which means all. */
export function filterOfTests(given: JsonObject): MappingFilter {
  const { integration_name: integrationName, attention, search, cause } = parameters.parse(given)
  return { integrationName, attention, search, cause }
}
