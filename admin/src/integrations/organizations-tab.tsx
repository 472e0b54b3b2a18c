import type { Organization } from '@crosswalk/client'
import { Group, Pagination, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { Loading } from '../elements/loading.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { ActiveStatus, TestStatus } from '../elements/status-badge.tsx'
import { paths } from '../paths.ts'
import { mappingsOf } from '../queries/mappings.ts'
import { organizationsLike } from '../queries/organizations.ts'
import { useUrlState } from '../url-state.ts'

const perPage = 25

/** All organizations with their mapping of this integration, so that the unmapped ones are visible. */
export function IntegrationOrganizationsTab() {
  const { name = '' } = useParams({ strict: false })
  const [url, change] = useUrlState({ q: '', page: '1' })
  const { data, error, refetch, isFetching } = useQuery(organizationsLike(url.q))
  if (!data)
    return error ? (
      <ErrorNotice error={error} title="The organizations could not be loaded" onRetry={refetch} isRetrying={isFetching} />
    ) : (
      <Loading label="Loading organizations" />
    )
  const pages = Math.max(1, Math.ceil(data.items.length / perPage))
  const page = Math.min(pages, Math.max(1, Number.parseInt(url.page, 10) || 1))
  const visible = data.items.toSorted((a, b) => a.name.localeCompare(b.name)).slice((page - 1) * perPage, page * perPage)
  return (
    <Stack>
      <SearchBox label="Search by name or domain" value={url.q} onSearch={(q) => change({ q, page: '1' })} />
      <RecordsTable<Organization>
        caption="Organizations and their mapping"
        records={visible}
        idOf={({ id }) => id}
        columns={[
          {
            accessor: 'name',
            title: 'Organization',
            render: (organization) => <AppLink to={paths.organization(organization.id)}>{organization.name}</AppLink>,
          },
          { accessor: 'is_active', title: 'Status', render: ({ is_active }) => <ActiveStatus isActive={is_active} /> },
          {
            accessor: 'mapping',
            title: 'Mapped to',
            render: (organization) => <MappedTo orgId={organization.id} name={name} isActive={organization.is_active} />,
          },
        ]}
      />
      {pages > 1 && (
        <Pagination
          total={pages}
          value={page}
          onChange={(next) => change({ page: String(next) }, { push: true })}
          getControlProps={(control) => ({ 'aria-label': `${control} page` })}
          getItemProps={(number) => ({ 'aria-label': `Page ${number}` })}
        />
      )}
    </Stack>
  )
}

function MappedTo({ orgId, name, isActive }: { orgId: string; name: string; isActive: boolean }) {
  const { data, error } = useQuery({ ...mappingsOf(orgId, true), staleTime: 15_000 })
  if (!data) return error ? <Text size="sm">unknown</Text> : <Skeleton height={16} width={140} />
  const own = data.filter(({ integration_name }) => integration_name === name)
  if (own.length === 0) {
    return isActive ? (
      <AppLink to={paths.organizationMappings(orgId, { mapping: 'new', integration: name })} fz="sm">
        Not mapped: add a mapping
      </AppLink>
    ) : (
      <Text size="sm" c="dimmed">
        Not mapped
      </Text>
    )
  }
  return (
    <Stack gap={4}>
      {own.map((mapping) => (
        <Group key={mapping.id} gap="sm">
          <AppLink to={paths.organizationMappings(orgId, { mapping: mapping.id })} fz="sm">
            {mapping.external_org_name || mapping.external_org_id}
          </AppLink>
          <TestStatus success={mapping.last_test_success} />
        </Group>
      ))}
    </Stack>
  )
}
