import type { Vendor } from '@crosswalk/client'
import { Badge, Button, Group, Progress, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { DataTableColumn } from 'mantine-datatable'
import { useState } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { Panel } from '../elements/panel.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { durationText, RelativeTime } from '../elements/relative-time.tsx'
import { paths } from '../paths.ts'
import { vendorsOf } from '../queries/exchanges.ts'
import { organizationOf } from '../queries/organizations.ts'

function State({ vendor: { down, paused, waiting } }: { vendor: Vendor }) {
  const { people, background } = waiting
  const isIdle = !down && !paused && people + background === 0
  return (
    <Stack gap={4} align="flex-start">
      {down && (
        <Text size="sm" c="var(--crosswalk-bad)">
          Not called
          {down.organizations !== null &&
            ` for ${down.organizations === 1 ? 'one organization' : `${down.organizations.toLocaleString()} organizations`}`}
          : the last calls failed ({down.reason}).{' '}
          {Date.parse(down.until) > Date.now() ? (
            <>
              Tried again <RelativeTime at={down.until} />
            </>
          ) : (
            'The next call tries it.'
          )}
        </Text>
      )}
      {paused && (
        <Text size="sm" c="var(--crosswalk-warn)">
          Paused: {paused.reason}. Continues <RelativeTime at={paused.until} />
        </Text>
      )}
      {people + background > 0 && (
        <Badge variant="light" color="yellow" tt="none">
          {(people + background).toLocaleString()} waiting{people > 0 && `, ${people.toLocaleString()} for people`}
        </Badge>
      )}
      {isIdle && (
        <Text size="sm" c="dimmed">
          No call waits
        </Text>
      )}
    </Stack>
  )
}

function Limits({ vendor: { limits } }: { vendor: Vendor }) {
  if (limits.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No limits declared
      </Text>
    )
  return (
    <Stack gap={6}>
      {limits.map((limit) => {
        const max = 'parallel' in limit ? limit.parallel : limit.usable
        const text =
          'parallel' in limit
            ? `${limit.used} of ${limit.parallel} at once`
            : `${limit.used.toLocaleString()} of ${limit.usable.toLocaleString()} in ${durationText(limit.per_ms)} (limit ${limit.requests.toLocaleString()})`
        return (
          <div key={text}>
            <Text size="sm">{text}</Text>
            <Progress size="xs" value={Math.min(100, (100 * limit.used) / max)} aria-label={text} />
          </div>
        )
      })}
    </Stack>
  )
}

function OwnerName({ orgId }: { orgId: string }) {
  const { data } = useQuery(organizationOf(orgId))
  return (
    <AppLink to={paths.organization(orgId)} fz="sm">
      {data?.name ?? 'An organization'}
    </AppLink>
  )
}

/** What tells a credential from others of the same owner; undefined where there is none. */
function namesOf({ credential: { keys, tenant, connection, mapping_id } }: Vendor): string | undefined {
  const parts = [
    ...(connection === null ? [] : [`Connection ${connection}`]),
    ...(mapping_id === null ? [] : [`mapping ${mapping_id}`]),
    ...keys,
    ...(tenant === null ? [] : [`tenant ${tenant}`]),
  ]
  return parts.length === 0 ? undefined : parts.join(', ')
}

function Credential({ vendor }: { vendor: Vendor }) {
  const names = namesOf(vendor)
  return (
    <div>
      {vendor.org_id === null ? (
        <Text size="sm">{names === undefined ? 'No credentials' : 'Global credentials'}</Text>
      ) : (
        <OwnerName orgId={vendor.org_id} />
      )}
      {names !== undefined && (
        <Text size="xs" c="dimmed" className="wrap-anywhere">
          {names}
        </Text>
      )}
    </div>
  )
}

const columns: DataTableColumn<Vendor>[] = [
  { accessor: 'host', title: 'Host' },
  { accessor: 'org_id', title: 'Credentials', render: (vendor) => <Credential vendor={vendor} /> },
  { accessor: 'limits', title: 'Used now', render: (vendor) => <Limits vendor={vendor} /> },
  { accessor: 'state', title: 'State', render: (vendor) => <State vendor={vendor} /> },
  { accessor: 'last_used_at', title: 'Last call', render: ({ last_used_at }) => <RelativeTime at={last_used_at} /> },
]

/** What stands for a row on a phone. */
function Card({ vendor }: { vendor: Vendor }) {
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="sm">
        <Text size="sm" fw={600} className="wrap-anywhere">
          {vendor.host}
        </Text>
        <Credential vendor={vendor} />
      </Group>
      <Limits vendor={vendor} />
      <State vendor={vendor} />
    </Stack>
  )
}

/** A vendor with limits of its own for each customer has as many of them as there are customers. */
const maxShown = 8

/** What is not called or waits comes first, then what was called last. */
function byNeed(one: Vendor, other: Vendor): number {
  const need = ({ down, paused, waiting }: Vendor) =>
    Number(down !== null || paused !== null) + Number(waiting.people + waiting.background > 0)
  return need(other) - need(one) || Date.parse(other.last_used_at) - Date.parse(one.last_used_at)
}

/** How often an integration calls its vendor, and what waits for it. Nothing where it never called one with `context.http`. */
export function VendorsPanel({ integration }: { integration: string }) {
  const [isOpen, setOpen] = useState(false)
  const { data, error, refetch, isFetching } = useQuery(vendorsOf(integration))
  if (!data) {
    if (!error) return null
    return <LoadState query={{ data, error, refetch, isFetching }} label="Loading the limits" failed="The limits could not be loaded" />
  }
  if (data.length === 0) return null
  const isWhole = isOpen || data.length <= maxShown
  const shown = isWhole ? data : [...data].sort(byNeed).slice(0, maxShown)
  return (
    <Panel title="Limits of the vendor" description="Shared by all workers. People go first, then the organizations in turn.">
      <RecordsTable
        caption="Limits of the vendor"
        records={shown}
        columns={columns}
        idOf={({ id }) => id}
        card={(vendor) => <Card vendor={vendor} />}
      />
      {!isWhole && (
        <Button variant="subtle" size="compact-sm" mt="sm" onClick={() => setOpen(true)}>
          Show all {data.length.toLocaleString()}
        </Button>
      )}
    </Panel>
  )
}
