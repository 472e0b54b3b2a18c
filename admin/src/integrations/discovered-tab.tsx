import { Group, SegmentedControl, Stack } from '@mantine/core'
import { IconWorldSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { DiscoverNow } from '../parts/discovery/discover-now.tsx'
import { NotForYou, useMayAskOfCredentials } from '../parts/grants/not-for-you.tsx'
import { OrganizationSelect } from '../parts/pickers/organization-select.tsx'
import { externalOrganizationsPage } from '../queries/integrations.ts'
import { useUrlState } from '../url-state.ts'
import { DiscoveredCard, discoveredColumns } from './discovered-columns.tsx'

/** What discovery has stored, as the chosen credentials see it. */
export function DiscoveredTab() {
  const { name = '' } = useParams({ strict: false })
  const [url, change] = useUrlState({ org: '', q: '', gone: 'no', cursor: '' })
  const { may, lack } = useMayAskOfCredentials(name, url.org)
  const query = useQuery({
    ...externalOrganizationsPage(name, { orgId: url.org, search: url.q, gone: url.gone === 'yes', cursor: url.cursor }),
    enabled: may,
  })
  const { error, refetch, isFetching, isPlaceholderData } = query
  // What stands from the choice before is not of this one.
  const data = may ? query.data : undefined
  const isFiltered = url.q !== '' || url.gone === 'yes' || url.cursor !== ''
  return (
    <Stack>
      <Group>
        <SearchBox label="Search by name or id" value={url.q} onSearch={(q) => change({ q, cursor: '' })} w={260} />
        <OrganizationSelect
          isFilter
          label="Whose credentials"
          placeholder="Global credentials"
          value={url.org}
          onChange={(org) => change({ org, cursor: '' })}
        />
        <SegmentedControl
          aria-label="Which external organizations"
          data={[
            { value: 'no', label: 'Listed by the vendor' },
            { value: 'yes', label: 'Gone' },
          ]}
          value={url.gone}
          onChange={(gone) => change({ gone, cursor: '' })}
        />
      </Group>
      <DiscoverNow
        key={`${name} ${url.org}`}
        name={name}
        orgId={url.org || undefined}
        hasListBelow={Boolean(data?.external_organizations.length)}
      />
      {lack === undefined ? (
        <LoadState
          query={{ data, error, refetch, isFetching }}
          label="Loading external organizations"
          failed="The list could not be loaded"
        />
      ) : (
        <NotForYou lack={lack} />
      )}
      {data?.external_organizations.length === 0 && !isFiltered && (
        <EmptyState icon={<IconWorldSearch />} title="Nothing was discovered with these credentials yet">
          Discover with the global credentials, or choose an organization above to see what its own credentials find.
        </EmptyState>
      )}
      {data && (data.external_organizations.length > 0 || isFiltered) && (
        <RecordsTable
          caption="Discovered external organizations"
          records={data.external_organizations}
          columns={discoveredColumns}
          card={(organization) => <DiscoveredCard organization={organization} />}
          idOf={({ id }) => id}
          isRefreshing={isPlaceholderData}
        />
      )}
      {data && (
        <PageTurner
          cursor={url.cursor}
          nextCursor={data.next_cursor}
          onTurn={(cursor) => change({ cursor }, { push: true })}
          words="pages"
        />
      )}
    </Stack>
  )
}
