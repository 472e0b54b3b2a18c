import { testMappings } from '@crosswalk/client'
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { notifyFailure } from '../elements/notify.tsx'
import { paths } from '../paths.ts'
import { useGo } from '../url-state.ts'

/** What was just mapped. */
export type Mapped = { orgIds: string[]; added: number }

export function counted(count: number): string {
  return count === 1 ? '1 organization' : `${count.toLocaleString()} organizations`
}

/** Says what was mapped, and leads on to whether the connections work. */
export function MappedNotice({ name, mapped: { orgIds, added } }: { name: string; mapped: Mapped }) {
  const go = useGo()
  const testing = useMutation({
    mutationFn: () => testMappings({ organizations: orgIds, integration_name: name }),
    onSuccess: ({ batch_id }) => go(paths.batch(batch_id)),
    onError: (error) => notifyFailure('The tests were not started', error),
  })
  const isOne = orgIds.length === 1
  return (
    <Alert color="green" variant="light" icon={<IconCircleCheck />} role="status">
      <Group gap="sm">
        <Text size="sm">
          {added > 0
            ? `${counted(added)} ${isOne ? 'is' : 'are'} added and mapped.`
            : `${counted(orgIds.length)} ${isOne ? 'is' : 'are'} mapped.`}
        </Text>
        <Button size="xs" variant="default" loading={testing.isPending} onClick={() => testing.mutate()}>
          {isOne ? 'Test the connection' : `Test all ${orgIds.length.toLocaleString()} connections`}
        </Button>
      </Group>
    </Alert>
  )
}
