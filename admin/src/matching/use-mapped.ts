import { useQuery, useQueryClient } from '@tanstack/react-query'

/** What was just mapped, and the batch of its tests once they were started. */
export type Mapped = { orgIds: string[]; added: number; batchId?: string }

/** What was last mapped of an integration. It is kept apart from the page, so that it is there again when a person comes back. */
export function useMapped(name: string): [Mapped | null, (mapped: Mapped | null) => void] {
  const queries = useQueryClient()
  const queryKey = ['just-mapped', name]
  // Nothing is asked of the server: it is only put in here.
  const { data } = useQuery<Mapped | null>({ queryKey, queryFn: () => null, enabled: false, gcTime: Number.POSITIVE_INFINITY })
  return [data ?? null, (mapped) => queries.setQueryData(queryKey, mapped)]
}
