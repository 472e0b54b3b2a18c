import { z } from 'zod'
import { causeField } from '../engine/failures/causes.ts'
import { mappingFields } from '../mappings/mapping-rules.ts'
import { lineOfText } from '../platform/http/text.ts'
import { type Attention, attentions } from './mappings-of-all.queries.ts'

export { type Attention, countedTo, countMappings, matchingMappingIds } from './mappings-of-all.queries.ts'

/** Which of the active mappings of many organizations: all, where nothing is named. */
export type MappingFilter = {
  integrationName: string | undefined
  attention: Attention | undefined
  search: string | undefined
  cause: string | undefined
}

/** The same on the wire. */
export const mappingFilterFields = {
  integration_name: mappingFields.integration_name.optional().describe('Only the mappings of this integration.'),
  attention: z.enum(attentions).optional().describe('Only those that need this attention.'),
  cause: causeField.optional().describe('Only those whose last test failed for this cause, as `GET /api/mappings/causes` names it.'),
  search: lineOfText(200).optional().describe("Part of the organization's name, or of the external organization's name or id."),
}
