import type { Batch, BatchExecution, ListBatchExecutionsStatus } from '@crosswalk/client'
import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { DataTableColumn } from 'mantine-datatable'
import { useEffect } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { durationText } from '../elements/relative-time.tsx'
import { ExecutionStatus, statusLabel, TestStatus } from '../parts/status-badge.tsx'
import { paths } from '../paths.ts'
import { batchItemsKey, batchItemsPage, isBatchLive } from '../queries/batches.ts'
import { given } from '../queries/every-page.ts'
import { itemStatuses } from './item-statuses.ts'

/** A result longer than this is cut; the execution has it whole. */
const maxShown = 160

/** What a connection test that found no failure says; undefined of anything else. */
function praiseOf({ mapping_id, status, result }: BatchExecution): string | undefined {
  if (mapping_id === null || status !== 'success' || typeof result !== 'object' || result === null) return undefined
  const { message } = result as Record<string, unknown> // as `testConnection` returns it
  return typeof message === 'string' ? message : undefined
}

/** What to do about a failure, where that is known and not said already. */
function adviceOf({ message, details: { guidance } }: NonNullable<BatchExecution['error']>): string {
  return typeof guidance === 'string' && !message.includes(guidance) ? guidance : ''
}

function Outcome({ item }: { item: BatchExecution }) {
  const { status, error, result } = item
  const message = error ? [error.message, adviceOf(error)].filter(Boolean).join(' ') : praiseOf(item)
  if (message !== undefined) {
    return (
      <Text
        size="sm"
        c={error && status !== 'not_tested' ? 'var(--crosswalk-bad)' : 'var(--mantine-color-text)'}
        className="wrap-anywhere"
        lineClamp={3}
        title={message}
      >
        {message}
      </Text>
    )
  }
  if (status === 'skipped') return <Quiet>It was not active when its turn came.</Quiet>
  if (status === 'expired') return <Quiet>No longer kept: it ran too long ago.</Quiet>
  if (result === null || result === undefined) return <Quiet>–</Quiet>
  const text = typeof result === 'string' ? result : JSON.stringify(result)
  return (
    <Text size="xs" ff="monospace" className="wrap-anywhere" miw={220} lineClamp={2} title={text.slice(0, 2_000)}>
      {text.length > maxShown ? `${text.slice(0, maxShown)}…` : text}
    </Text>
  )
}

function Quiet({ children }: { children: string }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  )
}

function Status({ item }: { item: BatchExecution }) {
  const isTested = item.mapping_id !== null && (item.status === 'success' || item.status === 'failed')
  return isTested ? <TestStatus success={item.status === 'success'} /> : <ExecutionStatus status={item.status} />
}

function Name({ item: { org_id, org_name, mapping_id } }: { item: BatchExecution }) {
  return (
    <AppLink to={mapping_id ? paths.organizationMappings(org_id, { mapping: mapping_id }) : paths.organization(org_id)} fz="sm">
      {org_name}
    </AppLink>
  )
}

function OpenExecution({ item: { execution_id, status, org_name } }: { item: BatchExecution }) {
  if (!execution_id || status === 'expired') return '–'
  return (
    <AppLink to={paths.execution(execution_id)} fz="sm" aria-label={`Open the execution of ${org_name}`}>
      Open
    </AppLink>
  )
}

const columns: DataTableColumn<BatchExecution>[] = [
  { accessor: 'org_name', title: 'Organization', render: (item) => <Name item={item} /> },
  { accessor: 'status', title: 'Status', render: (item) => <Status item={item} /> },
  { accessor: 'execution_id', title: 'Execution', render: (item) => <OpenExecution item={item} /> },
  { accessor: 'attempt', title: 'Attempt', render: ({ attempt }) => <span className="tabular">{attempt}</span> },
  {
    accessor: 'duration_ms',
    title: 'Duration',
    render: ({ duration_ms }) => (
      <span className="tabular" style={{ whiteSpace: 'nowrap' }}>
        {durationText(duration_ms)}
      </span>
    ),
  },
  { accessor: 'result', title: 'Result or error', width: '45%', render: (item) => <Outcome item={item} /> },
]

/** What stands for a row on a phone. */
function Card({ item }: { item: BatchExecution }) {
  const { attempt, duration_ms } = item
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="sm">
        <Name item={item} />
        <Status item={item} />
      </Group>
      <Outcome item={item} />
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed" className="tabular">
          {[...(duration_ms === null ? [] : [durationText(duration_ms)]), ...(attempt > 1 ? [`attempt ${attempt}`] : [])].join(', ')}
        </Text>
        <OpenExecution item={item} />
      </Group>
    </Stack>
  )
}

type Shown = { status: string; cursor: string }
type BatchItemsProps = { batch: Batch; shown: Shown; onShow: (shown: Shown, options?: { push: boolean }) => void }

/** Each organization of a batch, with what it came to. */
export function BatchItems({ batch, shown, onShow }: BatchItemsProps) {
  const id = batch.batch_id
  const isLive = isBatchLive(batch)
  const parameters = {
    ...given({ cursor: shown.cursor }),
    ...(shown.status === 'all' ? {} : { status: shown.status as ListBatchExecutionsStatus }), // the server refuses another, which is shown
    limit: 50,
  }
  const { data, error, refetch, isFetching, isPlaceholderData } = useQuery(batchItemsPage(id, parameters, isLive))
  const queries = useQueryClient()
  useEffect(() => {
    // The rows were asked for last before the end.
    if (!isLive) void queries.invalidateQueries({ queryKey: batchItemsKey(id) })
  }, [isLive, id, queries])
  const isAll = shown.status === 'all' && shown.cursor === ''
  return (
    <Stack gap="sm">
      <StatusFilter batch={batch} value={shown.status} onChange={(status) => onShow({ status, cursor: '' })} />
      <LoadState
        query={{ data, error, refetch, isFetching }}
        label="Loading the organizations"
        failed="The organizations could not be loaded"
        stale="The list may be out of date"
      />
      {data && isAll && data.executions.length === 0 ? (
        <Text c="dimmed">There were no organizations to run it for.</Text>
      ) : (
        data && (
          <RecordsTable
            caption="Organizations"
            records={data.executions}
            columns={columns}
            card={(item) => <Card item={item} />}
            idOf={({ org_id, mapping_id }) => mapping_id ?? org_id}
            isRefreshing={isPlaceholderData}
          />
        )
      )}
      {data && (
        <PageTurner
          cursor={shown.cursor}
          nextCursor={data.next_cursor}
          onTurn={(cursor) => onShow({ ...shown, cursor }, { push: true })}
          words="pages"
        />
      )}
    </Stack>
  )
}

function StatusFilter({ batch, value, onChange }: { batch: Batch; value: string; onChange: (status: string) => void }) {
  const offered = itemStatuses.filter((status) => batch.counts[status] > 0 || status === value)
  const all = [
    ['all', 'All', batch.total],
    ...offered.map((status) => [status, statusLabel(status, batch.kind), batch.counts[status]] as const),
  ] as const
  return (
    <Group gap={6} role="group" aria-label="Status">
      {all.map(([status, label, count]) => (
        <Button
          key={status}
          size="compact-sm"
          radius="xl"
          variant={status === value ? 'filled' : 'default'}
          aria-pressed={status === value}
          onClick={() => onChange(status)}
          fw={500}
        >
          {label}&nbsp;<span className="tabular">{count.toLocaleString()}</span>
        </Button>
      ))}
    </Group>
  )
}
