import { type AuditEvent, listAuditEvents } from '@crosswalk/client'
import { Code, Group, Stack, Table, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { DataTableColumn } from 'mantine-datatable'
import { AppLink } from '../elements/app-link.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { Loading } from '../elements/loading.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { ExactTime } from '../elements/relative-time.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { OrganizationSelect } from '../parts/pickers/organization-select.tsx'
import { paths } from '../paths.ts'
import { given } from '../queries/every-page.ts'
import { useUrlState } from '../url-state.ts'

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

function targetText({ target }: AuditEvent): string {
  const name = 'name' in target && typeof target.name === 'string' ? target.name : target.id
  return `${target.type.replaceAll('_', ' ')} ${name}`
}

const columns: DataTableColumn<AuditEvent>[] = [
  { accessor: 'at', title: 'When', render: ({ at }) => <ExactTime at={at} /> },
  { accessor: 'actor', title: 'Who', render: ({ actor }) => actor.name },
  { accessor: 'action', title: 'What', render: ({ action }) => <Code>{action}</Code> },
  { accessor: 'target', title: 'To what', render: (event) => <span className="wrap-anywhere">{targetText(event)}</span> },
  { accessor: 'org_id', title: 'Organization', render: (event) => <OrganizationName event={event} /> },
]

const shown = (value: unknown) =>
  value === null || value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value, null, 1)

/** What stands for a row on a phone. */
function Card({ event }: { event: AuditEvent }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="sm">
        <Code>{event.action}</Code>
        <Text size="sm" c="dimmed" component="div">
          <ExactTime at={event.at} />
        </Text>
      </Group>
      <Text size="sm" className="wrap-anywhere">
        {targetText(event)}
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

/** Each changed field, before and after. */
function Changes({ event }: { event: AuditEvent }) {
  const changes = Object.entries(event.changes)
  return (
    <Stack p="md" gap="xs" className="panel" m="xs">
      {changes.length === 0 ? (
        <Text size="sm" c="dimmed">
          No fields were changed.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={420}>
          <Table withRowBorders={false}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Field</Table.Th>
                <Table.Th>Before</Table.Th>
                <Table.Th>After</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {changes.map(([field, { before, after }]) => (
                <Table.Tr key={field}>
                  <Table.Td>{field}</Table.Td>
                  <Table.Td className="wrap-anywhere">{shown(before)}</Table.Td>
                  <Table.Td className="wrap-anywhere">{shown(after)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Text size="xs" c="dimmed" className="wrap-anywhere">
        {event.target.type} {event.target.id}
        {event.request_id && <> · request {event.request_id}</>}
      </Text>
    </Stack>
  )
}

/** Who did what when. */
export function AuditPage() {
  const [url, change] = useUrlState({ org: '', action: '', actor: '', cursor: '' })
  const { data, error, refetch, isFetching, isPlaceholderData } = useQuery({
    queryKey: ['audit', url],
    queryFn: ({ signal }) =>
      listAuditEvents(given({ org_id: url.org, action: url.action, actor: url.actor, cursor: url.cursor, limit: 50 }), { signal }),
    placeholderData: keepPreviousData,
  })
  const setFilter = (next: Partial<typeof url>) => change({ ...next, cursor: '' })
  const isFiltered = [url.org, url.action, url.actor, url.cursor].some((value) => value !== '')
  return (
    <>
      <PageHeader title="Audit" description="Who did what when. Open a row to see what was changed." />
      <Stack>
        <Group>
          <OrganizationSelect
            isFilter
            label="Organization"
            placeholder="All organizations"
            value={url.org}
            onChange={(org) => setFilter({ org })}
          />
          <SearchBox label="Action, as secret.set" value={url.action} onSearch={(action) => setFilter({ action })} w={240} />
          <SearchBox label="Name of who acted" value={url.actor} onSearch={(actor) => setFilter({ actor })} w={220} />
        </Group>
        {!data &&
          (error ? (
            <ErrorNotice error={error} title="The audit could not be loaded" onRetry={refetch} isRetrying={isFetching} />
          ) : (
            <Loading label="Loading the audit" />
          ))}
        {data && error && <ErrorNotice error={error} title="The list may be out of date" onRetry={refetch} isRetrying={isFetching} />}
        {data?.events.length === 0 && !isFiltered && (
          <EmptyState icon={<IconHistory />} title="Nothing was done yet">
            Every change is recorded here, with who made it.
          </EmptyState>
        )}
        {data && (data.events.length > 0 || isFiltered) && (
          <RecordsTable
            caption="Audit"
            records={data.events}
            columns={columns}
            idOf={({ id }) => id}
            isRefreshing={isPlaceholderData}
            detail={(event) => <Changes event={event} />}
            detailTitle="Show changes"
            card={(event) => <Card event={event} />}
          />
        )}
        {data && <PageTurner cursor={url.cursor} nextCursor={data.next_cursor} onTurn={(cursor) => change({ cursor }, { push: true })} />}
      </Stack>
    </>
  )
}
