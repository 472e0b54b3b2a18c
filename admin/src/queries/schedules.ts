import { listSchedules, type Schedule } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'
import { pollEvery } from '../server-state.ts'
import { everyPage, given } from './every-page.ts'

export const schedulesKey = ['schedules'] as const
const maxSchedules = 2_000

/** Everything that runs on its own, by name. */
export const allSchedules = queryOptions({
  queryKey: [...schedulesKey, 'all'],
  queryFn: async ({ signal }) => {
    const read = (cursor: string | undefined) => listSchedules(given({ limit: 200, cursor }), { signal })
    return (await everyPage(read, (page) => page.schedules, maxSchedules)).items
  },
  refetchInterval: (query) => pollEvery(query, () => 15_000),
})

/** The schedule of a workflow; null where it has none. */
export const scheduleOf = (name: string) =>
  queryOptions({
    queryKey: [...schedulesKey, 'one', name],
    // Asked for one by one, a workflow without a schedule would be a failure of the browser's own console.
    queryFn: async ({ signal }): Promise<Schedule | null> =>
      (await listSchedules({ workflow_name: name }, { signal })).schedules[0] ?? null,
  })
