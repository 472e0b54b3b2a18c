import type { Organization } from '@crosswalk/client'
import { Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { DataTableColumn } from 'mantine-datatable'
import { AppLink } from '../elements/app-link.tsx'
import { RecordsTable, type Sorting } from '../elements/records-table.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { ActiveStatus } from '../parts/status-badge.tsx'
import { paths } from '../paths.ts'
import { summariesOf } from '../queries/mappings.ts'
import { LastExecutionCell, MappingsCell } from './organization-cells.tsx'

type SummaryOf = (orgId: string) => Parameters<typeof MappingsCell>[0]['summary']

function Name({ organization: { id, name } }: { organization: Organization }) {
  return (
    <AppLink to={paths.organization(id)} fw={600}>
      {name}
    </AppLink>
  )
}

function Tags({ tags }: { tags: string[] }) {
  if (tags.length === 0) return <Text size="sm">–</Text>
  return (
    <Group gap={4} maw={220}>
      {tags.map((tag) => (
        <AppLink key={tag} to={paths.organizations({ tag })} fz="sm">
          {tag}
        </AppLink>
      ))}
    </Group>
  )
}

const columnsWith = (summaryOf: SummaryOf): DataTableColumn<Organization>[] => [
  { accessor: 'name', title: 'Name', sortable: true, render: (organization) => <Name organization={organization} /> },
  {
    accessor: 'domains',
    title: 'Domains',
    render: ({ domains }) => (
      <Text size="sm" c="dimmed" className="wrap-anywhere" maw={240} style={{ whiteSpace: 'normal' }}>
        {domains.join(', ') || '–'}
      </Text>
    ),
  },
  { accessor: 'tags', title: 'Tags', render: ({ tags }) => <Tags tags={tags} /> },
  { accessor: 'mappings', title: 'Mappings', render: ({ id }) => <MappingsCell summary={summaryOf(id)} /> },
  { accessor: 'last_execution', title: 'Last execution', render: ({ id }) => <LastExecutionCell summary={summaryOf(id)} /> },
  { accessor: 'is_active', title: 'Status', sortable: true, render: ({ is_active }) => <ActiveStatus isActive={is_active} /> },
  { accessor: 'created_at', title: 'Added', sortable: true, render: ({ created_at }) => <RelativeTime at={created_at} /> },
]

/** An organization as a phone shows it. */
function Card({ organization, summary }: { organization: Organization; summary: ReturnType<SummaryOf> }) {
  const { domains, is_active } = organization
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="sm">
        <Name organization={organization} />
        {!is_active && <ActiveStatus isActive={false} />}
      </Group>
      {domains.length > 0 && (
        <Text size="sm" c="dimmed" className="wrap-anywhere">
          {domains.join(', ')}
        </Text>
      )}
      {organization.tags.length > 0 && <Tags tags={organization.tags} />}
      <Group gap={6}>
        <Text size="sm" c="dimmed">
          Mappings:
        </Text>
        <MappingsCell summary={summary} />
      </Group>
      <LastExecutionCell summary={summary} />
    </Stack>
  )
}

type OrganizationsTableProps = {
  organizations: Organization[]
  sorting: Sorting
  onSort: (sorting: Sorting) => void
  isRefreshing: boolean
}

/** One page of organizations, each with how it stands. */
export function OrganizationsTable({ organizations, ...props }: OrganizationsTableProps) {
  const { data, error } = useQuery(summariesOf(organizations.map(({ id }) => id)))
  const summaryOf: SummaryOf = (orgId) => data?.get(orgId) ?? (error ? null : undefined)
  return (
    <RecordsTable
      caption="Organizations"
      records={organizations}
      columns={columnsWith(summaryOf)}
      idOf={({ id }) => id}
      card={(organization) => <Card organization={organization} summary={summaryOf(organization.id)} />}
      {...props}
    />
  )
}
