import { Group, Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { ExecutionStatus } from '../elements/status-badge.tsx'
import { paths } from '../paths.ts'
import { lastExecutionOf } from '../queries/executions.ts'
import { mappingsOf } from '../queries/mappings.ts'

/** How many mappings an organization has, and how many of them failed their last test. */
export function MappingsCell({ orgId }: { orgId: string }) {
  const { data, error } = useQuery({ ...mappingsOf(orgId, true), staleTime: 15_000 })
  if (!data) return error ? <Text size="sm">unknown</Text> : <Skeleton height={16} width={60} />
  const failing = data.filter(({ last_test_success }) => last_test_success === false).length
  return (
    <AppLink to={paths.organizationMappings(orgId)} fz="sm" style={{ whiteSpace: 'nowrap' }}>
      {data.length === 0 ? 'None' : data.length}
      {failing > 0 && (
        <Text span inherit fw={600} c="var(--crosswalk-bad)">
          , {failing} failing
        </Text>
      )}
    </AppLink>
  )
}

/** The workflow that ran last for an organization. */
export function LastExecutionCell({ orgId }: { orgId: string }) {
  const { data, error } = useQuery(lastExecutionOf(orgId))
  if (data === undefined) return error ? <Text size="sm">unknown</Text> : <Skeleton height={16} width={120} />
  if (data === null)
    return (
      <Text size="sm" c="dimmed">
        Nothing ran yet
      </Text>
    )
  return (
    <Group gap={8} wrap="nowrap">
      <ExecutionStatus status={data.status} />
      <AppLink to={paths.execution(data.execution_id)} fz="sm">
        <RelativeTime at={data.created_at} />
      </AppLink>
    </Group>
  )
}
