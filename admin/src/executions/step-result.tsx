import { getStepResult } from '@crosswalk/client'
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { JsonBlock } from '../elements/json-block.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { executionsKey } from '../queries/executions.ts'

const reasons = {
  sealed: 'It holds a secret: it is kept encrypted and not shown.',
  too_large: 'It is too large to be shown.',
  not_kept: 'It is not shown: nothing plain was returned.',
}

/** What a step returned, as it is kept. */
export function StepResult({ executionId, index }: { executionId: string; index: number }) {
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: [...executionsKey, 'one', executionId, 'step', index],
    queryFn: ({ signal }) => getStepResult(executionId, index, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (data?.state === 'shown') return <JsonBlock value={data.result} label="Result of the step" maxHeight={260} />
  if (data)
    return (
      <Text size="sm" c="dimmed">
        {reasons[data.state]}
      </Text>
    )
  return (
    <LoadState query={{ data, error, refetch, isFetching }} label="Loading the result" failed="The result could not be loaded" rows={1} />
  )
}
