import type { MappedOrganization } from '@crosswalk/client'
import { Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconBuilding } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { AppLink } from '../elements/app-link.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { TestStatus } from '../parts/status-badge.tsx'
import { paths } from '../paths.ts'
import { integrationOf } from '../queries/integrations.ts'
import { mappedOrganizations, organizationsOfIntegration } from '../queries/mappings.ts'
import { useUrlState } from '../url-state.ts'

const mappedOf: Record<string, 'true' | 'false'> = { mapped: 'true', unmapped: 'false' }

/** All active organizations with their mappings of this integration, so that the unmapped ones are visible. */
export function IntegrationOrganizationsTab() {
  const { name = '' } = useParams({ strict: false })
  const [url, change] = useUrlState({ q: '', show: 'all', cursor: '' })
  const query = { mapped: mappedOf[url.show] ?? '', search: url.q, cursor: url.cursor } as const
  const { data, error, refetch, isFetching, isPlaceholderData } = useQuery(organizationsOfIntegration(name, query))
  const counts = useQuery(mappedOrganizations).data
  const canMatch = useQuery(integrationOf(name)).data?.supports_discovery ?? false
  const mapped = counts?.ofIntegration.get(name) ?? 0
  return (
    <Stack>
      <Group>
        <SearchBox label="Search by name or domain" value={url.q} onSearch={(q) => change({ q, cursor: '' })} />
        <SegmentedControl
          aria-label="Which organizations"
          data={[
            { value: 'all', label: 'All' },
            { value: 'mapped', label: 'Mapped' },
            { value: 'unmapped', label: 'Not mapped' },
          ]}
          value={url.show}
          onChange={(show) => change({ show, cursor: '' })}
        />
        {counts && (
          <Text size="sm" c="dimmed" role="status">
            {mapped.toLocaleString()} of {counts.active.toLocaleString()} {counts.active === 1 ? 'organization' : 'organizations'} mapped
          </Text>
        )}
        {canMatch && counts && mapped < counts.active && (
          <AppLink to={paths.integrationMatch(name)} fz="sm">
            Match by name
          </AppLink>
        )}
      </Group>
      <LoadState
        query={{ data, error, refetch, isFetching }}
        label="Loading organizations"
        failed="The organizations could not be loaded"
        stale="The list may be out of date"
      />
      {data?.organizations.length === 0 && <NothingHere show={url.show} isSearched={url.q !== ''} />}
      {data && data.organizations.length > 0 && (
        <RecordsTable<MappedOrganization>
          caption="Organizations and their mapping"
          records={data.organizations}
          idOf={({ id }) => id}
          isRefreshing={isPlaceholderData}
          columns={[
            { accessor: 'name', title: 'Organization', render: (organization) => <Name organization={organization} /> },
            { accessor: 'mappings', title: 'Mapped to', render: (organization) => <MappedTo organization={organization} name={name} /> },
          ]}
          card={(organization) => (
            <Stack gap={6}>
              <Name organization={organization} />
              <MappedTo organization={organization} name={name} />
            </Stack>
          )}
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

function NothingHere({ show, isSearched }: { show: string; isSearched: boolean }) {
  if (isSearched) return <Text c="dimmed">No organization fits the search.</Text>
  const title = { mapped: 'No organization is mapped yet', unmapped: 'Every organization is mapped' }[show] ?? 'No organizations yet'
  return (
    <EmptyState
      icon={<IconBuilding />}
      title={title}
      action={show === 'all' ? <AppLink to={paths.organizations()}>Add an organization</AppLink> : null}
    />
  )
}

function Name({ organization }: { organization: MappedOrganization }) {
  return (
    <AppLink to={paths.organization(organization.id)} fw={600}>
      {organization.name}
    </AppLink>
  )
}

function MappedTo({ organization, name }: { organization: MappedOrganization; name: string }) {
  if (organization.mappings.length === 0) {
    return (
      <AppLink
        to={paths.organizationMappings(organization.id, { mapping: 'new', integration: name })}
        fz="sm"
        aria-label={`Not mapped: add a mapping for ${organization.name}`}
      >
        Not mapped: add a mapping
      </AppLink>
    )
  }
  return (
    <Stack gap={4}>
      {organization.mappings.map((mapping) => (
        <Group key={mapping.id} gap="sm">
          <AppLink to={paths.organizationMappings(organization.id, { mapping: mapping.id })} fz="sm">
            {mapping.external_org_name || mapping.external_org_id}
          </AppLink>
          <TestStatus success={mapping.last_test_success} isUntested={mapping.last_not_tested_at !== null} />
          {mapping.external_state === 'gone' && <Text size="sm">Gone from the vendor's list</Text>}
          {mapping.external_state === 'renamed' && (
            <Text size="sm" className="wrap-anywhere">
              Renamed to {mapping.external_renamed_to}
            </Text>
          )}
        </Group>
      ))}
    </Stack>
  )
}
