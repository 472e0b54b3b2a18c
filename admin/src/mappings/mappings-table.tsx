import { deleteMapping, type Mapping, testMapping, updateMapping } from '@crosswalk/client'
import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { DataTableColumn } from 'mantine-datatable'
import { AppLink } from '../elements/app-link.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { ActiveStatus, TestStatus } from '../elements/status-badge.tsx'
import { paths } from '../paths.ts'
import { discoveredKey, externalOrganizationsPage, integrationsFor } from '../queries/integrations.ts'
import { mappingsKey } from '../queries/mappings.ts'

type TableProps = { orgId: string; mappings: Mapping[]; onEdit: (mapping: Mapping) => void }

/** Mappings with how their last test went, and what can be done with each. */
export function MappingsTable({ orgId, mappings, onEdit }: TableProps) {
  const integrations = useQuery(integrationsFor(orgId)).data?.integrations
  const columns: DataTableColumn<Mapping>[] = [
    {
      accessor: 'integration_name',
      title: 'Integration',
      render: ({ integration_name: name }) => (
        <AppLink to={paths.integration(name)}>
          {integrations?.find((integration) => integration.name === name)?.display_name ?? name}
        </AppLink>
      ),
    },
    {
      accessor: 'external_org_name',
      title: 'External organization',
      render: (mapping) => <ExternalOrganization orgId={orgId} mapping={mapping} />,
    },
    { accessor: 'status', title: 'Status', render: (mapping) => <Status mapping={mapping} /> },
    {
      accessor: 'actions',
      title: 'Actions',
      textAlign: 'right',
      render: (mapping) => <Actions orgId={orgId} mapping={mapping} onEdit={() => onEdit(mapping)} />,
    },
  ]
  return <RecordsTable caption="Integration mappings" records={mappings} columns={columns} idOf={({ id }) => id} />
}

/** Its name and id, and whether discovery has seen it renamed or gone. */
function ExternalOrganization({ orgId, mapping }: { orgId: string; mapping: Mapping }) {
  const { external_org_id: id, external_org_name: name, integration_name: integrationName } = mapping
  const isAsked = mapping.is_active && /^[^\p{Cc}]+$/u.test(id)
  const look = (gone: boolean) => ({
    ...externalOrganizationsPage(integrationName, { orgId, search: id, gone, cursor: '' }),
    enabled: isAsked,
    staleTime: 60_000,
    retry: false,
  })
  const present = useQuery(look(false)).data?.external_organizations.find((external) => external.id === id)
  const gone = useQuery(look(true)).data?.external_organizations.find((external) => external.id === id)
  const isRenamed = present !== undefined && present.name !== name && present.previous_names.length > 0
  return (
    <Stack gap={2}>
      <Text size="sm" fw={600}>
        {name || id}
      </Text>
      <Text size="xs" c="dimmed">
        {id}
      </Text>
      {isRenamed && (
        <Badge color="orange" variant="light" tt="none">
          Renamed to {present.name}
        </Badge>
      )}
      {gone && !present && (
        <Badge color="red" variant="light" tt="none">
          Gone from the vendor's list
        </Badge>
      )}
    </Stack>
  )
}

function Status({ mapping }: { mapping: Mapping }) {
  if (!mapping.is_active) return <ActiveStatus isActive={false} />
  return (
    <Stack gap={2} maw={380}>
      <Group gap={8}>
        <TestStatus success={mapping.last_test_success} />
        {mapping.last_tested_at && (
          <Text size="xs" c="dimmed">
            <RelativeTime at={mapping.last_tested_at} />
          </Text>
        )}
      </Group>
      {mapping.last_test_success === false && (
        <Text size="xs" className="wrap-anywhere" style={{ whiteSpace: 'normal' }}>
          {mapping.last_test_result}
        </Text>
      )}
    </Stack>
  )
}

function Actions({ orgId, mapping, onEdit }: { orgId: string; mapping: Mapping; onEdit: () => void }) {
  const queries = useQueryClient()
  const name = mapping.external_org_name || mapping.external_org_id
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: mappingsKey(orgId) }),
      queries.invalidateQueries({ queryKey: discoveredKey(mapping.integration_name) }),
    ])
  const testing = useMutation({
    mutationFn: () => testMapping(orgId, mapping.id),
    async onSuccess(result) {
      await refresh()
      if (result.success) notifyDone(result.message)
      else notifyFailure(`The test of ${name} failed`, new Error(result.message))
    },
    onError: (error) => notifyFailure(`The test of ${name} could not be run`, error),
  })
  const switching = useMutation({
    mutationFn: (isActive: boolean): Promise<unknown> =>
      isActive ? updateMapping(orgId, mapping.id, { is_active: true }) : deleteMapping(orgId, mapping.id),
    async onSuccess(_answer, isActive) {
      await refresh()
      notifyDone(isActive ? `The mapping to ${name} is active again.` : `The mapping to ${name} is deactivated.`)
    },
    onError: (error) => notifyFailure('Nothing was changed', error),
  })
  const deactivate = async () => {
    const text = `Workflows will not find ${name} any more. The mapping is kept and can be activated again.`
    if (await askToConfirm({ title: 'Deactivate this mapping?', text, confirm: 'Deactivate', isDangerous: true })) switching.mutate(false)
  }
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      {mapping.is_active && (
        <Button
          size="compact-sm"
          variant="default"
          loading={testing.isPending}
          onClick={() => testing.mutate()}
          aria-label={`Test ${name}`}
        >
          Test
        </Button>
      )}
      <Button size="compact-sm" variant="default" onClick={onEdit} aria-label={`Edit ${name}`}>
        Edit
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        loading={switching.isPending}
        onClick={() => (mapping.is_active ? deactivate() : switching.mutate(true))}
        aria-label={`${mapping.is_active ? 'Deactivate' : 'Activate'} ${name}`}
      >
        {mapping.is_active ? 'Deactivate' : 'Activate'}
      </Button>
    </Group>
  )
}
