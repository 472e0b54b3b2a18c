import type { Mapping } from '@crosswalk/client'
import { Group, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { DataTableColumn } from 'mantine-datatable'
import { ActionButton } from '../elements/action-button.tsx'
import { AppLink } from '../elements/app-link.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { useIsNarrow } from '../elements/use-narrow.ts'
import { useLack } from '../parts/grants/use-may.ts'
import { paths } from '../paths.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { mappingsOfAll } from '../queries/mappings.ts'
import { useMappingActions } from './mapping-actions.ts'
import { ExternalOrganizationCell, LastTestCell } from './mapping-cells.tsx'

type TableProps = {
  orgId: string
  mappings: Mapping[]
  /** Why nothing can be done with them but to deactivate them; undefined where it can. */
  reason: string | undefined
  onEdit: (mapping: Mapping) => void
}

/** An organization's mappings with how their last test went, and what can be done with each. */
export function MappingsTable({ orgId, mappings, reason, onEdit }: TableProps) {
  const integrations = useQuery(integrationsFor(orgId)).data?.integrations
  const known = useQuery(mappingsOfAll({ org_id: orgId, limit: 200 })).data?.mappings
  const titleOf = ({ integration_name: name }: Mapping) => (
    <AppLink to={paths.integration(name)}>{integrations?.find((integration) => integration.name === name)?.display_name ?? name}</AppLink>
  )
  const external = (mapping: Mapping) => (
    <ExternalOrganizationCell mapping={mapping} known={mapping.is_active ? known?.find(({ id }) => id === mapping.id) : undefined} />
  )
  const actions = (mapping: Mapping) => (
    <Actions
      mapping={mapping}
      reason={reason}
      newName={(mapping.is_active && known?.find(({ id }) => id === mapping.id)?.external_renamed_to) || undefined}
      onEdit={() => onEdit(mapping)}
    />
  )
  const columns: DataTableColumn<Mapping>[] = [
    { accessor: 'integration_name', title: 'Integration', render: titleOf },
    { accessor: 'external_org_name', title: 'External organization', render: external },
    { accessor: 'status', title: 'Status', render: (mapping) => <LastTestCell mapping={mapping} /> },
    { accessor: 'actions', title: 'Actions', textAlign: 'right', render: actions },
  ]
  return (
    <RecordsTable
      caption="Integration mappings"
      records={mappings}
      columns={columns}
      idOf={({ id }) => id}
      card={(mapping) => (
        <Stack gap="xs">
          {titleOf(mapping)}
          {external(mapping)}
          <LastTestCell mapping={mapping} />
          {actions(mapping)}
        </Stack>
      )}
    />
  )
}

type ActionsProps = Pick<TableProps, 'reason'> & { mapping: Mapping; newName: string | undefined; onEdit: () => void }

function Actions({ mapping, reason: given, newName, onEdit }: ActionsProps) {
  const lack = useLack('canManageMappings', mapping.org_id, { integration: mapping.integration_name })
  const reason = lack ?? given
  const { name, testing, renaming, switching, deactivate } = useMappingActions(mapping)
  const isNarrow = useIsNarrow()
  const look = { size: 'compact-sm', variant: 'default' } as const
  return (
    <Group gap={6} justify="flex-end" wrap={isNarrow ? 'wrap' : 'nowrap'}>
      {newName !== undefined && (
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
      {mapping.is_active && (
        <ActionButton {...look} reason={reason} loading={testing.isPending} onClick={() => testing.mutate()} aria-label={`Test ${name}`}>
          Test
        </ActionButton>
      )}
      <ActionButton {...look} reason={reason} onClick={onEdit} aria-label={`Edit ${name}`}>
        Edit
      </ActionButton>
      <ActionButton
        {...look}
        reason={mapping.is_active ? lack : reason}
        loading={switching.isPending}
        onClick={() => (mapping.is_active ? deactivate() : switching.mutate(true))}
        aria-label={`${mapping.is_active ? 'Deactivate' : 'Activate'} ${name}`}
      >
        {mapping.is_active ? 'Deactivate' : 'Activate'}
      </ActionButton>
    </Group>
  )
}
