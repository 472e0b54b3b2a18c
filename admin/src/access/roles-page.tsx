import { deleteRole, type Role } from '@crosswalk/client'
import { Badge, Group, List, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { DataTableColumn } from 'mantine-datatable'
import { ActionButton } from '../elements/action-button.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { RowAction } from '../elements/row-action.tsx'
import { permissionWords } from '../parts/grants/permission-words.ts'
import { useLack } from '../parts/grants/use-may.ts'
import { allRoles, rolesKey } from '../queries/access.ts'
import { useUrlState } from '../url-state.ts'
import { RoleDrawer } from './role-drawer.tsx'

function Name({ role }: { role: Role }) {
  return (
    <Group gap="xs">
      <Text fw={600} className="wrap-anywhere">
        {role.name}
      </Text>
      {!role.is_built_in && (
        <Badge variant="light" tt="none">
          Your own
        </Badge>
      )}
    </Group>
  )
}

function Description({ role }: { role: Role }) {
  return (
    <Text size="sm" maw={480} style={{ whiteSpace: 'normal' }}>
      {role.description}
    </Text>
  )
}

function Permissions({ role }: { role: Role }) {
  return (
    <List size="sm" px="md" py="xs">
      {role.permissions.map((permission) => (
        <List.Item key={permission}>{permissionWords(permission)}</List.Item>
      ))}
      {role.permissions.length === 0 && <List.Item>Nothing</List.Item>}
    </List>
  )
}

function Actions({ role, onEdit }: { role: Role; onEdit: (name: string) => void }) {
  const queries = useQueryClient()
  const lack = useLack('canManageRoles')
  const reason = lack ?? (role.is_built_in ? 'This role comes along and cannot be changed. Make one of your own.' : undefined)
  const deleting = useMutation({
    mutationFn: () => deleteRole(role.name),
    onSuccess: () => notifyDone(`The role ${role.name} is deleted.`),
    onError: (error) => notifyFailure('The role was not deleted', error),
    onSettled: () => queries.invalidateQueries({ queryKey: rolesKey }),
  })
  const remove = async () => {
    const text = 'It is deleted only where nobody has it.'
    if (await askToConfirm({ title: `Delete the role ${role.name}?`, text, confirm: 'Delete role', isDangerous: true })) deleting.mutate()
  }
  return (
    <Group gap="xs" wrap="nowrap">
      <RowAction word="Edit" name={role.name} reason={reason} onClick={() => onEdit(role.name)} />
      <RowAction word="Delete" name={role.name} reason={reason} isPending={deleting.isPending} onClick={remove} />
    </Group>
  )
}

const columnsWith = (onEdit: (name: string) => void): DataTableColumn<Role>[] => [
  { accessor: 'name', title: 'Role', render: (role) => <Name role={role} /> },
  { accessor: 'description', title: 'What it is for', render: (role) => <Description role={role} /> },
  { accessor: 'actions', title: 'Actions', render: (role) => <Actions role={role} onEdit={onEdit} /> },
]

/** Roles: those that come along, and one's own. */
export function RolesPage() {
  const [url, change] = useUrlState({ edit: '', add: '' })
  const query = useQuery(allRoles)
  const { data } = query
  const reason = useLack('canManageRoles')
  const edit = (name: string) => change({ edit: name }, { push: true })
  const edited = data?.roles.find(({ name, is_built_in }) => name === url.edit && !is_built_in)
  return (
    <Stack>
      <Group justify="space-between">
        <Text c="dimmed" maw="75ch">
          A role is a name for permissions that are granted together. A key has roles, each for some organizations. Open a row to see what
          it gives.
        </Text>
        <ActionButton leftSection={<IconPlus size={16} />} reason={reason} onClick={() => change({ add: 'yes' }, { push: true })}>
          Create role
        </ActionButton>
      </Group>
      <LoadState query={query} label="Loading roles" failed="The roles could not be loaded" stale="The list may be out of date" />
      {data && (
        <RecordsTable
          caption="Roles"
          hasActions
          records={data.roles}
          columns={columnsWith(edit)}
          idOf={({ name }) => name}
          detail={(role) => <Permissions role={role} />}
          detailTitle="What it gives"
          card={(role) => (
            <Stack gap={6}>
              <Name role={role} />
              <Description role={role} />
              <Actions role={role} onEdit={edit} />
            </Stack>
          )}
        />
      )}
      {data && (
        <RoleDrawer
          key={url.edit}
          isOpen={url.add !== '' || edited !== undefined}
          permissions={data.permissions}
          onClose={() => change({ edit: '', add: '' })}
          {...(edited ? { role: edited } : {})}
        />
      )}
    </Stack>
  )
}
