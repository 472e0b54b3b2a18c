import { testMappings } from '@crosswalk/client'
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { notifyFailure } from '../elements/notify.tsx'
import { countedOrganizations } from '../parts/counted.ts'
import { paths } from '../paths.ts'
import { batchOf } from '../queries/batches.ts'
import type { Mapped } from './use-mapped.ts'

type MappedNoticeProps = { name: string; mapped: Mapped; onChange: (mapped: Mapped | null) => void }

/** Says what was mapped, and tests whether the connections work. */
export function MappedNotice({ name, mapped, onChange }: MappedNoticeProps) {
  const { orgIds, added, batchId } = mapped
  const testing = useMutation({
    mutationFn: () => testMappings({ organizations: orgIds, integration_name: name }),
    onSuccess: ({ batch_id }) => onChange({ ...mapped, batchId: batch_id }),
    onError: (error) => notifyFailure('The tests were not started', error),
  })
  const isOne = orgIds.length === 1
  return (
    <Alert
      className="told-in-sight"
      color="green"
      variant="light"
      icon={<IconCircleCheck />}
      role="status"
      withCloseButton
      closeButtonLabel="Close"
      onClose={() => onChange(null)}
    >
      <Group gap="sm">
        <Text size="sm">
          {added > 0
            ? `${countedOrganizations(added)} ${isOne ? 'is' : 'are'} added and mapped.`
            : `${countedOrganizations(orgIds.length)} ${isOne ? 'is' : 'are'} mapped.`}
        </Text>
        {batchId === undefined ? (
          <Button size="xs" variant="default" loading={testing.isPending} onClick={() => testing.mutate()}>
            {isOne ? 'Test the connection' : `Test all ${orgIds.length.toLocaleString()} connections`}
          </Button>
        ) : (
          <Tests batchId={batchId} />
        )}
      </Group>
    </Alert>
  )
}

/** How far the tests are, and the way to them. */
function Tests({ batchId }: { batchId: string }) {
  const batch = useQuery(batchOf(batchId)).data
  const failed = batch ? batch.counts.failed + batch.counts.timeout : 0
  return (
    <>
      {batch && (
        <Text size="sm" className="tabular">
          {batch.done.toLocaleString()} of {batch.total.toLocaleString()} tested
          {failed > 0 && (
            <Text span inherit fw={600} c="var(--crosswalk-bad)">
              , {failed.toLocaleString()} failed
            </Text>
          )}
        </Text>
      )}
      <AppLink to={paths.batch(batchId)} fz="sm">
        See the tests
      </AppLink>
    </>
  )
}
