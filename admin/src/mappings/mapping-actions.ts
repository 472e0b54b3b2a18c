import { deleteMapping, type Mapping, testMapping, updateMapping } from '@crosswalk/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { askToConfirm } from '../elements/confirm.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { discoveredKey } from '../queries/integrations.ts'
import { mappingsKey } from '../queries/mappings.ts'

/** What can be done with a saved mapping. Each tells how it went, and has everything read again that it may have changed. */
export function useMappingActions(mapping: Mapping) {
  const queries = useQueryClient()
  const name = mapping.external_org_name || mapping.external_org_id
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: mappingsKey }),
      queries.invalidateQueries({ queryKey: discoveredKey(mapping.integration_name) }),
    ])
  const testing = useMutation({
    mutationFn: () => testMapping(mapping.org_id, mapping.id),
    async onSuccess(result) {
      await refresh()
      if (result.success) notifyDone(result.message)
      else
        notifyFailure(
          result.details.not_tested === undefined ? `The test of ${name} failed` : `${name} was not tested`,
          new Error(result.message),
        )
    },
    onError: (error) => notifyFailure(`The test of ${name} could not be run`, error),
  })
  const renaming = useMutation({
    mutationFn: (newName: string) => updateMapping(mapping.org_id, mapping.id, { external_org_name: newName }),
    async onSuccess(_answer, newName) {
      await refresh()
      notifyDone(`${name} is called ${newName} here, too.`)
    },
    onError: (error) => notifyFailure('Nothing was changed', error),
  })
  const switching = useMutation({
    mutationFn: (isActive: boolean): Promise<unknown> =>
      isActive ? updateMapping(mapping.org_id, mapping.id, { is_active: true }) : deleteMapping(mapping.org_id, mapping.id),
    async onSuccess(_answer, isActive) {
      await refresh()
      notifyDone(isActive ? `The mapping to ${name} is active again.` : `The mapping to ${name} is deactivated.`)
    },
    onError: (error) => notifyFailure('Nothing was changed', error),
  })
  const deactivate = async () => {
    const text = `Workflows will not find ${name} any more. The mapping is kept and can be activated again.`
    if (await askToConfirm({ title: 'Deactivate this mapping?', text, confirm: 'Deactivate', isDangerous: true })) switching.mutate(false)
  }
  return { name, testing, renaming, switching, deactivate }
}
