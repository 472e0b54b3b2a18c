import type { ExternalOrganization } from '@crosswalk/client'
import { Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconWorldSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { DataTableColumn } from 'mantine-datatable'
import { AppLink } from '../elements/app-link.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { Loading } from '../elements/loading.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { paths } from '../paths.ts'
import { OrganizationSelect } from '../pickers/organization-select.tsx'
import { externalOrganizationsPage } from '../queries/integrations.ts'
import { useUrlState } from '../url-state.ts'

const columns: DataTableColumn<ExternalOrganization>[] = [
  {
    accessor: 'name',
    title: 'External organization',
    render: ({ id, name, previous_names }) => (
      <Stack gap={0}>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {id}
        </Text>
        {previous_names.length > 0 && (
          <Text size="xs" c="var(--crosswalk-warn)">
            Was {previous_names.at(-1)?.name}
          </Text>
        )}
      </Stack>
    ),
  },
  {
    accessor: 'mapped',
    title: 'Mapped to',
    render: ({ mapped }) =>
      mapped ? (
        <AppLink to={paths.organizationMappings(mapped.org_id, { mapping: mapped.mapping_id })} fz="sm">
          {mapped.org_name}
        </AppLink>
      ) : (
        <Text size="sm" c="dimmed">
          Not mapped
        </Text>
      ),
  },
  { accessor: 'first_seen_at', title: 'First seen', render: ({ first_seen_at }) => <RelativeTime at={first_seen_at} /> },
  { accessor: 'last_seen_at', title: 'Last seen', render: ({ last_seen_at }) => <RelativeTime at={last_seen_at} /> },
  { accessor: 'gone_at', title: 'Gone', render: ({ gone_at }) => (gone_at ? <RelativeTime at={gone_at} /> : '–') },
]

/** What discovery has stored, as the chosen credentials see it. */
export function DiscoveredTab() {
  const { name = '' } = useParams({ strict: false })
  const [url, change] = useUrlState({ org: '', q: '', gone: 'no', cursor: '' })
  const { data, error, refetch, isFetching, isPlaceholderData } = useQuery(
    externalOrganizationsPage(name, { orgId: url.org, search: url.q, gone: url.gone === 'yes', cursor: url.cursor }),
  )
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
      {!data &&
        (error ? (
          <ErrorNotice error={error} title="The list could not be loaded" onRetry={refetch} isRetrying={isFetching} />
        ) : (
          <Loading label="Loading external organizations" />
        ))}
      {data?.external_organizations.length === 0 && !isFiltered && (
        <EmptyState icon={<IconWorldSearch />} title="Nothing was discovered with these credentials yet">
          External organizations are discovered when a mapping is added. Choose an organization above to see what its discovery found.
        </EmptyState>
      )}
      {data && (data.external_organizations.length > 0 || isFiltered) && (
        <RecordsTable
          caption="Discovered external organizations"
          records={data.external_organizations}
          columns={columns}
          idOf={({ id }) => id}
          isRefreshing={isPlaceholderData}
        />
      )}
      {data && (
        <PageTurner
          cursor={url.cursor}
          nextCursor={data.next_cursor}
          onTurn={(cursor) => change({ cursor }, { push: true })}
          first="First page"
          next="Next page"
        />
      )}
    </Stack>
  )
}
