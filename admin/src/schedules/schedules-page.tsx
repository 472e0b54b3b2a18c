import { Group, Stack, Text } from '@mantine/core'
import { IconCalendarPlus, IconCalendarTime } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { ActionButton } from '../elements/action-button.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { hasText } from '../elements/plain-text.ts'
import { RecordsTable } from '../elements/records-table.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { workName } from '../parts/work-name.ts'
import { allSchedules } from '../queries/schedules.ts'
import { useUrlState } from '../url-state.ts'
import { columnsFor, ScheduleCard } from './schedule-columns.tsx'
import { ScheduleDrawer } from './schedule-drawer.tsx'

/** Everything that runs on its own, and when. */
export function SchedulesPage() {
  const [url, change] = useUrlState({ q: '', edit: '', add: '' })
  const { data, error, refetch, isFetching } = useQuery(allSchedules)
  const lack = useLack('canManageSchedules')
  const edit = (name: string) => change({ edit: name }, { push: true })
  const add = (
    <ActionButton leftSection={<IconCalendarPlus size={16} />} reason={lack} onClick={() => change({ add: 'yes' }, { push: true })}>
      Add schedule
    </ActionButton>
  )
  const shown = data?.filter(({ workflow_name: name }) => hasText(`${name} ${workName(name)}`, url.q)) ?? []
  return (
    <>
      <PageHeader
        title="Schedules"
        description="What runs by schedule, and when. At each time a workflow runs once for each of its organizations, as one batch."
        actions={add}
      />
      <Stack>
        <LoadState
          query={{ data, error, refetch, isFetching }}
          label="Loading schedules"
          failed="The schedules could not be loaded"
          stale="The list may be out of date"
        />
        {data && (
          <>
            <Group>
              <SearchBox label="Search by workflow" value={url.q} onSearch={(q) => change({ q })} w={260} />
            </Group>
            {data.length > 0 && (
              <RecordsTable
                caption="Schedules"
                hasActions
                records={shown}
                columns={columnsFor(edit)}
                card={(schedule) => <ScheduleCard schedule={schedule} onEdit={edit} />}
                idOf={({ workflow_name }) => workflow_name}
              />
            )}
            {data.every(({ is_built_in }) => is_built_in) && (
              <EmptyState icon={<IconCalendarTime />} title="No workflow has a schedule yet">
                An author can declare a schedule in the workflow. You can give one to any workflow here: say when, in which time zone, and
                for which organizations.
              </EmptyState>
            )}
            <Text size="sm" c="dimmed">
              A schedule that is set here takes the place of what the author declared, and can be taken back.
            </Text>
          </>
        )}
      </Stack>
      {data && (
        <ScheduleDrawer
          name={url.edit}
          isOpen={url.edit !== '' || url.add !== ''}
          schedules={data}
          onChoose={(name) => change({ edit: name, add: '' })}
          onClose={() => change({ edit: '', add: '' })}
        />
      )}
    </>
  )
}
