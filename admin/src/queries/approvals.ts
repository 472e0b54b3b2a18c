import { approveApproval, type ListApprovalsParams, listApprovals, rejectApproval } from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { pollEvery } from '../server-state.ts'

export const approvalsKey = ['approvals'] as const

/** A page of what workflows ask of people, newest first. */
export const approvalsPage = (parameters: ListApprovalsParams) =>
  queryOptions({
    queryKey: [...approvalsKey, 'page', parameters],
    queryFn: ({ signal }) => listApprovals(parameters, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => pollEvery(query, () => 5_000),
  })

/** So many are counted beside the name of the page. */
export const countedForMe = 50

/** What the one who is signed in may decide now. */
export const approvalsForMe = queryOptions({
  queryKey: [...approvalsKey, 'for me'],
  queryFn: ({ signal }) => listApprovals({ state: 'open', for_me: 'true', limit: countedForMe }, { signal }),
  refetchInterval: (query) => pollEvery(query, () => 30_000),
})

export type Decision = 'approve' | 'reject'

/** Decides, with what is said to it; nothing where that is empty. */
export function decide(id: string, decision: Decision, comment: string) {
  const body = comment.trim() === '' ? {} : { comment: comment.trim() }
  return decision === 'approve' ? approveApproval(id, body) : rejectApproval(id, body)
}
