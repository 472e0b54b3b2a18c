import { executeWorkflow, getWorkflow, listDataProviders, listWorkflows, provideOptions } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'
import { definitionsOf, given } from './every-page.ts'

export const allWorkflows = queryOptions({
  queryKey: ['workflows', 'all'],
  queryFn: async ({ signal }) => {
    const read = (cursor: string | undefined) => listWorkflows(given({ limit: 200, cursor }), { signal })
    const { items, problems } = await definitionsOf(read, (page) => page.workflows)
    return { workflows: items, problems }
  },
  staleTime: 10_000,
})

export const workflowOf = (name: string) =>
  queryOptions({ queryKey: ['workflows', 'one', name], queryFn: ({ signal }) => getWorkflow(name, { signal }) })

export const allDataProviders = queryOptions({
  queryKey: ['data-providers', 'all'],
  queryFn: async ({ signal }) => {
    const read = (cursor: string | undefined) => listDataProviders(given({ limit: 200, cursor }), { signal })
    const { items, problems } = await definitionsOf(read, (page) => page.data_providers)
    return { dataProviders: items, problems }
  },
  staleTime: 10_000,
})

/** What a data provider offers to an organization. */
export const optionsOf = (name: string, orgId: string, parameters: Record<string, unknown>) =>
  queryOptions({
    queryKey: ['options', name, orgId, parameters],
    queryFn: ({ signal }) => provideOptions(name, { parameters }, undefined, { signal, headers: { 'X-Organization-Id': orgId } }),
    staleTime: 30_000,
    retry: false,
  })

/** Starts a workflow for one organization, without waiting for its end. Resolves to the execution's id. */
export async function startWorkflow(name: string, orgId: string, parameters: Record<string, unknown>): Promise<string> {
  const answer = await executeWorkflow({ workflow_name: name, parameters }, { wait: 0 }, { headers: { 'X-Organization-Id': orgId } })
  if (!('execution_id' in answer)) throw new TypeError('The server started a batch where one execution was asked for.')
  return answer.execution_id
}
