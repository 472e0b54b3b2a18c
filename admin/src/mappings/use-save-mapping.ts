import { createMapping, getMapping, type Mapping, testMapping, updateMapping } from '@crosswalk/client'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { useMeanwhile } from '../elements/use-meanwhile.ts'
import { ifMatch } from '../queries/if-match.ts'
import { discoveredKey } from '../queries/integrations.ts'
import { mappingsKey } from '../queries/mappings.ts'
import type { MappingDraft } from './draft.ts'

/** Tests what was saved, and says then that it is saved and how the test went. */
async function testAndTell({ org_id: orgId, id, external_org_name: name, external_org_id: externalOrgId }: Mapping, orgName: string) {
  const saved = `${orgName} is mapped to ${name || externalOrgId}`
  const notice = notifications.show({ message: `${saved}. It is being tested…`, loading: true, autoClose: false, withBorder: true })
  try {
    const { success, message, details } = await testMapping(orgId, id)
    if (success) notifyDone(`${saved}.`)
    else if (details.not_tested !== undefined) notifyFailure(`${saved}, but was not tested`, new Error(message))
    else notifyFailure(`${saved}, but its test failed`, new Error(message))
  } catch (failure) {
    notifyFailure(`${saved}, but its test could not be run`, failure)
  } finally {
    notifications.hide(notice)
  }
}

/** A draft to be saved, over what the form was opened with unless another is named. */
type Save = { draft: MappingDraft; hasPassed: boolean; base?: Mapping | undefined }

/** Saves a draft, as a new mapping or as a change of the given one. Nothing that is saved stays untested. */
export function useSaveMapping(orgId: string, orgName: string, mapping: Mapping | undefined, onSaved: () => void) {
  const queries = useQueryClient()
  const refresh = (integrationName: string) =>
    Promise.all([
      queries.invalidateQueries({ queryKey: mappingsKey }),
      queries.invalidateQueries({ queryKey: discoveredKey(integrationName) }),
    ])
  const meanwhile = useMeanwhile(mapping, async () => (mapping ? getMapping(orgId, mapping.id) : undefined))
  const saving = useMutation({
    mutationFn: ({ draft, base = meanwhile.base }: Save) => {
      const body = {
        external_org_id: draft.externalOrgId,
        // Without a name the id stands in, also where there was one.
        external_org_name: draft.externalOrgName || draft.externalOrgId,
        mapping_data: draft.mappingData,
      }
      return mapping
        ? updateMapping(orgId, mapping.id, body, ifMatch(base))
        : createMapping(orgId, { ...body, integration_name: draft.integrationName })
    },
    // Who has what was refused may have changed since it was read.
    onError: (error, { draft }) => Promise.all([meanwhile.refused(error), refresh(draft.integrationName)]),
    async onSuccess(saved, { hasPassed }) {
      // A vendor that is slow to answer keeps nobody waiting, unless it has just shown that it answers.
      const testing = testAndTell(saved, orgName)
      if (hasPassed) await testing
      else void testing.then(() => refresh(saved.integration_name))
      await refresh(saved.integration_name)
      onSaved()
    },
  })
  return { saving, meanwhile }
}
