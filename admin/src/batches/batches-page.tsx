import type { Batch } from '@crosswalk/client'
import { Group, Stack, Text } from '@mantine/core'
import { IconStack2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { DataTableColumn } from 'mantine-datatable'
import { AppLink } from '../elements/app-link.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { FilterSelect } from '../elements/filter-select.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { SelectionWords } from '../parts/pickers/selection-words.tsx'
import { BatchStatus } from '../parts/status-badge.tsx'
import { testAllMappings, testMappings, workName } from '../parts/work-name.ts'
import { paths } from '../paths.ts'
import { meFor } from '../queries/access.ts'
import { batchesPage } from '../queries/batches.ts'
import { given } from '../queries/every-page.ts'
import { allWorkflows } from '../queries/workflows.ts'
import { useUrlState } from '../url-state.ts'
import { BatchProgress } from './batch-progress.tsx'
import { BatchStarter } from './batch-starter.tsx'
import { selectionOf } from './selection-of.ts'

function Name({ batch: { batch_id, workflow_name } }: { batch: Batch }) {
  return (
    <AppLink to={paths.batch(batch_id)} fw={600}>
      {workName(workflow_name)}
    </AppLink>
  )
}

const columns: DataTableColumn<Batch>[] = [
  { accessor: 'status', title: 'Status', render: (batch) => <BatchStatus batch={batch} /> },
  { accessor: 'workflow_name', title: 'Name', render: (batch) => <Name batch={batch} /> },
  { accessor: 'organizations', title: 'Organizations', render: (batch) => <SelectionWords selection={selectionOf(batch)} /> },
  { accessor: 'done', title: 'Done', width: 210, render: (batch) => <BatchProgress batch={batch} /> },
  { accessor: 'caller', title: 'Started by', render: (batch) => <BatchStarter batch={batch} /> },
  { accessor: 'created_at', title: 'When', render: ({ created_at }) => <RelativeTime at={created_at} /> },
]

/** What stands for a row on a phone. */
function Card({ batch }: { batch: Batch }) {
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="sm">
        <Name batch={batch} />
        <BatchStatus batch={batch} />
      </Group>
      <Text size="sm" c="dimmed" component="div">
        <SelectionWords selection={selectionOf(batch)} />, <RelativeTime at={batch.created_at} />
      </Text>
      <BatchProgress batch={batch} />
    </Stack>
  )
}

/** What was run for many organizations at once, newest first. */
export function BatchesPage() {
  const [url, change] = useUrlState({ workflow: '', cursor: '' })
  const { data, error, refetch, isFetching, isPlaceholderData } = useQuery(
    batchesPage({ ...given({ workflow_name: url.workflow, cursor: url.cursor }), limit: 50 }),
  )
  const { data: me } = useQuery(meFor())
  const isLimited = me !== undefined && !me.grants.some(({ reach }) => 'all' in reach)
  const isFiltered = url.workflow !== '' || url.cursor !== ''
  return (
    <>
      <PageHeader
        title="Batches"
        description="Workflows that ran for many organizations at once: by a schedule, or started by someone. Open one to see each organization."
      />
      <Stack>
        <Group>
          <WorkflowFilter value={url.workflow} onChange={(workflow) => change({ workflow, cursor: '' })} />
        </Group>
        <LoadState
          query={{ data, error, refetch, isFetching }}
          label="Loading batches"
          failed="The batches could not be loaded"
          stale="The list may be out of date"
        />
        {data?.batches.length === 0 && !isFiltered && (
          <EmptyState
            icon={<IconStack2 />}
            title="Nothing ran for many organizations yet"
            action={
              <Group justify="center">
                <AppLink to={paths.workflows()}>Choose a workflow to run</AppLink>
                <AppLink to={paths.schedules()}>See the schedules</AppLink>
              </Group>
            }
          >
            A batch is one run of a workflow for many organizations. Open a workflow and run it for all of them, or give it a schedule: each
            run then stands here, with how far it is and what failed.
            {isLimited && ' Those of people who reach more organizations than you are not listed: what ran for yours is under Executions.'}
          </EmptyState>
        )}
        {data && (data.batches.length > 0 || isFiltered) && (
          <RecordsTable
            caption="Batches"
            records={data.batches}
            columns={columns}
            card={(batch) => <Card batch={batch} />}
            idOf={({ batch_id }) => batch_id}
            isRefreshing={isPlaceholderData}
          />
        )}
        {data && <PageTurner cursor={url.cursor} nextCursor={data.next_cursor} onTurn={(cursor) => change({ cursor }, { push: true })} />}
      </Stack>
    </>
  )
}

function WorkflowFilter({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  const { data } = useQuery(allWorkflows)
  const names = new Set([
    ...(data?.workflows ?? []).map(({ name }) => name),
    testAllMappings,
    testMappings,
    ...(value === '' ? [] : [value]),
  ])
  return (
    <FilterSelect
      label="Workflow"
      all="All workflows"
      data={[...names].map((name) => ({ value: name, label: workName(name) }))}
      value={value}
      onChange={onChange}
      w={260}
      isSearchable
    />
  )
}
