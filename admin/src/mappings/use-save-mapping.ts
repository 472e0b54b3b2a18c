import { createMapping, type Mapping, testMapping, updateMapping } from '@crosswalk/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { discoveredKey } from '../queries/integrations.ts'
import { mappingsKey } from '../queries/mappings.ts'
import type { MappingDraft } from './draft.ts'

/** Saves a draft, as a new mapping or as a change of the given one. Nothing that is saved stays untested. */
export function useSaveMapping(orgId: string, mapping: Mapping | undefined, onSaved: (saved: Mapping) => void) {
  const queries = useQueryClient()
  const refresh = (integrationName: string) =>
    Promise.all([
      queries.invalidateQueries({ queryKey: mappingsKey }),
      queries.invalidateQueries({ queryKey: discoveredKey(integrationName) }),
    ])
  return useMutation({
    mutationFn: ({ draft }: { draft: MappingDraft; hasPassed: boolean }) => {
      const body = {
        external_org_id: draft.externalOrgId.trim(),
        // Without a name the id stands in, also where there was one.
        external_org_name: draft.externalOrgName || draft.externalOrgId.trim(),
        mapping_data: draft.mappingData,
      }
      return mapping ? updateMapping(orgId, mapping.id, body) : createMapping(orgId, { ...body, integration_name: draft.integrationName })
    },
    // Who has what was refused may have changed since it was read.
    onError: (_error, { draft }) => refresh(draft.integrationName),
    async onSuccess(saved, { hasPassed }) {
      // A vendor that is slow to answer keeps nobody waiting, unless it has just shown that it answers.
      const testing = testMapping(orgId, saved.id).catch(() => undefined)
      if (hasPassed) await testing
      else void testing.then(() => refresh(saved.integration_name))
      await refresh(saved.integration_name)
      onSaved(saved)
    },
  })
}
