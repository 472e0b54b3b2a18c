import { getForm, getSubmission, listForms, listSubmissions, provideFormOptions, submitForm } from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { pollEvery } from '../server-state.ts'
import { given } from './every-page.ts'
import { isUnderWay } from './executions.ts'

/** The forms that are offered to the one who is signed in. */
export const forms = queryOptions({ queryKey: ['forms', 'all'], queryFn: ({ signal }) => listForms({ signal }), staleTime: 30_000 })

export const formOf = (id: string) =>
  queryOptions({ queryKey: ['forms', 'one', id], queryFn: ({ signal }) => getForm(id, { signal }), staleTime: 30_000 })

/** What there is to choose from in a field of a form. */
export const formOptionsOf = (formId: string, provider: string, orgId: string, parameters: Record<string, unknown>) =>
  queryOptions({
    queryKey: ['form-options', formId, provider, orgId, parameters],
    queryFn: ({ signal }) =>
      provideFormOptions(formId, { data_provider: provider, parameters }, undefined, { signal, headers: { 'X-Organization-Id': orgId } }),
    staleTime: 30_000,
    retry: false,
  })

export const submissionsKey = ['submissions'] as const

/** What the one who is signed in has sent, newest first. */
export const submissionsPage = (cursor: string, limit = 25) =>
  queryOptions({
    queryKey: [...submissionsKey, 'page', cursor, limit],
    queryFn: ({ signal }) => listSubmissions(given({ cursor, limit }), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => pollEvery(query, (page) => (page?.submissions.some(({ status }) => isUnderWay(status)) ? 3_000 : 30_000)),
  })

export const submissionOf = (id: string) =>
  queryOptions({
    queryKey: [...submissionsKey, 'one', id],
    queryFn: ({ signal }) => getSubmission(id, { signal }),
    refetchInterval: (query) => pollEvery(query, (submission) => (submission && !isUnderWay(submission.status) ? false : 2_000)),
  })

/** Sends a form, without waiting for its end. Resolves to the submission's id. */
export async function sendForm(id: string, orgId: string, parameters: Record<string, unknown>): Promise<string> {
  return (await submitForm(id, { parameters }, { wait: 0 }, { headers: { 'X-Organization-Id': orgId } })).id
}
