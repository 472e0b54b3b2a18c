import { useQueryClient } from '@tanstack/react-query'
import { useGo } from '../url-state.ts'

/** What follows a sign-in: nothing that was known of somebody before is kept, and the page opens that was wanted. */
export function useSignedIn(page: string): () => void {
  const go = useGo()
  const queries = useQueryClient()
  return () => {
    go(page, { replace: true })
    queries.clear()
  }
}
