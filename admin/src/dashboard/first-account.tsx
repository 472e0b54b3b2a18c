import { Alert, Button, Group, Text } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { paths } from '../paths.ts'
import { session, signInWays } from '../queries/session.ts'
import { useGo } from '../url-state.ts'

/** While everyone signs in with the administrator key: leads to the first account. */
export function FirstAccount() {
  const who = useQuery(session).data
  const ways = useQuery(signInWays).data
  const go = useGo()
  if (!who || !ways || ways.has_people || who.actor.type !== 'api_key' || !who.permissions.includes('canManagePeople')) return null
  return (
    <Alert variant="light" icon={<IconUserPlus />} title="Make an account of your own" role="status">
      <Group justify="space-between" gap="sm">
        <Text size="sm" maw="60ch">
          You have signed in with the administrator key. With an account, the audit knows who did what, and you can invite others.
        </Text>
        <Button size="xs" variant="default" onClick={() => go(paths.firstAdministrator())}>
          Make the first account
        </Button>
      </Group>
    </Alert>
  )
}
