import type { ExecutionStatistics } from '@crosswalk/client'
import { SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { LoadState } from '../elements/load-state.tsx'
import { Panel } from '../elements/panel.tsx'
import { durationText } from '../elements/relative-time.tsx'
import { executionStatistics } from '../queries/executions.ts'
import { ExecutionsChart } from './executions-chart.tsx'
import { percentText, WorkflowFigures } from './workflow-figures.tsx'

const hours = 24
const timeText = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** What the figures are of: the last day, or where more ran than is counted, the last part of it. */
function describe({ is_complete, counted_since, total }: ExecutionStatistics): string {
  if (is_complete) return 'Workflows of the last 24 hours, by hour.'
  return `More ran than is counted: these are the last ${total.runs.toLocaleString()} workflows, since ${timeText.format(new Date(counted_since))}.`
}

/** How workflows went lately. */
export function StatisticsSection() {
  const { data, error, refetch, isFetching } = useQuery(executionStatistics(hours))
  const state = (
    <LoadState
      query={{ data, error, refetch, isFetching }}
      label="Loading executions"
      failed="The executions could not be loaded"
      stale="The figures may be out of date"
    />
  )
  if (!data) return state
  const figures = [
    ['Workflows run', data.total.runs.toLocaleString() + (data.is_complete ? '' : '+')],
    ['Succeeded', percentText(data.total.success_rate)],
    ['Median duration', durationText(data.total.median_ms)],
  ] as const
  return (
    <>
      {state}
      <SimpleGrid cols={3} spacing={{ base: 'xs', xs: 'md' }}>
        {figures.map(([label, value]) => (
          <Stack key={label} className="panel" p={{ base: 'xs', xs: 'md' }} gap={4} justify="space-between">
            <Text size="sm" c="dimmed">
              {label}
            </Text>
            <Text fz={{ base: 18, xs: 26 }} fw={650} className="tabular">
              {value}
            </Text>
          </Stack>
        ))}
      </SimpleGrid>
      <Panel title="Executions over time" description={describe(data)}>
        <ExecutionsChart hours={data.hours} />
      </Panel>
      <Panel title="By workflow">
        <WorkflowFigures workflows={data.workflows} />
      </Panel>
    </>
  )
}
