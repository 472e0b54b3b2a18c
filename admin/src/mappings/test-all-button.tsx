import { type TestMappingsBody, testMappings } from '@crosswalk/client'
import { useMutation } from '@tanstack/react-query'
import { ActionButton } from '../elements/action-button.tsx'
import { notifyFailure } from '../elements/notify.tsx'
import { paths } from '../paths.ts'
import { useGo } from '../url-state.ts'

type TestAllProps = {
  /** How many mappings the list has, on all its pages. */
  total: number
  /** What the list is narrowed to. */
  filter: Omit<TestMappingsBody, 'organizations'>
  orgId: string
}

/** Tests every mapping that the list is narrowed to, as a batch, and leads to where its progress is. */
export function TestAllButton({ total, filter, orgId }: TestAllProps) {
  const go = useGo()
  const testing = useMutation({
    mutationFn: () => testMappings({ organizations: orgId === '' ? 'all' : [orgId], ...filter }),
    onSuccess: ({ batch_id }) => go(paths.batch(batch_id)),
    onError: (error) => notifyFailure('The tests were not started', error),
  })
  return (
    <ActionButton
      variant="default"
      loading={testing.isPending}
      reason={total === 0 ? 'No mapping fits these filters.' : undefined}
      onClick={() => testing.mutate()}
    >
      {total === 1 ? 'Test this one' : `Test these ${total.toLocaleString()}`}
    </ActionButton>
  )
}
