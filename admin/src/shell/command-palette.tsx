import '@mantine/spotlight/styles.css'
import { createSpotlight, Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { IconBuilding, IconPlugConnected, IconRoute, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { paths } from '../paths.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { organizationChoices } from '../queries/organizations.ts'
import { allWorkflows } from '../queries/workflows.ts'
import { useGo } from '../url-state.ts'
import { pages } from './navigation.tsx'

const [store, palette] = createSpotlight()
const includes = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase())
const most = 8

/** Finds an organization, an integration, a workflow or a page by its name. Opens whenever `timesAsked` grows. */
export function CommandPalette({ timesAsked }: { timesAsked: number }) {
  const go = useGo()
  const [text, setText] = useState('')
  useEffect(() => {
    if (timesAsked > 0) palette.open()
  }, [timesAsked])
  const organizations = useQuery(organizationChoices(text.trim()))
  const integrations = useQuery(integrationsFor())
  const workflows = useQuery(allWorkflows)
  const groups: { group: string; actions: SpotlightActionData[] }[] = [
    {
      group: 'Organizations',
      actions: (organizations.data ?? []).slice(0, most).map(({ id, name, domains }) => ({
        id: `organization ${id}`,
        label: name,
        description: domains.join(', '),
        leftSection: <IconBuilding size={18} />,
        onClick: () => go(paths.organization(id)),
      })),
    },
    {
      group: 'Integrations',
      actions: (integrations.data?.integrations ?? [])
        .filter(({ name, display_name }) => includes(`${name} ${display_name}`, text.trim()))
        .slice(0, most)
        .map(({ name, display_name, description }) => ({
          id: `integration ${name}`,
          label: display_name,
          description,
          leftSection: <IconPlugConnected size={18} />,
          onClick: () => go(paths.integration(name)),
        })),
    },
    {
      group: 'Workflows',
      actions: (workflows.data?.workflows ?? [])
        .filter(({ name, description }) => includes(`${name} ${description}`, text.trim()))
        .slice(0, most)
        .map(({ name, description }) => ({
          id: `workflow ${name}`,
          label: name,
          description,
          leftSection: <IconRoute size={18} />,
          onClick: () => go(paths.workflow(name)),
        })),
    },
    {
      group: 'Pages',
      actions: pages
        .filter(({ label }) => includes(label, text.trim()))
        .map((page) => ({
          id: `page ${page.to}`,
          label: page.label,
          leftSection: <page.icon size={18} />,
          onClick: () => go(page.to),
        })),
    },
  ]
  return (
    <Spotlight
      store={store}
      shortcut={null}
      query={text}
      onQueryChange={setText}
      filter={(_query, actions) => actions}
      actions={groups.filter(({ actions }) => actions.length > 0)}
      nothingFound={organizations.isFetching ? 'Searching…' : 'Nothing has this name'}
      highlightQuery
      scrollable
      maxHeight={420}
      attributes={{ content: { 'aria-label': 'Go to' } }}
      searchProps={{
        leftSection: <IconSearch size={20} />,
        placeholder: 'Organization, integration, workflow or page',
        'aria-label': 'Go to',
      }}
    />
  )
}
