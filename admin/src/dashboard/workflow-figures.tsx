import type { ExecutionStatisticsWorkflowsItem } from '@crosswalk/client'
import { Group, Stack, Table, Text } from '@mantine/core'
import { AppLink } from '../elements/app-link.tsx'
import { durationText } from '../elements/relative-time.tsx'
import { useIsNarrow } from '../elements/use-narrow.ts'
import { useWorkflowTitle } from '../parts/use-workflow-title.ts'
import { paths } from '../paths.ts'

const shown = 15

/** Rounded so that only what never failed is 100 %. */
export function percentText(rate: number | null): string {
  if (rate === null) return '–'
  return `${rate < 1 ? Math.min(99.9, Math.round(rate * 1_000) / 10) : 100} %`
}

/** Success rate and duration of each workflow, the most often run first. */
export function WorkflowFigures({ workflows }: { workflows: ExecutionStatisticsWorkflowsItem[] }) {
  const isNarrow = useIsNarrow()
  if (workflows.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No workflow ran in the last 24 hours.
      </Text>
    )
  const first = workflows.slice(0, shown)
  return (
    <Stack gap="sm">
      {isNarrow ? <Lines workflows={first} /> : <Columns workflows={first} />}
      {workflows.length > shown && (
        <Text size="sm" c="dimmed">
          and {workflows.length - shown} more that ran less often.
        </Text>
      )}
    </Stack>
  )
}

/** What people call it, with the name by which logs and programs know it. */
function WorkflowLink({ name, fz }: { name: string; fz?: 'sm' }) {
  const title = useWorkflowTitle()(name)
  return (
    <>
      <AppLink to={paths.workflow(name)} {...(fz ? { fz } : {})} className="wrap-anywhere">
        {title}
      </AppLink>
      {title !== name && (
        <Text size="xs" c="dimmed" className="wrap-anywhere">
          {name}
        </Text>
      )}
    </>
  )
}

function Columns({ workflows }: { workflows: ExecutionStatisticsWorkflowsItem[] }) {
  const number = { ta: 'right', className: 'tabular' } as const
  return (
    <Table verticalSpacing={6} horizontalSpacing={0}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Workflow</Table.Th>
          <Table.Th ta="right">Runs</Table.Th>
          <Table.Th ta="right">Failed</Table.Th>
          <Table.Th ta="right">Succeeded</Table.Th>
          <Table.Th ta="right">Median duration</Table.Th>
          <Table.Th ta="right">95th percentile</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {workflows.map(({ workflow_name: name, runs, failed, success_rate, median_ms, p95_ms }) => (
          <Table.Tr key={name}>
            <Table.Td className="wrap-anywhere">
              <WorkflowLink name={name} />
            </Table.Td>
            <Table.Td {...number}>{runs.toLocaleString()}</Table.Td>
            <Table.Td {...number}>
              {failed > 0 ? (
                <AppLink to={paths.executions({ name, status: 'failed', period: 'day' })} aria-label={`${failed} failed of ${name}`}>
                  {failed.toLocaleString()}
                </AppLink>
              ) : (
                '0'
              )}
            </Table.Td>
            <Table.Td {...number} {...(failed > 0 ? { c: 'var(--crosswalk-bad)' } : {})}>
              {percentText(success_rate)}
            </Table.Td>
            <Table.Td {...number}>{durationText(median_ms)}</Table.Td>
            <Table.Td {...number}>{durationText(p95_ms)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Lines({ workflows }: { workflows: ExecutionStatisticsWorkflowsItem[] }) {
  return workflows.map(({ workflow_name: name, runs, success_rate, median_ms, p95_ms }) => (
    <Group key={name} justify="space-between" gap={4}>
      <div>
        <WorkflowLink name={name} fz="sm" />
      </div>
      <Text size="sm" c="dimmed" className="tabular">
        {runs.toLocaleString()} {runs === 1 ? 'run' : 'runs'} · {percentText(success_rate)} succeeded · median {durationText(median_ms)}, 95
        % at most {durationText(p95_ms)}
      </Text>
    </Group>
  ))
}
