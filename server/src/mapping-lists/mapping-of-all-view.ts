import { z } from 'zod'
import { mappingView, mappingViewOf } from '../mappings/mapping-view.ts'
import { mappingOf } from '../mappings/mappings.ts'
import { externalStates, type MappingOfAllRow } from './mappings-of-all.queries.ts'

/** A mapping as a list across organizations shows it. */
export const mappingOfAllView = mappingView
  .extend({
    org_name: z.string(),
    org_is_active: z.boolean(),
    external_state: z
      .enum(externalStates)
      .describe(
        'What discovery learned last of the external organization: `renamed` where the mapping bears a name that the vendor used before, `gone` where a complete list did not have it any more, `unknown` where no list had it yet.',
      ),
    external_renamed_to: z.string().nullable().describe('What the vendor calls it now, where it is renamed.'),
    external_gone_since: z.iso.datetime().nullable(),
  })
  .meta({ id: 'MappingOfAll' })

export function mappingOfAllViewOf(row: MappingOfAllRow): z.input<typeof mappingOfAllView> {
  return {
    ...mappingViewOf(mappingOf(row)),
    org_name: row.organization_name,
    org_is_active: row.organization_is_active,
    external_state: row.external_state,
    external_renamed_to: row.renamed_to,
    external_gone_since: row.gone_at?.toISOString() ?? null,
  }
}
