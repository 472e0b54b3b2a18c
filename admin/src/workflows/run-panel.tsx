import { executeForMany, type Workflow } from '@crosswalk/client'
import { Group, Stack, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { fieldErrorOf, fieldErrorsIn } from '../elements/field-errors.ts'
import { Panel } from '../elements/panel.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { allOrganizations, type OrganizationChoice, selectionOf, whatIsMissing } from '../parts/pickers/organization-choice.ts'
import { OrganizationsField } from '../parts/pickers/organizations-field.tsx'
import { useSampleOrganizations } from '../parts/pickers/use-sample-organizations.ts'
import { hasNoFields } from '../parts/schema-form/form-schema.ts'
import { LazySchemaForm } from '../parts/schema-form/lazy-schema-form.tsx'
import type { SchemaFormHandle } from '../parts/schema-form/schema-form.tsx'
import { paths } from '../paths.ts'
import { executionOf, executionsKey } from '../queries/executions.ts'
import { startWorkflow } from '../queries/workflows.ts'
import { useGo, useUrlState } from '../url-state.ts'
import { useHowMany } from './how-many.ts'

/** For whom it runs: in the address, but for organizations chosen one by one, of which there may be thousands. */
function useChoice(): [OrganizationChoice, (choice: OrganizationChoice) => void] {
  const [url, change] = useUrlState({ org: '', for: 'one', mapped: '', tag: '', field: '', value: '' })
  const [ids, setIds] = useState<string[]>([])
  const which = (['all', 'mapped', 'tagged', 'field', 'these'] as const).find((way) => way === url.for) ?? 'one'
  const set = (choice: OrganizationChoice) => {
    setIds(choice.ids)
    change({ org: choice.orgId, for: choice.which, mapped: choice.integration, tag: choice.tag, field: choice.field, value: choice.value })
  }
  return [
    { ...allOrganizations, which, orgId: url.org, integration: url.mapped, tag: url.tag, field: url.field, value: url.value, ids },
    set,
  ]
}

/** Runs a workflow: for one organization, or for many at once. */
export function RunPanel({ workflow }: { workflow: Workflow }) {
  const { name, parameters_schema: schema } = workflow
  const [choice, setChoice] = useChoice()
  const [parameters, setParameters] = useParameters()
  const form = useRef<SchemaFormHandle>(null)
  const go = useGo()
  const queries = useQueryClient()
  const isForOne = choice.which === 'one'
  const running = useMutation({
    mutationFn: async () => {
      const organizations = selectionOf(choice)
      if (organizations === undefined) return paths.execution(await startWorkflow(name, choice.orgId, parameters))
      return paths.batch((await executeForMany({ workflow_name: name, parameters, organizations })).batch_id)
    },
    onSuccess(path) {
      void queries.invalidateQueries({ queryKey: executionsKey })
      go(path)
    },
  })
  const samples = useSampleOrganizations(choice)
  const howMany = useHowMany(choice)
  const missing = whatIsMissing(choice)
  const run = async () => {
    if (form.current?.validate() === false) return
    const text = 'It runs once for each of them. You can watch how far it is, pause it and cancel it.'
    if (howMany.isOne || (await askToConfirm({ title: `Run ${name} for ${howMany.words}?`, text, confirm: 'Run' }))) running.mutate()
  }
  const lack = useLack('canRunWorkflows', isForOne ? choice.orgId : undefined)
  const errors = fieldErrorsIn(running.error, 'parameters')
  const organizationsError = fieldErrorOf(running.error, 'organizations')
  const isAtField = Object.keys(errors).length > 0 || organizationsError !== undefined
  return (
    <Panel title="Run">
      <Stack>
        <OrganizationsField withOne value={choice} onChange={setChoice} error={organizationsError} />
        {hasNoFields(schema) ? (
          <Text size="sm" c="dimmed">
            It takes no parameters.
          </Text>
        ) : (
          <LazySchemaForm
            ref={form}
            schema={schema}
            value={parameters}
            onChange={setParameters}
            organizationIds={samples}
            isForMany={!isForOne}
            serverErrors={errors}
          />
        )}
        {running.error && !isAtField && <ErrorNotice error={running.error} title="It was not started" />}
        <Group justify="space-between">
          <Text size="sm" c="dimmed" role="status">
            {missing ?? (isForOne ? '' : howMany.sentence)}
          </Text>
          <ActionButton
            leftSection={<IconPlayerPlay size={16} />}
            reason={lack}
            disabled={lack === undefined && (missing !== undefined || howMany.isNone)}
            loading={running.isPending}
            onClick={run}
          >
            Run
          </ActionButton>
        </Group>
      </Stack>
    </Panel>
  )
}

/** The parameters; at first those of the execution that the address names, where it does. */
function useParameters() {
  const [{ from }] = useUrlState({ from: '' })
  const [parameters, setParameters] = useState<Record<string, unknown>>({})
  const earlier = useQuery({ ...executionOf(from), enabled: from !== '', refetchInterval: false }).data
  const hasTaken = useRef(false)
  useEffect(() => {
    if (!earlier || hasTaken.current) return
    hasTaken.current = true
    setParameters(earlier.parameters)
  }, [earlier])
  return [parameters, setParameters] as const
}
