import { Alert, Grid, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { LoadProblems } from '../elements/load-problems.tsx'
import { Loading } from '../elements/loading.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { durationText, RelativeTime } from '../elements/relative-time.tsx'
import { paths } from '../paths.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { organizationChoices } from '../queries/organizations.ts'
import { mostRecent, recentFailures, recentWorkflows } from '../queries/recent.ts'
import { ExecutionsChart } from './executions-chart.tsx'
import { summaryOf } from './summary.ts'

const hours = 24

/** What needs attention first, then how it goes. */
export function DashboardPage() {
  return (
    <>
      <PageHeader title="Dashboard" description="What needs attention, and what ran in the last 24 hours." />
      <Stack>
        <FirstSteps />
        <Grid>
          <Grid.Col span={{ base: 12, lg: 6 }}>
            <MissingCredentials />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 6 }}>
            <Failures />
          </Grid.Col>
        </Grid>
        <Recent />
      </Stack>
    </>
  )
}

/** For a fresh installation: where to begin. */
function FirstSteps() {
  const { data } = useQuery(organizationChoices(''))
  if (!data || data.length > 0) return null
  return (
    <Alert variant="light" title="Welcome to Crosswalk">
      Begin with your first customer: <AppLink to={paths.organizations()}>add an organization</AppLink>, then connect it with one of your
      tools on its Integrations tab.
    </Alert>
  )
}

function MissingCredentials() {
  const { data, error, refetch } = useQuery(integrationsFor())
  const incomplete = (data?.integrations ?? []).flatMap((integration) => {
    const missing = [...integration.required_secrets, ...integration.required_config].filter(({ required, is_set }) => required && !is_set)
    return missing.length === 0 ? [] : [{ integration, missing }]
  })
  return (
    <Panel title="Missing credentials">
      {!data && (error ? <ErrorNotice error={error} onRetry={refetch} /> : <Loading label="Loading integrations" rows={2} />)}
      {data && <LoadProblems problems={data.problems} />}
      {data && incomplete.length === 0 && (
        <Text size="sm" c="dimmed">
          Every integration has its global credentials.
        </Text>
      )}
      <Stack gap="xs">
        {incomplete.map(({ integration, missing }) => (
          <Text key={integration.name} size="sm">
            <AppLink to={paths.integration(integration.name)}>{integration.display_name}</AppLink> has no global{' '}
            {missing.map(({ label }) => label).join(', ')}.
          </Text>
        ))}
      </Stack>
    </Panel>
  )
}

function Failures() {
  const { data, error, refetch } = useQuery(recentFailures)
  return (
    <Panel
      title="Failed last"
      actions={
        <AppLink to={paths.executions({ status: 'failed' })} fz="sm">
          All of them
        </AppLink>
      }
    >
      {!data && (error ? <ErrorNotice error={error} onRetry={refetch} /> : <Loading label="Loading failures" rows={2} />)}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing has failed.
        </Text>
      )}
      <Stack gap="xs">
        {data?.map((execution) => (
          <div key={execution.execution_id}>
            <Group justify="space-between" gap="sm">
              <AppLink to={paths.execution(execution.execution_id)} fz="sm" fw={600}>
                {execution.workflow_name}
              </AppLink>
              <Text size="xs" c="dimmed">
                <RelativeTime at={execution.created_at} />
              </Text>
            </Group>
            <Text size="sm" lineClamp={2} className="wrap-anywhere">
              {execution.error?.message}
            </Text>
          </div>
        ))}
      </Stack>
    </Panel>
  )
}

function Recent() {
  const { data, error, refetch } = useQuery(recentWorkflows(hours))
  if (!data)
    return error ? (
      <ErrorNotice error={error} title="The executions could not be loaded" onRetry={refetch} />
    ) : (
      <Loading label="Loading executions" />
    )
  const summary = summaryOf(data.items)
  const figures = [
    ['Workflows run', data.items.length.toLocaleString() + (data.isComplete ? '' : '+')],
    ['Succeeded', summary.successRate === null ? '–' : `${Math.round(summary.successRate * 100)} %`],
    ['Median duration', durationText(summary.medianMs)],
  ] as const
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        {figures.map(([label, value]) => (
          <div key={label} className="panel" style={{ padding: 16 }}>
            <Text size="sm" c="dimmed">
              {label}
            </Text>
            <Text fz={26} fw={650} className="tabular">
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      <Panel
        title="Executions over time"
        description={data.isComplete ? 'Workflows, by hour.' : `The last ${mostRecent.toLocaleString()} workflows, by hour.`}
      >
        <ExecutionsChart executions={data.items} hours={hours} />
      </Panel>
      <Panel title="By workflow">
        {summary.byName.length === 0 && (
          <Text size="sm" c="dimmed">
            No workflow ran in the last 24 hours.
          </Text>
        )}
        <Stack gap="xs">
          {summary.byName.map(({ name, runs, successRate, medianMs }) => (
            <Group key={name} justify="space-between" gap="sm">
              <AppLink to={paths.workflow(name)} fz="sm">
                {name}
              </AppLink>
              <Text size="sm" c="dimmed" className="tabular">
                {runs.toLocaleString()} {runs === 1 ? 'run' : 'runs'} · {successRate === null ? '–' : `${Math.round(successRate * 100)} %`}{' '}
                succeeded · median {durationText(medianMs)}
              </Text>
            </Group>
          ))}
        </Stack>
      </Panel>
    </>
  )
}
