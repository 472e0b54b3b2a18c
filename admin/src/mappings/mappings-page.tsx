import type { ListMappingsOfAllAttention } from '@crosswalk/client'
import { Button, Group, Stack, Text } from '@mantine/core'
import { IconArrowsExchange, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { FilterSelect } from '../elements/filter-select.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { OrganizationSelect } from '../parts/pickers/organization-select.tsx'
import { paths } from '../paths.ts'
import { given } from '../queries/every-page.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { mappingsOfAll } from '../queries/mappings.ts'
import { useUrlState } from '../url-state.ts'
import { MappingsOfAllTable } from './mappings-of-all-table.tsx'
import { TestAllButton } from './test-all-button.tsx'

const attentionOptions: { value: ListMappingsOfAllAttention; label: string }[] = [
  { value: 'failing_test', label: 'Failing tests' },
  { value: 'needs_repair', label: 'Needs repair' },
  { value: 'gone', label: "Gone from the vendor's list" },
  { value: 'renamed', label: 'Renamed by the vendor' },
  { value: 'never_tested', label: 'Never tested' },
]

/** The server counts no further. */
const maxCounted = 10_000

/** The mappings of all organizations, narrowed to those that need something. */
export function MappingsPage() {
  const [url, change] = useUrlState({ q: '', attention: '', integration: '', org: '', cursor: '' })
  const integrations = useQuery(integrationsFor()).data?.integrations ?? []
  const filter = {
    ...given({ search: url.q, integration_name: url.integration }),
    ...(url.attention ? { attention: url.attention as ListMappingsOfAllAttention } : {}), // a hand-written address with another is refused by the server, which is shown
  }
  const parameters = { ...filter, ...given({ org_id: url.org, cursor: url.cursor }), limit: 50 }
  const { data, error, refetch, isFetching, isPlaceholderData } = useQuery(mappingsOfAll(parameters))
  const isFiltered = Object.values(url).some((value) => value !== '')
  const setFilter = (next: Partial<typeof url>) => change({ ...next, cursor: '' })
  return (
    <>
      <PageHeader
        title="Mappings"
        description="Which external organization each of your organizations is, in each tool."
        {...(data && data.total > 0 ? { actions: <TestAllButton total={data.total} filter={filter} orgId={url.org} /> } : {})}
      />
      <Stack>
        <Group>
          <SearchBox label="Search organizations and ids" value={url.q} onSearch={(q) => setFilter({ q })} w={260} />
          <FilterSelect
            label="Attention"
            all="All mappings"
            data={attentionOptions}
            value={url.attention}
            onChange={(attention) => setFilter({ attention })}
            w={250}
          />
          <FilterSelect
            label="Integration"
            all="All integrations"
            data={integrations.map(({ name, display_name }) => ({ value: name, label: display_name }))}
            value={url.integration}
            onChange={(integration) => setFilter({ integration })}
            w={190}
            isSearchable
          />
          <OrganizationSelect
            isFilter
            label="Organization"
            placeholder="All organizations"
            value={url.org}
            onChange={(org) => setFilter({ org })}
          />
          {isFiltered && (
            <Button variant="subtle" onClick={() => change({ q: '', attention: '', integration: '', org: '', cursor: '' })}>
              Clear filters
            </Button>
          )}
          {data && (
            <Text size="sm" c="dimmed" role="status">
              {data.total >= maxCounted && 'More than '}
              {data.total.toLocaleString()} {data.total === 1 ? 'mapping' : 'mappings'}
            </Text>
          )}
        </Group>
        <LoadState
          query={{ data, error, refetch, isFetching }}
          label="Loading mappings"
          failed="The mappings could not be loaded"
          stale="The list may be out of date"
        />
        {data?.mappings.length === 0 && <NothingHere isFiltered={isFiltered} attention={url.attention} />}
        {data && data.mappings.length > 0 && <MappingsOfAllTable mappings={data.mappings} isRefreshing={isPlaceholderData} />}
        {data && (
          <PageTurner
            cursor={url.cursor}
            nextCursor={data.next_cursor}
            onTurn={(cursor) => change({ cursor }, { push: true })}
            words="pages"
          />
        )}
      </Stack>
    </>
  )
}

function NothingHere({ isFiltered, attention }: { isFiltered: boolean; attention: string }) {
  if (attention !== '')
    return (
      <EmptyState
        icon={<IconCircleCheck />}
        title="Nothing here needs attention"
        action={<AppLink to={paths.mappings()}>All mappings</AppLink>}
      >
        No mapping fits these filters.
      </EmptyState>
    )
  if (isFiltered) return <Text c="dimmed">No mapping fits these filters.</Text>
  return (
    <EmptyState
      icon={<IconArrowsExchange />}
      title="No mappings yet"
      action={<AppLink to={paths.integrations()}>Choose an integration</AppLink>}
    >
      A mapping says which organization of a tool one of your organizations is. Open an integration to see who is not mapped yet.
    </EmptyState>
  )
}
