import type { Schedule } from '@crosswalk/client'
import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { type Fact, FactsTable } from '../elements/facts-table.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { Panel } from '../elements/panel.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { cronWords } from '../parts/cron-words.ts'
import { useMayAsk } from '../parts/grants/use-may.ts'
import { SelectionWords } from '../parts/pickers/selection-words.tsx'
import { paths } from '../paths.ts'
import { scheduleOf } from '../queries/schedules.ts'

/** When a workflow runs on its own, if it does, and the way to change that. */
export function SchedulePanel({ name }: { name: string }) {
  const { may, lack } = useMayAsk('canRunWorkflows', undefined, { workflow: name })
  const { data, error, refetch, isFetching } = useQuery({ ...scheduleOf(name), enabled: may })
  const edit = (
    <AppLink to={paths.schedules({ edit: name })} fz="sm">
      {data ? 'Edit the schedule' : 'Set a schedule'}
    </AppLink>
  )
  return (
    <Panel title="Schedule" actions={data === undefined ? undefined : edit}>
      {lack === undefined ? (
        <LoadState
          query={{ data, error, refetch, isFetching }}
          label="Loading the schedule"
          failed="The schedule could not be loaded"
          rows={2}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {lack}
        </Text>
      )}
      {data === null && (
        <Text size="sm" c="dimmed">
          No schedule. It runs when someone starts it.
        </Text>
      )}
      {data && <Facts schedule={data} />}
    </Panel>
  )
}

function Facts({ schedule }: { schedule: Schedule }) {
  const { cron, time_zone, organizations, is_paused, next_run_at, last_run_at, last_batch_id, last_error } = schedule
  const last = last_run_at && <RelativeTime at={last_run_at} />
  const facts: Fact[] = [
    ['When', `${cronWords(cron)}, ${time_zone}`],
    ['Organizations', <SelectionWords key="whom" selection={organizations} />],
    ['Next run', next_run_at ? <RelativeTime key="next" at={next_run_at} /> : is_paused ? 'Paused' : 'Never'],
    [
      'Last run',
      last_batch_id ? (
        <AppLink key="last" to={paths.batch(last_batch_id)}>
          {last}
        </AppLink>
      ) : (
        (last ?? 'Not yet')
      ),
    ],
  ]
  return (
    <Stack gap="xs">
      <FactsTable facts={facts} />
      {last_error && (
        <Text size="sm" c="var(--crosswalk-bad)" className="wrap-anywhere">
          Not started <RelativeTime at={last_error.at} />: {last_error.message}
        </Text>
      )}
    </Stack>
  )
}
