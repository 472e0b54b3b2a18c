import '@mantine/spotlight/styles.css'
import { createSpotlight, Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { IconBuilding, IconPlugConnected, IconRoute, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { hasText } from '../elements/plain-text.ts'
import { titleOf } from '../parts/workflow-title.ts'
import { paths } from '../paths.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { organizationChoices } from '../queries/organizations.ts'
import { allWorkflows } from '../queries/workflows.ts'
import { useGo } from '../url-state.ts'
import { takeEarlyKeys } from './early-keys.ts'
import { usePages } from './navigation.tsx'

const [store, palette] = createSpotlight()
const maxShown = 8

/** Selects the first result as the arrow keys do: the library does so only in the moment in which the text changes. */
function selectFirst(): HTMLElement | undefined {
  const list = document.getElementById(store.getState().listId)
  const [first] = list?.querySelectorAll<HTMLElement>('[data-action]') ?? []
  if (!first) return undefined
  list?.querySelector('[data-selected]')?.removeAttribute('data-selected')
  first.setAttribute('data-selected', 'true')
  store.updateState((state) => ({ ...state, selected: 0 }))
  return first
}

/** Finds an organization, an integration, a workflow or a page by its name. Opens whenever `timesAsked` grows. */
export function CommandPalette({ timesAsked }: { timesAsked: number }) {
  const go = useGo()
  const [text, setText] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const isEnterWaiting = useRef(false)
  /** What was typed before the field was there. */
  const takeTyped = () => {
    const typed = takeEarlyKeys()
    isEnterWaiting.current = typed.isEntered
    if (typed.text !== '') setText((before) => before + typed.text)
  }
  const takeTypedNow = useRef(takeTyped)
  takeTypedNow.current = takeTyped
  useEffect(() => {
    if (timesAsked === 0) return
    palette.open()
    // It is open already.
    if (input.current !== null && document.activeElement === input.current) takeTypedNow.current()
  }, [timesAsked])
  const pages = usePages()
  const canOpen = (to: string) => pages.some((page) => page.to === to)
  const organizations = useQuery({ ...organizationChoices(text.trim()), enabled: canOpen(paths.organizations()) })
  const integrations = useQuery({ ...integrationsFor(), enabled: canOpen(paths.integrations()) })
  const workflows = useQuery({ ...allWorkflows, enabled: canOpen(paths.workflows()) })
  const groups: { group: string; actions: SpotlightActionData[] }[] = [
    {
      group: 'Organizations',
      actions: (canOpen(paths.organizations()) ? (organizations.data ?? []) : [])
        // Until the answer to this text is there, those that the one before it gave.
        .filter(({ name, domains }) => !organizations.isPlaceholderData || hasText(`${name} ${domains.join(' ')}`, text))
        .slice(0, maxShown)
        .map(({ id, name, domains }) => ({
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
        .filter(({ name, display_name }) => hasText(`${name} ${display_name}`, text))
        .slice(0, maxShown)
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
        .filter(({ name, display_name, description }) => hasText(`${name} ${display_name} ${description}`, text))
        .slice(0, maxShown)
        .map(({ name, display_name, description }) => ({
          id: `workflow ${name}`,
          label: titleOf({ name, display_name }),
          description,
          leftSection: <IconRoute size={18} />,
          onClick: () => go(paths.workflow(name)),
        })),
    },
    {
      group: 'Pages',
      actions: pages
        .filter(({ label }) => hasText(label, text))
        .map((page) => ({
          id: `page ${page.to}`,
          label: page.label,
          leftSection: <page.icon size={18} />,
          onClick: () => go(page.to),
        })),
    },
  ]
  const shown = groups.flatMap(({ actions }) => actions.map(({ id }) => id)).join()
  const isSearching = organizations.isPlaceholderData || organizations.isLoading
  // Results come after the key that asked for them: the first is selected as they come, and opened if Enter was pressed meanwhile.
  useEffect(() => {
    const first = shown !== '' && text !== '' ? selectFirst() : undefined
    if (isSearching || !isEnterWaiting.current) return
    isEnterWaiting.current = false
    first?.click()
  }, [shown, text, isSearching])
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
        ref: input,
        onFocus: takeTyped,
        onKeyDown: ({ key }) => {
          isEnterWaiting.current = key === 'Enter' && shown === '' && isSearching
        },
      }}
    />
  )
}
