import { fieldErrorsOf, isApiError, type Workflow } from '@crosswalk/client'
import { Badge, Button, Code, Grid, Group, Stack, Table, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { Loading } from '../elements/loading.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { durationText, RelativeTime } from '../elements/relative-time.tsx'
import { ExecutionStatus } from '../elements/status-badge.tsx'
import { paths } from '../paths.ts'
import { OrganizationSelect } from '../pickers/organization-select.tsx'
import { executionOf, executionsPage } from '../queries/executions.ts'
import { startWorkflow, workflowOf } from '../queries/workflows.ts'
import { formOf } from '../schema-form/form-schema.ts'
import { LazySchemaForm } from '../schema-form/lazy-schema-form.tsx'
import type { SchemaFormHandle } from '../schema-form/schema-form.tsx'
import { useGo, useUrlState } from '../url-state.ts'

const trail = [{ label: 'Workflows', to: paths.workflows() }]

/** One workflow: running it, and how it went before. */
export function WorkflowPage() {
  const { name = '' } = useParams({ strict: false })
  const { data, error, refetch, isFetching } = useQuery(workflowOf(name))
  if (!data) {
    return (
      <>
        <PageHeader title={name} trail={trail} />
        {error ? (
          <ErrorNotice error={error} title="This workflow could not be loaded" onRetry={refetch} isRetrying={isFetching} />
        ) : (
          <Loading label="Loading the workflow" />
        )}
      </>
    )
  }
  return (
    <>
      <PageHeader
        title={data.name}
        trail={trail}
        description={data.description}
        badge={data.tags.map((tag) => (
          <Badge key={tag} variant="light" color="gray" tt="none">
            {tag}
          </Badge>
        ))}
      />
      <Grid>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <RunPanel key={data.name} workflow={data} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Stack>
            <Panel title="Details">
              <Facts workflow={data} />
            </Panel>
            <LastRuns name={data.name} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  )
}

/** What the server said of single parameters, by their paths in the form. */
function parameterErrorsOf(error: unknown): Record<string, string[]> {
  if (!isApiError(error)) return {}
  return Object.fromEntries(Object.entries(fieldErrorsOf(error)).map(([field, messages]) => [field.replace(/^parameters\./, ''), messages]))
}

function RunPanel({ workflow }: { workflow: Workflow }) {
  const [{ org, from }, change] = useUrlState({ org: '', from: '' })
  const [parameters, setParameters] = useState<Record<string, unknown>>({})
  const earlier = useQuery({ ...executionOf(from), enabled: from !== '', refetchInterval: false }).data
  const hasTaken = useRef(false)
  useEffect(() => {
    if (!earlier || hasTaken.current) return
    hasTaken.current = true
    setParameters(earlier.parameters)
  }, [earlier])
  const form = useRef<SchemaFormHandle>(null)
  const go = useGo()
  const running = useMutation({
    mutationFn: () => startWorkflow(workflow.name, org, parameters),
    onSuccess: (executionId) => go(paths.execution(executionId)),
  })
  const errors = parameterErrorsOf(running.error)
  const hasForm = !formOf(workflow.parameters_schema).isEmpty
  const run = () => {
    if (form.current?.validate() !== false) running.mutate()
  }
  return (
    <Panel title="Run">
      <Stack>
        <OrganizationSelect
          isRequired
          label="Organization"
          description="For whom it runs: it sees this organization's mappings and nobody else's."
          value={org}
          onChange={(orgId) => change({ org: orgId })}
        />
        {hasForm ? (
          <LazySchemaForm
            ref={form}
            schema={workflow.parameters_schema}
            value={parameters}
            onChange={setParameters}
            organizationId={org}
            serverErrors={errors}
          />
        ) : (
          <Text size="sm" c="dimmed">
            It takes no parameters.
          </Text>
        )}
        {running.error && Object.keys(errors).length === 0 && <ErrorNotice error={running.error} title="It was not started" />}
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {org === '' ? 'Choose the organization first.' : ''}
          </Text>
          <Button leftSection={<IconPlayerPlay size={16} />} disabled={org === ''} loading={running.isPending} onClick={run}>
            Run
          </Button>
        </Group>
      </Stack>
    </Panel>
  )
}

function Facts({ workflow: { category, timeout_ms, schedule, file } }: { workflow: Workflow }) {
  const facts = [
    ['Category', category],
    ['At most', durationText(timeout_ms)],
    ['Schedule', schedule ? <Code key="schedule">{JSON.stringify(schedule)}</Code> : 'None'],
    ['File', <Code key="file">{file}</Code>],
  ] as const
  return (
    <Table variant="vertical" withRowBorders={false} verticalSpacing={4}>
      <Table.Tbody>
        {facts.map(([label, value]) => (
          <Table.Tr key={label}>
            <Table.Th w={110} bg="transparent" pl={0}>
              {label}
            </Table.Th>
            <Table.Td className="wrap-anywhere">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function LastRuns({ name }: { name: string }) {
  const { data, error, refetch } = useQuery(executionsPage({ workflow_name: name, kind: 'workflow', limit: 8 }))
  return (
    <Panel
      title="Last runs"
      actions={
        <AppLink to={paths.executions({ name })} fz="sm">
          All of them
        </AppLink>
      }
    >
      {!data && (error ? <ErrorNotice error={error} onRetry={refetch} /> : <Loading label="Loading executions" rows={2} />)}
      {data?.executions.length === 0 && (
        <Text size="sm" c="dimmed">
          It has not run yet.
        </Text>
      )}
      <Stack gap="xs">
        {data?.executions.map((execution) => (
          <Group key={execution.execution_id} justify="space-between">
            <AppLink to={paths.execution(execution.execution_id)} fz="sm">
              <RelativeTime at={execution.created_at} />
            </AppLink>
            <Text size="sm" c="dimmed" className="tabular">
              {durationText(execution.duration_ms)}
            </Text>
            <ExecutionStatus status={execution.status} />
          </Group>
        ))}
      </Stack>
    </Panel>
  )
}
