import type { Schedule } from '@crosswalk/client'
import { Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { FormDrawer } from '../elements/form-drawer.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { type Changed, useLeaving } from '../elements/use-leaving.ts'
import { workName } from '../parts/work-name.ts'
import { titleOf } from '../parts/workflow-title.ts'
import { allWorkflows, workflowOf } from '../queries/workflows.ts'
import { ScheduleForm } from './schedule-form.tsx'

type ScheduleDrawerProps = {
  /** Of what the schedule is; empty while that is still to be chosen. */
  name: string
  isOpen: boolean
  schedules: readonly Schedule[]
  onChoose: (name: string) => void
  onClose: () => void
}

/** Changes a schedule, or gives one to a workflow that has none. */
export function ScheduleDrawer({ name: wanted, isOpen, schedules, onChoose, onClose }: ScheduleDrawerProps) {
  // While it slides away it shows what it showed.
  const last = useRef(wanted)
  if (isOpen) last.current = wanted
  const name = last.current
  const schedule = schedules.find(({ workflow_name }) => workflow_name === name)
  const { isChanged, leave, close } = useLeaving(onClose)
  return (
    <FormDrawer
      isOpen={isOpen}
      onClose={close}
      title={name === '' ? 'Add schedule' : schedule ? `Schedule of ${workName(name)}` : `Set a schedule for ${name}`}
    >
      {name === '' ? (
        <ChooseWorkflow schedules={schedules} onChoose={onChoose} />
      ) : (
        <FormFor key={name} name={name} schedule={schedule} isChanged={isChanged} onClose={close} onSaved={leave} />
      )}
    </FormDrawer>
  )
}

function ChooseWorkflow({ schedules, onChoose }: Pick<ScheduleDrawerProps, 'schedules' | 'onChoose'>) {
  const { data, error, refetch, isFetching } = useQuery(allWorkflows)
  if (!data) {
    return (
      <LoadState
        query={{ data, error, refetch, isFetching }}
        label="Loading workflows"
        failed="The workflows could not be loaded"
        rows={2}
      />
    )
  }
  const taken = new Set(schedules.map(({ workflow_name }) => workflow_name))
  const free = data.workflows.filter(({ name }) => !taken.has(name))
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        A schedule runs a workflow by itself, at the times that you say, once for each of the organizations that you choose.
      </Text>
      <Select
        label="Workflow"
        placeholder={free.length === 0 ? 'Every workflow has a schedule' : 'Choose a workflow'}
        description="Those that have no schedule yet."
        disabled={free.length === 0}
        searchable
        data-autofocus
        data={free.map((workflow) => ({ value: workflow.name, label: titleOf(workflow) }))}
        value={null}
        onChange={(name) => name && onChoose(name)}
        nothingFoundMessage="No workflow without a schedule has this name"
      />
    </Stack>
  )
}

type FormForProps = {
  name: string
  schedule: Schedule | undefined
  isChanged: Changed
  onClose: () => void
  onSaved: () => void
}

function FormFor({ name, schedule, ...rest }: FormForProps) {
  const isBuiltIn = schedule?.is_built_in ?? false
  const { data, error, refetch, isFetching } = useQuery({ ...workflowOf(name), enabled: !isBuiltIn })
  if (!isBuiltIn && !data) {
    return (
      <LoadState query={{ data, error, refetch, isFetching }} label="Loading the workflow" failed="This workflow could not be loaded" />
    )
  }
  return <ScheduleForm name={name} schedule={schedule} workflow={data} {...rest} />
}
