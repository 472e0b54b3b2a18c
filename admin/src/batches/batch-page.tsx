import type { Batch } from '@crosswalk/client'
import { Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { JsonBlock } from '../elements/json-block.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { BatchStatus, statusLabel } from '../parts/status-badge.tsx'
import { workName } from '../parts/work-name.ts'
import { paths } from '../paths.ts'
import { batchOf, isBatchLive, isOfTests } from '../queries/batches.ts'
import { useUrlState } from '../url-state.ts'
import { BatchActions } from './batch-actions.tsx'
import { BatchCauses } from './batch-causes.tsx'
import { BatchFacts } from './batch-facts.tsx'
import { BatchItems } from './batch-items.tsx'
import { BatchBar, failedOf } from './batch-progress.tsx'
import { itemStatuses } from './item-statuses.ts'

const trail = [{ label: 'Batches', to: paths.batches() }]

/** One batch, live. */
export function BatchPage() {
  const { batchId = '' } = useParams({ strict: false })
  const { data, error, refetch, isFetching } = useQuery(batchOf(batchId))
  const state = (
    <LoadState
      query={{ data, error, refetch, isFetching }}
      label="Loading the batch"
      failed="This batch could not be loaded"
      stale="What is shown may be out of date"
    />
  )
  if (data) return <OneBatch key={batchId} batch={data} state={state} />
  return (
    <>
      <PageHeader title="Batch" trail={trail} />
      {state}
    </>
  )
}

type OneBatchProps = { batch: Batch /** How its data stands. */; state: ReactNode }

function OneBatch({ batch, state }: OneBatchProps) {
  // Who opens a batch that has ended wants to see what failed. One that runs does not change what is shown.
  const [first] = useState(() => (failedOf(batch) > 0 && !isBatchLive(batch) ? (batch.counts.failed > 0 ? 'failed' : 'timeout') : 'all'))
  const [{ status, cursor }, change] = useUrlState({ status: '', cursor: '' })
  return (
    <>
      <PageHeader
        title={workName(batch.workflow_name)}
        trail={trail}
        badge={<BatchStatus batch={batch} />}
        actions={<BatchActions batch={batch} onRetried={() => change({ status: 'all', cursor: '' })} />}
      />
      <Stack>
        {state}
        <Panel title="Progress" description={hint(batch)}>
          <Group justify="space-between" mb={6}>
            <Text fw={600} className="tabular">
              {batch.done.toLocaleString()} of {batch.total.toLocaleString()} done
            </Text>
            <Text size="sm" c="dimmed" className="tabular">
              {countsText(batch)}
            </Text>
          </Group>
          <BatchBar batch={batch} size={14} />
          <BatchFacts batch={batch} />
        </Panel>
        {Object.keys(batch.parameters).length > 0 && (
          <Panel title="Parameters">
            <JsonBlock value={batch.parameters} label="Parameters" maxHeight={240} />
          </Panel>
        )}
        {failedOf(batch) > 0 && <BatchCauses batch={batch} onRetried={() => change({ status: 'all', cursor: '' })} />}
        <Panel title={isOfTests(batch) ? 'Mappings' : 'Organizations'}>
          <BatchItems batch={batch} shown={{ status: status || first, cursor }} onShow={change} />
        </Panel>
      </Stack>
    </>
  )
}

/** What went well comes first, then what people look for. */
const counted = ['success' as const, ...itemStatuses.filter((status) => status !== 'success')]

/** 3 succeeded, 1 failed, 2 queued. */
function countsText({ counts, kind }: Batch): string {
  const shown = counted.filter((status) => counts[status] > 0)
  return shown.map((status) => `${counts[status].toLocaleString()} ${statusLabel(status, kind).toLowerCase()}`).join(', ')
}

/** What a person may wonder about a batch in this state. */
function hint(batch: Batch): string | undefined {
  if (batch.total === 0) return 'No active organization was selected when it started, so nothing ran.'
  if (batch.status === 'paused')
    return batch.counts.running > 0
      ? 'No further organization starts until you resume it. Those that are running finish.'
      : 'No further organization starts until you resume it.'
  if (batch.status === 'cancelled') return 'What had not finished was cancelled.'
  if (batch.status === 'finished' && isOfTests(batch))
    return failedOf(batch) > 0
      ? 'Finished. The list says why each test failed. You can test those again.'
      : 'Finished. Every connection that was tested works.'
  if (batch.status === 'finished') return failedOf(batch) > 0 ? 'Finished. You can retry what failed.' : 'Finished.'
  return 'This page updates by itself.'
}
