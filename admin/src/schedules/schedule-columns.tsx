import type { Schedule } from '@crosswalk/client'
import { Code, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { DataTableColumn } from 'mantine-datatable'
import { AppLink } from '../elements/app-link.tsx'
import { FactsTable } from '../elements/facts-table.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { cronWords, missedWords } from '../parts/cron-words.ts'
import { SelectionWords } from '../parts/pickers/selection-words.tsx'
import { BatchStatus, PausedStatus } from '../parts/status-badge.tsx'
import { workName } from '../parts/work-name.ts'
import { paths } from '../paths.ts'
import { batchOf } from '../queries/batches.ts'
import { ScheduleActions } from './schedule-actions.tsx'

/** The columns of the list of schedules. */
export const columnsFor = (onEdit: (name: string) => void): DataTableColumn<Schedule>[] => [
  { accessor: 'workflow_name', title: 'Name', render: (schedule) => <What schedule={schedule} /> },
  { accessor: 'cron', title: 'When', render: (schedule) => <When schedule={schedule} /> },
  { accessor: 'organizations', title: 'Organizations', render: ({ organizations }) => <SelectionWords selection={organizations} /> },
  { accessor: 'next_run_at', title: 'Next run', render: (schedule) => <NextRun schedule={schedule} /> },
  { accessor: 'last_run_at', title: 'Last run', render: (schedule) => <LastRun schedule={schedule} /> },
  {
    accessor: 'actions',
    title: 'Actions',
    textAlign: 'right',
    render: (schedule) => <ScheduleActions schedule={schedule} onEdit={() => onEdit(schedule.workflow_name)} />,
  },
]

/** What stands for a row on a phone. */
export function ScheduleCard({ schedule, onEdit }: { schedule: Schedule; onEdit: (name: string) => void }) {
  return (
    <Stack gap="xs">
      <What schedule={schedule} />
      <When schedule={schedule} />
      <FactsTable
        facts={[
          ['Organizations', <SelectionWords key="whom" selection={schedule.organizations} />],
          ['Next run', <NextRun key="next" schedule={schedule} />],
          ['Last run', <LastRun key="last" schedule={schedule} />],
        ]}
      />
      <ScheduleActions schedule={schedule} onEdit={() => onEdit(schedule.workflow_name)} />
    </Stack>
  )
}

function What({ schedule }: { schedule: Schedule }) {
  const { workflow_name: name, is_built_in, is_declared, is_changed } = schedule
  const note = is_built_in
    ? is_changed
      ? 'Built in, changed here'
      : 'Built in'
    : !is_declared
      ? 'Set here'
      : is_changed
        ? 'Declared by its author, changed here'
        : 'Declared by its author'
  return (
    <Stack gap={2}>
      {is_built_in ? (
        <Text size="sm" fw={600}>
          {workName(name)}
        </Text>
      ) : (
        <AppLink to={paths.workflow(name)} fw={600}>
          {name}
        </AppLink>
      )}
      <Text size="xs" c="dimmed">
        {note}
      </Text>
    </Stack>
  )
}

function When({ schedule: { cron, time_zone, missed } }: { schedule: Schedule }) {
  return (
    <Stack gap={2} miw={190}>
      <Text size="sm">
        {cronWords(cron)}, {time_zone}
      </Text>
      <Text size="xs" c="dimmed">
        <Code fz="xs">{cron}</Code> {missedWords[missed]}
      </Text>
    </Stack>
  )
}

function NextRun({ schedule: { next_run_at, is_paused } }: { schedule: Schedule }) {
  if (next_run_at) return <RelativeTime at={next_run_at} />
  if (is_paused) return <PausedStatus />
  return 'Never'
}

function LastRun({ schedule: { last_run_at, last_batch_id, last_error } }: { schedule: Schedule }) {
  const batch = useQuery({ ...batchOf(last_batch_id ?? ''), enabled: last_batch_id !== null, staleTime: 30_000 }).data
  return (
    <Stack gap={4} maw={280} miw={last_error ? 160 : 0}>
      {last_error && (
        <Text size="sm" c="var(--crosswalk-bad)" className="wrap-anywhere" lineClamp={4} title={last_error.message}>
          Not started <RelativeTime at={last_error.at} />: {last_error.message}
        </Text>
      )}
      {last_run_at && (
        <Stack gap={4} align="flex-start">
          {last_batch_id ? (
            <AppLink to={paths.batch(last_batch_id)} fz="sm">
              <RelativeTime at={last_run_at} />
            </AppLink>
          ) : (
            <RelativeTime at={last_run_at} />
          )}
          {batch && <BatchStatus batch={batch} />}
        </Stack>
      )}
      {!last_run_at && !last_error && (
        <Text size="sm" c="dimmed">
          Not yet
        </Text>
      )}
    </Stack>
  )
}
