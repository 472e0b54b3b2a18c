import type { OrganizationField } from '@crosswalk/client'
import { Anchor, Grid, Group, Stack, Text } from '@mantine/core'
import { IconPlayerPlay, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { ActionButton } from '../elements/action-button.tsx'
import { AppLink } from '../elements/app-link.tsx'
import { type Fact, FactsTable } from '../elements/facts-table.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { Panel } from '../elements/panel.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { ChangedBy } from '../parts/changed-by.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { ExecutionStatus, TestStatus } from '../parts/status-badge.tsx'
import { paths } from '../paths.ts'
import { executionsPage } from '../queries/executions.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { mappingsOf } from '../queries/mappings.ts'
import { organizationFields } from '../queries/organization-fields.ts'
import { organizationOf } from '../queries/organizations.ts'
import { useGo } from '../url-state.ts'
import { type FieldValue, fieldText } from './field-text.ts'

function CustomValue({ field, value }: { field: OrganizationField; value: FieldValue | undefined }) {
  if (value === undefined && field.is_required) return <Text c="var(--crosswalk-warn)">Required, and not given yet</Text>
  if (field.type !== 'url' || typeof value !== 'string') return fieldText(value)
  return (
    <Anchor href={value} target="_blank" rel="noreferrer">
      {value}
    </Anchor>
  )
}

function Facts({ orgId }: { orgId: string }) {
  const { data } = useQuery(organizationOf(orgId))
  const fields = useQuery(organizationFields).data ?? []
  if (!data) return null
  const facts: Fact[] = [
    ['Domains', data.domains.join(', ') || 'None'],
    ['Microsoft 365 tenant', data.tenant_id ?? 'None'],
    ['Tags', data.tags.join(', ') || 'None'],
    ...fields.map((field): Fact => [field.label, <CustomValue key={field.name} field={field} value={data.fields[field.name]} />]),
    ['Id', <code key="id">{data.id}</code>],
    ['Added', <RelativeTime key="added" at={data.created_at} />],
    [
      'Changed',
      <ChangedBy key="changed" type="organization" id={data.id} orgId={data.id} version={data.updated_at}>
        <RelativeTime at={data.updated_at} />
      </ChangedBy>,
    ],
  ]
  return <FactsTable facts={facts} labelWidth={180} />
}

function Mappings({ orgId }: { orgId: string }) {
  const go = useGo()
  const isInactive = useQuery(organizationOf(orgId)).data?.is_active === false
  const lack = useLack('canManageMappings', orgId)
  const { data, error, refetch } = useQuery(mappingsOf(orgId))
  const integrations = useQuery(integrationsFor()).data?.integrations
  const titleOf = (known: string) => integrations?.find(({ name }) => name === known)?.display_name ?? known
  if (!data) return <LoadState query={{ data, error, refetch }} label="Loading mappings" rows={2} />
  const active = data.filter(({ is_active }) => is_active)
  if (active.length === 0) {
    return (
      <Stack gap="sm" align="flex-start">
        {data.length === 0 ? (
          <Text>Not connected with any tool yet.</Text>
        ) : (
          <Text>
            Not connected with any tool: {data.length === 1 ? 'its only mapping is' : `its ${data.length} mappings are`} deactivated.{' '}
            <AppLink to={paths.organizationMappings(orgId, { show: 'all' })}>Show all</AppLink>
          </Text>
        )}
        <ActionButton
          leftSection={<IconPlus size={16} />}
          reason={isInactive ? 'The organization is deactivated.' : lack}
          onClick={() => go(paths.organizationMappings(orgId, { mapping: 'new' }))}
        >
          Add Integration Mapping
        </ActionButton>
      </Stack>
    )
  }
  return (
    <Stack gap="xs">
      {active.map((mapping) => (
        <Group key={mapping.id} justify="space-between" gap="sm">
          <AppLink to={paths.organizationMappings(orgId, { mapping: mapping.id })}>
            {titleOf(mapping.integration_name)}: {mapping.external_org_name || mapping.external_org_id}
          </AppLink>
          <TestStatus success={mapping.last_test_success} isUntested={mapping.last_not_tested_at !== null} />
        </Group>
      ))}
    </Stack>
  )
}

function Executions({ orgId }: { orgId: string }) {
  const go = useGo()
  const isInactive = useQuery(organizationOf(orgId)).data?.is_active === false
  const lack = useLack('canRunWorkflows', orgId)
  const { data, error, refetch } = useQuery(executionsPage({ org_id: orgId, kind: 'workflow', limit: 6 }))
  if (!data) return <LoadState query={{ data, error, refetch }} label="Loading executions" rows={2} />
  if (data.executions.length === 0) {
    return (
      <Stack gap="sm" align="flex-start">
        <Text>Nothing ran yet.</Text>
        <ActionButton
          variant="default"
          leftSection={<IconPlayerPlay size={16} />}
          reason={isInactive ? 'The organization is deactivated.' : lack}
          onClick={() => go(paths.workflows({ org: orgId }))}
        >
          Choose a workflow to run
        </ActionButton>
      </Stack>
    )
  }
  return (
    <Stack gap="xs">
      {data.executions.map((execution) => (
        <Group key={execution.execution_id} justify="space-between" gap="sm">
          <AppLink to={paths.execution(execution.execution_id)}>{execution.workflow_name}</AppLink>
          <Group gap="sm">
            <Text size="sm" c="dimmed">
              <RelativeTime at={execution.created_at} />
            </Text>
            <ExecutionStatus status={execution.status} />
          </Group>
        </Group>
      ))}
    </Stack>
  )
}

/** What one wants to know of an organization first. */
export function OverviewTab() {
  const { orgId = '' } = useParams({ strict: false })
  return (
    <Grid>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Stack>
          <Panel title="Mappings">
            <Mappings orgId={orgId} />
          </Panel>
          <Panel title="Details">
            <Facts orgId={orgId} />
          </Panel>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Panel title="Last workflow runs">
          <Executions orgId={orgId} />
        </Panel>
      </Grid.Col>
    </Grid>
  )
}
