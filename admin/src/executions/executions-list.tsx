import type { ListExecutionsAttention, ListExecutionsKind, ListExecutionsStatus } from '@crosswalk/client'
import { Group, Stack } from '@mantine/core'
import { IconActivity } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { FilterSelect } from '../elements/filter-select.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { OrganizationSelect } from '../parts/pickers/organization-select.tsx'
import { executionStatusOptions } from '../parts/status-badge.tsx'
import { paths } from '../paths.ts'
import { given } from '../queries/every-page.ts'
import { executionsPage } from '../queries/executions.ts'
import { useUrlState } from '../url-state.ts'
import { ExecutionCard, executionColumns } from './execution-columns.tsx'
import { kindOptions } from './kinds.ts'
import { NameFilter } from './name-filter.tsx'

const hour = 3_600_000
const periods: Record<string, { label: string; ms: number }> = {
  hour: { label: 'Last hour', ms: hour },
  day: { label: 'Last 24 hours', ms: 24 * hour },
  week: { label: 'Last 7 days', ms: 168 * hour },
  month: { label: 'Last 30 days', ms: 720 * hour },
}

/** To the minute, so that the same question has the same answer for a while. */
function startOf(period: string): string | undefined {
  const ms = periods[period]?.ms
  return ms === undefined ? undefined : new Date(Math.floor((Date.now() - ms) / 60_000) * 60_000).toISOString()
}

/** What has run and runs, newest first; of one organization where it is given. */
export function ExecutionsList({ orgId }: { orgId?: string }) {
  const [url, change] = useUrlState({ org: '', name: '', kind: '', status: '', attention: '', period: '', cursor: '' })
  const filter = { org_id: orgId ?? url.org, workflow_name: url.name, since: startOf(url.period), cursor: url.cursor }
  const parameters = {
    ...given(filter),
    ...(url.kind ? { kind: url.kind as ListExecutionsKind } : {}), // a hand-written address with another kind is refused by the server, which is shown
    ...(url.status ? { status: url.status as ListExecutionsStatus } : {}), // likewise
    ...(url.attention ? { attention: url.attention as ListExecutionsAttention } : {}), // likewise
    limit: 50,
  }
  const { data, error, refetch, isFetching, isPlaceholderData } = useQuery(executionsPage(parameters))
  const isFiltered = [url.org, url.name, url.kind, url.status, url.attention, url.period, url.cursor].some((value) => value !== '')
  const setFilter = (next: Partial<typeof url>) => change({ ...next, cursor: '' })
  return (
    <Stack>
      <Group>
        <NameFilter value={url.name} onChange={(name) => setFilter({ name })} />
        {orgId === undefined && (
          <OrganizationSelect
            isFilter
            label="Organization"
            placeholder="All organizations"
            value={url.org}
            onChange={(org) => setFilter({ org })}
          />
        )}
        <FilterSelect label="Kind" all="All kinds" data={kindOptions} value={url.kind} onChange={(kind) => setFilter({ kind })} />
        <FilterSelect
          label="Status"
          all="All statuses"
          data={executionStatusOptions}
          value={url.status}
          onChange={(status) => setFilter({ status })}
        />
        <FilterSelect
          label="Attention"
          all="All outcomes"
          data={[{ value: 'failed', label: 'Needs attention' }]}
          value={url.attention}
          onChange={(attention) => setFilter({ attention })}
        />
        <FilterSelect
          label="Time"
          all="Any time"
          data={Object.entries(periods).map(([value, { label }]) => ({ value, label }))}
          value={url.period}
          onChange={(period) => setFilter({ period })}
        />
      </Group>
      <LoadState
        query={{ data, error, refetch, isFetching }}
        label="Loading executions"
        failed="The executions could not be loaded"
        stale="The list may be out of date"
      />
      {data?.executions.length === 0 && !isFiltered && (
        <EmptyState
          icon={<IconActivity />}
          title="Nothing ran yet"
          action={<AppLink to={paths.workflows()}>Choose a workflow to run</AppLink>}
        >
          Every run of a workflow, discovery, connection test or data provider appears here with its log.
        </EmptyState>
      )}
      {data && (data.executions.length > 0 || isFiltered) && (
        <>
          <RecordsTable
            caption="Executions"
            records={data.executions}
            columns={orgId === undefined ? executionColumns : executionColumns.filter(({ accessor }) => accessor !== 'org_id')}
            card={(execution) => <ExecutionCard execution={execution} isOfMany={orgId === undefined} />}
            idOf={({ execution_id }) => execution_id}
            isRefreshing={isPlaceholderData}
          />
          <PageTurner cursor={url.cursor} nextCursor={data.next_cursor} onTurn={(cursor) => change({ cursor }, { push: true })} />
        </>
      )}
    </Stack>
  )
}
