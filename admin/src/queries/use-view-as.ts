import { beginViewingAs, endViewingAs } from '@crosswalk/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { notifyFailure } from '../elements/notify.tsx'

/** Begins to view Crosswalk as a person, or with null ends it. Everything that was loaded was for somebody else, and is loaded again. */
export function useViewAs(onChanged: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (personId: string | null) => {
      if (personId === null) await endViewingAs()
      else await beginViewingAs(personId)
    },
    async onSuccess() {
      onChanged()
      await queries.resetQueries()
    },
    onError: (error, personId) => notifyFailure(personId === null ? 'The view has not ended' : 'The view has not begun', error),
  })
}
