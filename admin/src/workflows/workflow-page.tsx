import type { Workflow } from '@crosswalk/client'
import { Badge, Code, Grid, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { AppLink } from '../elements/app-link.tsx'
import { type Fact, FactsTable } from '../elements/facts-table.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { durationText, RelativeTime } from '../elements/relative-time.tsx'
import { ExecutionStatus } from '../parts/status-badge.tsx'
import { paths } from '../paths.ts'
import { executionsPage } from '../queries/executions.ts'
import { workflowOf } from '../queries/workflows.ts'
import { RunPanel } from './run-panel.tsx'
import { SchedulePanel } from './schedule-panel.tsx'

const trail = [{ label: 'Workflows', to: paths.workflows() }]

/** One workflow: running it, and how it went before. */
export function WorkflowPage() {
  const { name = '' } = useParams({ strict: false })
  const { data, error, refetch, isFetching } = useQuery(workflowOf(name))
  if (!data) {
    return (
      <>
        <PageHeader title={name} trail={trail} />
        <LoadState query={{ data, error, refetch, isFetching }} label="Loading the workflow" failed="This workflow could not be loaded" />
      </>
    )
  }
  return (
    <>
      <PageHeader
        title={data.display_name}
        trail={trail}
        description={data.description}
        badge={data.tags.map((tag) => (
          <Badge key={tag} variant="light" color="gray" tt="none">
            {tag}
          </Badge>
        ))}
      />
      <Grid>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <RunPanel key={data.name} workflow={data} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Stack>
            <SchedulePanel name={data.name} />
            <LastRuns name={data.name} />
            <Panel title="Details">
              <FactsTable facts={factsOf(data)} />
            </Panel>
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  )
}

const factsOf = ({ name, display_name, offered_to, category, timeout_ms, deadline_ms, file }: Workflow): Fact[] => [
  ...(display_name === name ? [] : [['Name', <Code key="name">{name}</Code>] satisfies Fact]),
  ['Category', category],
  ['Offered', offered_to === 'customers' ? 'To all customers, and by grants' : 'By grants that name it'],
  ['Time limit', durationText(timeout_ms)],
  ...(deadline_ms === null ? [] : [['Time limit with waits', durationText(deadline_ms)] satisfies Fact]),
  ['File', <Code key="file">{file}</Code>],
]

function LastRuns({ name }: { name: string }) {
  const { data, error, refetch } = useQuery(executionsPage({ workflow_name: name, kind: 'workflow', limit: 8 }))
  return (
    <Panel
      title="Last runs"
      actions={
        <>
          <AppLink to={paths.batches({ workflow: name })} fz="sm">
            Batches
          </AppLink>
          <AppLink to={paths.executions({ name })} fz="sm">
            View all
          </AppLink>
        </>
      }
    >
      <LoadState query={{ data, error, refetch }} label="Loading executions" rows={2} />
      {data?.executions.length === 0 && (
        <Text size="sm" c="dimmed">
          It has not run yet.
        </Text>
      )}
      <Stack gap="xs">
        {data?.executions.map((execution) => (
          <Group key={execution.execution_id} justify="space-between" gap="sm" wrap="nowrap">
            <div className="wrap-anywhere">
              <AppLink to={paths.execution(execution.execution_id)} fz="sm">
                {execution.org_name ?? 'All (global)'}
              </AppLink>
              <Text size="xs" c="dimmed" component="div" className="tabular">
                <RelativeTime at={execution.created_at} />, {durationText(execution.duration_ms)}
              </Text>
            </div>
            <ExecutionStatus status={execution.status} waiting={execution.waiting} />
          </Group>
        ))}
      </Stack>
    </Panel>
  )
}
