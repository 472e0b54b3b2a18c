import { type DiscoveredOrganizations, discoverOrganizations } from '@crosswalk/client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { attentionKey } from './attention.ts'
import { given } from './every-page.ts'
import { executionOf } from './executions.ts'
import { discoveredKey, discoveryRunsKey, discoveryRunsOf } from './integrations.ts'

const askEveryMs = 400
const waitSeconds = 300

/** How many the run that is under way has seen so far; undefined until it says. */
function useProgress(name: string, orgId: string | undefined, isRunning: boolean): number | undefined {
  const runs = useQuery({
    ...discoveryRunsOf(name, orgId),
    enabled: isRunning,
    staleTime: 0,
    refetchInterval: isRunning ? askEveryMs : false,
  })
  const run = runs.data?.find(({ status }) => status === 'running')
  const execution = useQuery({
    ...executionOf(run?.execution_id ?? ''),
    enabled: isRunning && run !== undefined,
    refetchInterval: askEveryMs,
  })
  return isRunning && run ? execution.data?.progress?.done : undefined
}

export type Discovery = {
  /** The last good list. It stays while another is asked for, and when that fails. */
  list: DiscoveredOrganizations | undefined
  error: unknown
  isRunning: boolean
  seenSoFar: number | undefined
  /** Lists the external organizations; `refresh` asks the vendor, however fresh the list is. */
  discover: (options?: { refresh?: boolean }) => void
}

/** Discovery with an organization's credentials, or without one with the global ones. */
export function useDiscovery(name: string, orgId: string | undefined): Discovery {
  const queries = useQueryClient()
  const [list, setList] = useState<{ of: string; orgId: string | undefined; list: DiscoveredOrganizations }>()
  const asking = useMutation({
    async mutationFn(refresh: boolean): Promise<DiscoveredOrganizations> {
      for (let isFirst = true; ; isFirst = false) {
        const answer = await discoverOrganizations(
          name,
          given({ orgId, refresh: refresh && isFirst ? 'true' : 'false', wait: waitSeconds }),
        )
        // A vendor may take longer than the wait: the same run is joined again.
        if ('organizations' in answer) return answer
      }
    },
    onSuccess: (answer) => setList({ of: name, orgId, list: answer }),
    onSettled: () =>
      Promise.all([discoveredKey(name), discoveryRunsKey(name), attentionKey].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  })
  const isRunning = asking.isPending
  return {
    list: list?.of === name && list.orgId === orgId ? list.list : undefined,
    error: asking.error,
    isRunning,
    seenSoFar: useProgress(name, orgId, isRunning),
    discover: ({ refresh = false } = {}) => asking.mutate(refresh),
  }
}
