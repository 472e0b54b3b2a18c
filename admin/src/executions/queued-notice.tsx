import type { ExecutionDetail } from '@crosswalk/client'
import { Alert, Group, Text } from '@mantine/core'
import { IconHourglass } from '@tabler/icons-react'
import { AppLink } from '../elements/app-link.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { paths } from '../paths.ts'

/** Why an execution has not started, and the ones that it waits for. */
export function QueuedNotice({ queued, batchId }: { queued: NonNullable<ExecutionDetail['queued']>; batchId: string | null }) {
  const { message, behind, reason } = queued
  return (
    <Alert color="blue" variant="light" icon={<IconHourglass />} title="Queued" role="status">
      <Text size="sm">{message}</Text>
      {behind.length > 0 && (
        <Group gap="xs" mt={4}>
          <Text size="sm">Running now:</Text>
          {behind.map(({ execution_id: id, started_at }) => (
            <AppLink key={id} to={paths.execution(id)} fz="sm">
              {started_at ? (
                <>
                  the one that started <RelativeTime at={started_at} />
                </>
              ) : (
                'one that starts'
              )}
            </AppLink>
          ))}
        </Group>
      )}
      {reason === 'batch_paused' && batchId !== null && (
        <AppLink to={paths.batch(batchId)} fz="sm">
          Open the batch
        </AppLink>
      )}
    </Alert>
  )
}
