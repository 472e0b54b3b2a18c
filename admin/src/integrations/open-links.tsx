import { type ConnectionLink, revokeConnectionLink } from '@crosswalk/client'
import { Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ActionButton } from '../elements/action-button.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { connectionsKey } from '../queries/connections.ts'
import { OwnerName } from './connection-owner.tsx'

/** Links that were sent, and that somebody may still connect by. */
export function OpenLinks({ links }: { links: ConnectionLink[] }) {
  if (links.length === 0) return null
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        Links that nobody has used
      </Text>
      {links.map((link) => (
        <OpenLink key={link.id} link={link} />
      ))}
    </Stack>
  )
}

function OpenLink({ link }: { link: ConnectionLink }) {
  const client = useQueryClient()
  const lack = useLack('canManageSecrets', link.org_id ?? undefined)
  const revoking = useMutation({
    mutationFn: () => revokeConnectionLink(link.id),
    onSuccess: () => notifyDone('The link was revoked.'),
    onError: (error) => notifyFailure('The link was not revoked', error),
    onSettled: () => client.invalidateQueries({ queryKey: connectionsKey }),
  })
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2}>
        <OwnerName orgId={link.org_id} mappingId={link.mapping_id} />
        <Text size="sm" c="dimmed">
          Made by {link.made_by}, expires <RelativeTime at={link.expires_at} />
        </Text>
      </Stack>
      <ActionButton size="xs" variant="default" reason={lack} loading={revoking.isPending} onClick={() => revoking.mutate()}>
        Revoke link
      </ActionButton>
    </Group>
  )
}
