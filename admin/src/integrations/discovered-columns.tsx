import type { ExternalOrganization } from '@crosswalk/client'
import { Group, Stack, Text } from '@mantine/core'
import type { DataTableColumn } from 'mantine-datatable'
import { AppLink } from '../elements/app-link.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { paths } from '../paths.ts'

type Shown = { organization: ExternalOrganization }

function Name({ organization: { id, name, previous_names } }: Shown) {
  return (
    <Stack gap={0}>
      <Text size="sm" fw={600} className="wrap-anywhere">
        {name}
      </Text>
      <Text size="xs" c="dimmed" className="wrap-anywhere">
        {id}
      </Text>
      {previous_names.length > 0 && (
        <Text size="xs" c="var(--crosswalk-warn)">
          Was {previous_names.at(-1)?.name}
        </Text>
      )}
    </Stack>
  )
}

function MappedTo({ organization: { mapped } }: Shown) {
  if (!mapped)
    return (
      <Text size="sm" c="dimmed">
        Not mapped
      </Text>
    )
  return (
    <AppLink to={paths.organizationMappings(mapped.org_id, { mapping: mapped.mapping_id })} fz="sm">
      {mapped.org_name}
    </AppLink>
  )
}

export const discoveredColumns: DataTableColumn<ExternalOrganization>[] = [
  { accessor: 'name', title: 'External organization', render: (organization) => <Name organization={organization} /> },
  { accessor: 'mapped', title: 'Mapped to', render: (organization) => <MappedTo organization={organization} /> },
  { accessor: 'first_seen_at', title: 'First seen', render: ({ first_seen_at }) => <RelativeTime at={first_seen_at} /> },
  { accessor: 'last_seen_at', title: 'Last seen', render: ({ last_seen_at }) => <RelativeTime at={last_seen_at} /> },
  { accessor: 'gone_at', title: 'Gone', render: ({ gone_at }) => (gone_at ? <RelativeTime at={gone_at} /> : '–') },
]

/** What stands for a row on a phone. */
export function DiscoveredCard({ organization }: Shown) {
  const { first_seen_at, last_seen_at, gone_at } = organization
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="sm" align="flex-start">
        <Name organization={organization} />
        <MappedTo organization={organization} />
      </Group>
      <Text size="xs" c="dimmed" component="div">
        First seen <RelativeTime at={first_seen_at} />,{' '}
        {gone_at ? (
          <>
            gone <RelativeTime at={gone_at} />
          </>
        ) : (
          <>
            last seen <RelativeTime at={last_seen_at} />
          </>
        )}
      </Text>
    </Stack>
  )
}
