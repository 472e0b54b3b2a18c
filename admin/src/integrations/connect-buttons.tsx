import { type Integration, makeConnectionLink, startConnecting } from '@crosswalk/client'
import { Group } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ActionButton } from '../elements/action-button.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { connectionsKey } from '../queries/connections.ts'

/** Whose a connection is: of all, of an organization, or of one of its mappings. */
type Whose = { org_id: string | null; mapping_id: string | null }

type ConnectProps = { integration: Integration; name: string; whose: Whose; isAgain: boolean; reason?: string | undefined }

/** Connects in this browser, or makes a link for someone else. */
export function ConnectButtons({ integration, name, whose, isAgain, reason }: ConnectProps) {
  const client = useQueryClient()
  const lack = useLack('canManageSecrets', whose.org_id ?? undefined)
  const which = { integration_name: integration.name, name, org_id: whose.org_id, mapping_id: whose.mapping_id }
  const onError = (error: unknown) => notifyFailure('It could not be connected', error)
  const starting = useMutation({
    mutationFn: () => startConnecting(which),
    onSuccess: ({ authorization_url }) => window.location.assign(authorization_url),
    onError,
  })
  const linking = useMutation({
    mutationFn: () => makeConnectionLink(which),
    onSuccess: async ({ url, org_name, mapping_name }) => {
      await navigator.clipboard.writeText(url)
      const whom = `${org_name ?? 'all organizations'}${mapping_name === null ? '' : `, mapped to ${mapping_name}`}`
      notifyDone(`The link is copied. It connects ${whom}: once, within seven days.`)
      return client.invalidateQueries({ queryKey: connectionsKey })
    },
    onError,
  })
  return (
    <Group gap="xs">
      <ActionButton
        size="xs"
        variant={isAgain ? 'default' : 'filled'}
        reason={lack ?? reason}
        loading={starting.isPending}
        onClick={() => starting.mutate()}
      >
        {isAgain ? 'Connect again' : 'Connect'}
      </ActionButton>
      <ActionButton size="xs" variant="default" reason={lack ?? reason} loading={linking.isPending} onClick={() => linking.mutate()}>
        Copy link
      </ActionButton>
    </Group>
  )
}
