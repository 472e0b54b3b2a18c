import type { AuditEvent } from '@crosswalk/client'
import { Group, Stack, Text } from '@mantine/core'
import type { DataTableColumn } from 'mantine-datatable'
import { AppLink } from '../elements/app-link.tsx'
import { ExactTime } from '../elements/relative-time.tsx'
import { paths } from '../paths.ts'
import { AuditTarget } from './audit-target.tsx'

function OrganizationName({ event: { org_id, org_name } }: { event: AuditEvent }) {
  if (org_id === null)
    return (
      <Text size="sm" c="dimmed">
        –
      </Text>
    )
  return (
    <AppLink to={paths.organization(org_id)} fz="sm">
      {org_name ?? org_id}
    </AppLink>
  )
}

export const auditColumns: DataTableColumn<AuditEvent>[] = [
  { accessor: 'at', title: 'Time', render: ({ at }) => <ExactTime at={at} /> },
  { accessor: 'actor', title: 'Who', render: ({ actor }) => actor.name },
  { accessor: 'summary', title: 'Action' },
  { accessor: 'target', title: 'Target', render: (event) => <AuditTarget event={event} /> },
  { accessor: 'org_id', title: 'Organization', render: (event) => <OrganizationName event={event} /> },
]

/** What stands for a row on a phone. */
export function AuditCard({ event }: { event: AuditEvent }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="sm">
        <Text size="sm" fw={600}>
          {event.summary}
        </Text>
        <Text size="sm" c="dimmed" component="div">
          <ExactTime at={event.at} />
        </Text>
      </Group>
      <Text size="sm" component="div">
        <AuditTarget event={event} />
      </Text>
      <Text size="sm" c="dimmed" component="div">
        By {event.actor.name}
        {event.org_id !== null && (
          <>
            , <OrganizationName event={event} />
          </>
        )}
      </Text>
    </Stack>
  )
}
