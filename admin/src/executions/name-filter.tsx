import { useQuery } from '@tanstack/react-query'
import { FilterSelect } from '../elements/filter-select.tsx'
import { titleOf } from '../parts/workflow-title.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { allDataProviders, allWorkflows } from '../queries/workflows.ts'

/** Narrows executions to those of a workflow, an integration or a data provider, by its name. */
export function NameFilter({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  const workflows = useQuery(allWorkflows).data?.workflows ?? []
  const integrations = useQuery(integrationsFor()).data?.integrations ?? []
  const dataProviders = useQuery(allDataProviders).data?.dataProviders ?? []
  // One that is not defined any more may be named in the address.
  const names = new Set([...[...workflows, ...integrations, ...dataProviders].map(({ name }) => name), ...(value === '' ? [] : [value])])
  const titles = new Map(workflows.map((workflow) => [workflow.name, titleOf(workflow)]))
  return (
    <FilterSelect
      label="What ran"
      all="All executions"
      data={[...names].map((name) => ({ value: name, label: titles.get(name) ?? name }))}
      value={value}
      onChange={onChange}
      w={240}
      isSearchable
    />
  )
}
