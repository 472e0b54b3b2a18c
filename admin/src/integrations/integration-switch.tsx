import { type Integration, switchIntegration } from '@crosswalk/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ActionButton } from '../elements/action-button.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { integrationsKey } from '../queries/integrations.ts'

/** Switches one that comes along off and on, for all organizations. */
export function IntegrationSwitch({ integration: { name, display_name, is_on } }: { integration: Integration }) {
  const lack = useLack('canManageConfigValues')
  const queries = useQueryClient()
  const switching = useMutation({
    mutationFn: () => switchIntegration(name, { is_on: !is_on }),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: integrationsKey })
      notifyDone(`${display_name} is switched ${is_on ? 'off. Its mappings are kept' : 'on'}.`)
    },
    onError: (error) => notifyFailure(`${display_name} is still ${is_on ? 'on' : 'off'}`, error),
  })
  const turn = async () => {
    const text =
      'Nothing uses it then, for no organization: it is not discovered or tested, and workflows get no client of it. Its mappings and credentials are kept.'
    if (!is_on || (await askToConfirm({ title: `Switch ${display_name} off?`, text, confirm: 'Switch off' }))) switching.mutate()
  }
  return (
    <ActionButton variant={is_on ? 'default' : 'filled'} loading={switching.isPending} reason={lack} onClick={() => void turn()}>
      {is_on ? 'Switch off' : 'Switch on'}
    </ActionButton>
  )
}
