import { getExportAuditEventsUrl, listAuditEvents } from '@crosswalk/client'
import { Button, Stack } from '@mantine/core'
import { IconDownload, IconHistory } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { given } from '../queries/every-page.ts'
import { useUrlState } from '../url-state.ts'
import { AuditChanges } from './audit-changes.tsx'
import { AuditCard, auditColumns } from './audit-columns.tsx'
import { AuditFilters } from './audit-filters.tsx'
import { type AuditFilter, auditQuery, noFilter } from './audit-query.ts'
import { AuditSinks } from './audit-sinks.tsx'

/** Who did what when. */
export function AuditPage() {
  const [url, change] = useUrlState({ ...noFilter, cursor: '' })
  const query = auditQuery(url)
  const { data, error, refetch, isFetching, isPlaceholderData } = useQuery({
    queryKey: ['audit', query, url.cursor],
    queryFn: ({ signal }) => listAuditEvents({ ...query, ...given({ cursor: url.cursor }), limit: 50 }, { signal }),
    placeholderData: keepPreviousData,
  })
  const setFilter = (next: Partial<AuditFilter>) => change({ ...next, cursor: '' })
  const isFiltered = Object.values(url).some((value) => value !== '')
  return (
    <>
      <PageHeader
        title="Audit"
        description="Who did what, and when. Open a row to see what was changed."
        actions={
          <Button component="a" href={getExportAuditEventsUrl(query)} download variant="default" leftSection={<IconDownload size={16} />}>
            Download CSV
          </Button>
        }
      />
      <Stack>
        <AuditSinks />
        <AuditFilters filter={url} onChange={setFilter} />
        <LoadState
          query={{ data, error, refetch, isFetching }}
          label="Loading the audit"
          failed="The audit could not be loaded"
          stale="The list may be out of date"
        />
        {data?.events.length === 0 && !isFiltered && (
          <EmptyState icon={<IconHistory />} title="No events yet">
            Every change is recorded here, with who made it.
          </EmptyState>
        )}
        {data && (data.events.length > 0 || isFiltered) && (
          <RecordsTable
            caption="Audit"
            records={data.events}
            columns={auditColumns}
            idOf={({ id }) => id}
            isRefreshing={isPlaceholderData}
            detail={(event) => <AuditChanges event={event} />}
            detailTitle="Show changes"
            card={(event) => <AuditCard event={event} />}
          />
        )}
        {data && <PageTurner cursor={url.cursor} nextCursor={data.next_cursor} onTurn={(cursor) => change({ cursor }, { push: true })} />}
      </Stack>
    </>
  )
}
