import type { MappingOfAll } from '@crosswalk/client'
import { Button, Group, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ActionButton } from '../elements/action-button.tsx'
import { AppLink, useLinkTo } from '../elements/app-link.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { useIsNarrow } from '../elements/use-narrow.ts'
import { paths } from '../paths.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { useMappingActions } from './mapping-actions.ts'
import { ExternalOrganizationCell, LastTestCell } from './mapping-cells.tsx'

/** Mappings of several organizations, with what can be done about each from here. */
export function MappingsOfAllTable({ mappings, isRefreshing }: { mappings: MappingOfAll[]; isRefreshing: boolean }) {
  const integrations = useQuery(integrationsFor()).data?.integrations
  const organization = (mapping: MappingOfAll) => (
    <AppLink to={paths.organization(mapping.org_id)} fw={600}>
      {mapping.org_name}
    </AppLink>
  )
  const integration = ({ integration_name: name }: MappingOfAll) => (
    <AppLink to={paths.integration(name)} fz="sm">
      {integrations?.find((known) => known.name === name)?.display_name ?? name}
    </AppLink>
  )
  return (
    <RecordsTable
      caption="Mappings of all organizations"
      records={mappings}
      idOf={({ id }) => id}
      isRefreshing={isRefreshing}
      columns={[
        { accessor: 'org_name', title: 'Organization', render: organization },
        { accessor: 'integration_name', title: 'Integration', render: integration },
        {
          accessor: 'external_org_name',
          title: 'External organization',
          render: (mapping) => <ExternalOrganizationCell mapping={mapping} known={mapping} />,
        },
        { accessor: 'last_test', title: 'Last test', render: (mapping) => <LastTestCell mapping={mapping} /> },
        { accessor: 'actions', title: 'Actions', textAlign: 'right', render: (mapping) => <Actions mapping={mapping} /> },
      ]}
      card={(mapping) => (
        <Stack gap="xs">
          <Group justify="space-between" gap="sm">
            {organization(mapping)}
            {integration(mapping)}
          </Group>
          <ExternalOrganizationCell mapping={mapping} known={mapping} />
          <LastTestCell mapping={mapping} />
          <Actions mapping={mapping} />
        </Stack>
      )}
    />
  )
}

function Actions({ mapping }: { mapping: MappingOfAll }) {
  const { name, testing, renaming } = useMappingActions(mapping)
  const open = useLinkTo(paths.organizationMappings(mapping.org_id, { mapping: mapping.id }))
  const newName = mapping.external_renamed_to
  const reason = mapping.org_is_active ? undefined : 'The organization is deactivated.'
  const isNarrow = useIsNarrow()
  const look = { size: 'compact-sm', variant: 'default' } as const
  return (
    <Group gap={6} justify="flex-end" wrap={isNarrow ? 'wrap' : 'nowrap'}>
      {newName !== null && (
        <ActionButton
          {...look}
          reason={reason}
          loading={renaming.isPending}
          onClick={() => renaming.mutate(newName)}
          aria-label={`Use new name ${newName} for ${name}`}
        >
          Use new name
        </ActionButton>
      )}
      <ActionButton {...look} reason={reason} loading={testing.isPending} onClick={() => testing.mutate()} aria-label={`Test ${name}`}>
        Test
      </ActionButton>
      <Button {...look} component="a" {...open} aria-label={`Open ${name}`}>
        Open
      </Button>
    </Group>
  )
}
