import type { OrganizationSummary } from '@crosswalk/client'
import { Group, Skeleton, Text } from '@mantine/core'
import { AppLink } from '../elements/app-link.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { ExecutionStatus } from '../parts/status-badge.tsx'
import { paths } from '../paths.ts'

/** How an organization stands; null where that could not be asked, undefined while it is asked. */
type CellProps = { summary: OrganizationSummary | null | undefined }

/** How many mappings an organization has, and how many of them failed their last test. */
export function MappingsCell({ summary }: CellProps) {
  if (!summary) return summary === null ? <Text size="sm">unknown</Text> : <Skeleton height={16} width={60} />
  const { org_id, mappings, failing_mappings: failing } = summary
  return (
    <AppLink to={paths.organizationMappings(org_id)} fz="sm" style={{ whiteSpace: 'nowrap' }}>
      {mappings === 0 ? 'None' : mappings.toLocaleString()}
      {failing > 0 && (
        <Text span inherit fw={600} c="var(--crosswalk-bad)">
          , {failing.toLocaleString()} failing
        </Text>
      )}
    </AppLink>
  )
}

/** The workflow that ran last for an organization. */
export function LastExecutionCell({ summary }: CellProps) {
  if (!summary) return summary === null ? <Text size="sm">unknown</Text> : <Skeleton height={16} width={120} />
  const last = summary.last_execution
  if (last === null)
    return (
      <Text size="sm" c="dimmed">
        Nothing ran yet
      </Text>
    )
  return (
    <Group gap={8} wrap="nowrap">
      <ExecutionStatus status={last.status} />
      <AppLink to={paths.execution(last.execution_id)} fz="sm">
        <RelativeTime at={last.created_at} />
      </AppLink>
    </Group>
  )
}
