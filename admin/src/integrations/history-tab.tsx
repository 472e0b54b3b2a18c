import type { DiscoveryRun } from '@crosswalk/client'
import { Group, Stack, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { DataTableColumn } from 'mantine-datatable'
import { AppLink } from '../elements/app-link.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { durationText, RelativeTime } from '../elements/relative-time.tsx'
import { NotForYou, useMayAskOfCredentials } from '../parts/grants/not-for-you.tsx'
import { OrganizationSelect } from '../parts/pickers/organization-select.tsx'
import { ExecutionStatus } from '../parts/status-badge.tsx'
import { paths } from '../paths.ts'
import { discoveryRunsOf } from '../queries/integrations.ts'
import { useUrlState } from '../url-state.ts'

function Started({ run: { started_at, execution_id } }: { run: DiscoveryRun }) {
  return (
    <AppLink to={paths.execution(execution_id)} fz="sm">
      <RelativeTime at={started_at} />
    </AppLink>
  )
}

function Reason({ run: { error } }: { run: DiscoveryRun }) {
  return (
    <Text size="sm" className="wrap-anywhere">
      {error?.message ?? ''}
    </Text>
  )
}

const durationOf = ({ started_at, ended_at }: DiscoveryRun) =>
  durationText(ended_at === null ? null : Date.parse(ended_at) - Date.parse(started_at))

const foundBy = ({ organization_count, status }: DiscoveryRun) => (status === 'success' ? organization_count.toLocaleString() : '–')

const columns: DataTableColumn<DiscoveryRun>[] = [
  { accessor: 'status', title: 'Status', render: ({ status }) => <ExecutionStatus status={status} /> },
  { accessor: 'started_at', title: 'Started', render: (run) => <Started run={run} /> },
  { accessor: 'duration', title: 'Duration', render: durationOf },
  { accessor: 'organization_count', title: 'Organizations', render: foundBy },
  { accessor: 'error', title: 'Reason', render: (run) => <Reason run={run} /> },
]

/** What stands for a row on a phone. */
function Card({ run }: { run: DiscoveryRun }) {
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="sm">
        <Started run={run} />
        <ExecutionStatus status={run.status} />
      </Group>
      <Text size="sm" c="dimmed">
        {run.status === 'success' ? `${foundBy(run)} external organizations in ${durationOf(run)}` : durationOf(run)}
      </Text>
      {run.error && <Reason run={run} />}
    </Stack>
  )
}

/** The last runs of discovery with the chosen credentials. */
export function DiscoveryHistoryTab() {
  const { name = '' } = useParams({ strict: false })
  const [{ org }, change] = useUrlState({ org: '' })
  const { may, lack } = useMayAskOfCredentials(name, org)
  const { data, error, refetch, isFetching } = useQuery({ ...discoveryRunsOf(name, org || undefined), enabled: may })
  return (
    <Stack>
      <Group>
        <OrganizationSelect
          isFilter
          label="Whose credentials"
          placeholder="Global credentials"
          value={org}
          onChange={(next) => change({ org: next })}
        />
      </Group>
      {lack === undefined ? (
        <LoadState query={{ data, error, refetch, isFetching }} label="Loading the history" failed="The history could not be loaded" />
      ) : (
        <NotForYou lack={lack} />
      )}
      {data?.length === 0 && (
        <EmptyState icon={<IconHistory />} title="No discovery ran with these credentials yet">
          Choose an organization above to see its discoveries.
        </EmptyState>
      )}
      {data && data.length > 0 && (
        <RecordsTable caption="Discovery runs" records={data} columns={columns} idOf={({ id }) => id} card={(run) => <Card run={run} />} />
      )}
    </Stack>
  )
}
