import { isApiError, type Schedule, setSchedule, type Workflow } from '@crosswalk/client'
import { Alert, Radio, Stack, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { ChangedMeanwhile, differencesOf } from '../elements/changed-meanwhile.tsx'
import { DrawerFooter } from '../elements/drawer-footer.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { fieldErrorOf, fieldErrorsIn } from '../elements/field-errors.ts'
import { notifyDone } from '../elements/notify.tsx'
import { type Changed, useLeaveGuard } from '../elements/use-leaving.ts'
import { isChangedMeanwhile, useMeanwhile } from '../elements/use-meanwhile.ts'
import { ChangedBy } from '../parts/changed-by.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { OrganizationsField } from '../parts/pickers/organizations-field.tsx'
import { useSampleOrganizations } from '../parts/pickers/use-sample-organizations.ts'
import { hasNoFields } from '../parts/schema-form/form-schema.ts'
import { LazySchemaForm } from '../parts/schema-form/lazy-schema-form.tsx'
import type { SchemaFormHandle } from '../parts/schema-form/schema-form.tsx'
import { workName } from '../parts/work-name.ts'
import { ifMatch } from '../queries/if-match.ts'
import { scheduleOf, schedulesKey } from '../queries/schedules.ts'
import { cronProblem } from './cron-problem.ts'
import { changesOf, draftOf, type ScheduleDraft, whatKeeps } from './schedule-draft.ts'
import { TimeFields } from './time-fields.tsx'

type ScheduleFormProps = {
  name: string
  /** What is there; undefined for the first schedule of a workflow. */
  schedule: Schedule | undefined
  /** Undefined for what is no workflow, and takes no parameters. */
  workflow: Workflow | undefined
  isChanged: Changed
  onClose: () => void
  onSaved: () => void
}

/** Sets when something runs on its own, and for whom. */
export function ScheduleForm({ name, schedule, workflow, isChanged, onClose, onSaved }: ScheduleFormProps) {
  const [draft, setDraft] = useState(() => draftOf(schedule))
  const hasEdited = useRef(false)
  const form = useRef<SchemaFormHandle>(null)
  const cronField = useRef<HTMLInputElement>(null)
  const [isTried, setTried] = useState(false)
  const queries = useQueryClient()
  const lack = useLack('canManageSchedules', undefined, { workflow: name })
  const meanwhile = useMeanwhile(schedule, () => queries.fetchQuery({ ...scheduleOf(name), staleTime: 0 }).then((now) => now ?? undefined))
  const before = meanwhile.base
  const saving = useMutation({
    mutationFn: (base: Schedule | undefined) => setSchedule(name, changesOf(base, draft), ifMatch(base)),
    onError: (error) => meanwhile.refused(error),
    async onSuccess() {
      hasEdited.current = false
      isChanged.current = false
      await queries.invalidateQueries({ queryKey: schedulesKey })
      notifyDone(`The schedule of ${workName(name)} is set.`)
      onSaved()
    },
  })
  const change = (part: Partial<ScheduleDraft>) => {
    hasEdited.current = true
    if (saving.isError) saving.reset()
    setDraft((now) => ({ ...now, ...part }))
  }
  const samples = useSampleOrganizations(draft.choice)
  const keeps = whatKeeps(before, draft)
  isChanged.current = hasEdited.current && Object.keys(changesOf(before, draft)).length > 0
  useLeaveGuard(isChanged)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (cronProblem(draft.cron, draft.timeZone) !== undefined) cronField.current?.focus()
    else if (keeps === undefined && form.current?.validate() !== false) saving.mutate(before)
  }
  const hasParameters = workflow !== undefined && !hasNoFields(workflow.parameters_schema)
  const { error } = saving
  return (
    <form className="drawer-form" noValidate onSubmit={submit}>
      <Stack gap="lg" flex={1}>
        <ChangedBy type="schedule" id={name} orgId={null} version={JSON.stringify(schedule ?? null)} />
        <TimeFields
          cron={draft.cron}
          timeZone={draft.timeZone}
          onChange={change}
          cronError={fieldErrorOf(error, 'cron')}
          timeZoneError={fieldErrorOf(error, 'time_zone')}
          isTried={isTried}
          cronField={cronField}
        />
        <OrganizationsField
          value={draft.choice}
          onChange={(choice) => change({ choice })}
          error={isApiError(error, 'integration_not_found') ? error.message : fieldErrorOf(error, 'organizations')}
        />
        <Radio.Group
          label="Missed runs"
          description="What happens to runs that are due while Crosswalk is not running."
          value={draft.missed}
          onChange={(missed) => change({ missed: missed as Schedule['missed'] })} // one of the two below
          error={fieldErrorOf(error, 'missed')}
        >
          <Stack gap={6} mt={8}>
            <Radio value="skip" label="Skip them" description="The next run is at the next time." />
            <Radio value="catch_up" label="Run them later" description="Each runs as soon as possible, the newest ten at most." />
          </Stack>
        </Radio.Group>
        {hasParameters && (
          <section aria-label="Parameters">
            <Title order={3} mb="xs">
              Parameters
            </Title>
            <LazySchemaForm
              ref={form}
              schema={workflow.parameters_schema}
              value={draft.parameters}
              onChange={(parameters) => setDraft((now) => ({ ...now, parameters }))}
              organizationIds={samples}
              isForMany
              serverErrors={fieldErrorsIn(error, 'parameters')}
            />
          </section>
        )}
        <DrawerFooter
          reason={lack ?? keeps}
          failure={
            isChangedMeanwhile(error) ? (
              <ChangedMeanwhile
                {...meanwhile.choice(saving, (theirs) => {
                  setDraft(draftOf(theirs))
                  hasEdited.current = false
                })}
                differences={meanwhile.theirs && changesBetween(meanwhile.base, meanwhile.theirs)}
              />
            ) : (
              error && <SaveFailure error={error} />
            )
          }
          error={error}
          isSaving={saving.isPending}
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}

function changesBetween(before: Schedule | undefined, now: Schedule) {
  const fields = [
    ['When', 'cron'],
    ['Time zone', 'time_zone'],
    ['Organizations', 'organizations'],
    ['Missed runs', 'missed'],
    ['Parameters', 'parameters'],
    ['Paused', 'is_paused'],
  ] as const
  return differencesOf(fields.map(([label, field]) => ({ label, before: before?.[field], now: now[field] })))
}

function SaveFailure({ error }: { error: Error }) {
  const isAtField =
    isApiError(error, 'integration_not_found') ||
    ['cron', 'time_zone', 'organizations', 'missed'].some((field) => fieldErrorOf(error, field)) ||
    Object.keys(fieldErrorsIn(error, 'parameters')).length > 0
  if (!isAtField) return <ErrorNotice error={error} title="The schedule was not set" />
  return (
    <Alert color="red" variant="light" role="alert" title="Not saved">
      Correct the marked fields above.
    </Alert>
  )
}
