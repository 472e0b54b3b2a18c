import type { ExecutionSummary } from '@crosswalk/client'
import { Group, Stack, Text } from '@mantine/core'
import type { DataTableColumn } from 'mantine-datatable'
import { AppLink } from '../elements/app-link.tsx'
import { durationText, RelativeTime } from '../elements/relative-time.tsx'
import { ExecutionStatus } from '../parts/status-badge.tsx'
import { useWorkflowTitle } from '../parts/use-workflow-title.ts'
import { paths } from '../paths.ts'
import { kindLabel } from './kinds.ts'

function OrganizationName({ execution: { org_id, org_name } }: { execution: ExecutionSummary }) {
  if (org_id === null)
    return (
      <Text size="sm" c="dimmed">
        All (global)
      </Text>
    )
  return (
    <AppLink to={paths.organization(org_id)} fz="sm">
      {org_name ?? org_id}
    </AppLink>
  )
}

function Name({ execution: { execution_id, workflow_name, kind } }: { execution: ExecutionSummary }) {
  const titleOfWorkflow = useWorkflowTitle()
  const title = kind === 'workflow' ? titleOfWorkflow(workflow_name) : workflow_name
  return (
    <>
      <AppLink to={paths.execution(execution_id)} fw={600} className="wrap-anywhere">
        {title}
      </AppLink>
      {title !== workflow_name && (
        <Text size="xs" c="dimmed" className="wrap-anywhere">
          {workflow_name}
        </Text>
      )}
    </>
  )
}

/** What ran, and of a failure the reason. */
function What({ execution }: { execution: ExecutionSummary }) {
  return (
    <div className="execution-what">
      <Name execution={execution} />
      <Reason execution={execution} />
    </div>
  )
}

function Reason({ execution: { error } }: { execution: ExecutionSummary }) {
  if (!error) return null
  return (
    <Text size="xs" c="var(--crosswalk-bad)" truncate="end" maw="min(420px, 22vw)" title={error.message}>
      {error.message}
    </Text>
  )
}

/** Of the organization's own list the column `org_id` is left out. */
export const executionColumns: DataTableColumn<ExecutionSummary>[] = [
  { accessor: 'status', title: 'Status', render: ({ status, waiting }) => <ExecutionStatus status={status} waiting={waiting} /> },
  { accessor: 'workflow_name', title: 'Name', render: (execution) => <What execution={execution} /> },
  { accessor: 'kind', title: 'Kind', render: ({ kind }) => kindLabel(kind) },
  { accessor: 'org_id', title: 'Organization', render: (execution) => <OrganizationName execution={execution} /> },
  { accessor: 'created_at', title: 'Requested', render: ({ created_at }) => <RelativeTime at={created_at} /> },
  { accessor: 'duration_ms', title: 'Duration', render: ({ duration_ms }) => <span className="tabular">{durationText(duration_ms)}</span> },
  { accessor: 'caller', title: 'By', render: ({ caller }) => caller.name },
]

/** What stands for a row on a phone. */
export function ExecutionCard({ execution, isOfMany }: { execution: ExecutionSummary; isOfMany: boolean }) {
  const { status, kind, created_at, duration_ms, caller } = execution
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
        <div className="wrap-anywhere">
          <Name execution={execution} />
        </div>
        <ExecutionStatus status={status} waiting={execution.waiting} />
      </Group>
      <Reason execution={execution} />
      {isOfMany && <OrganizationName execution={execution} />}
      <Text size="sm" c="dimmed" component="div">
        {kindLabel(kind)}, <RelativeTime at={created_at} /> by {caller.name}
        {duration_ms !== null && <span className="tabular">, {durationText(duration_ms)}</span>}
      </Text>
    </Stack>
  )
}
