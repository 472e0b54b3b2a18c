import { deleteOrganizationField, type OrganizationField } from '@crosswalk/client'
import { Group, Stack, Text } from '@mantine/core'
import { IconForms, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { DataTableColumn } from 'mantine-datatable'
import { ActionButton } from '../elements/action-button.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { RowAction } from '../elements/row-action.tsx'
import { countedOrganizations } from '../parts/counted.ts'
import { useLack } from '../parts/grants/use-may.ts'
import { ifMatch } from '../queries/if-match.ts'
import { organizationFields, organizationFieldsKey } from '../queries/organization-fields.ts'
import { organizationsKey } from '../queries/organizations.ts'
import { useUrlState } from '../url-state.ts'
import { FieldDrawer } from './field-drawer.tsx'
import { fieldTypeWords } from './field-text.ts'

function Name({ field }: { field: OrganizationField }) {
  return (
    <Stack gap={0}>
      <Text fw={600}>{field.label}</Text>
      <Text size="sm" c="dimmed" ff="monospace">
        {field.name}
      </Text>
    </Stack>
  )
}

const typeWords = ({ type, choices }: OrganizationField) =>
  choices.length === 0 ? fieldTypeWords[type] : `${fieldTypeWords[type]}: ${choices.join(', ')}`

function Actions({ field, onEdit }: { field: OrganizationField; onEdit: (name: string) => void }) {
  const queries = useQueryClient()
  const lack = useLack('canManageOrganizations')
  const deleting = useMutation({
    mutationFn: () => deleteOrganizationField(field.name, ifMatch(field)),
    onSuccess: ({ organizations }) => notifyDone(`${field.label} is deleted. ${countedOrganizations(organizations)} had a value.`),
    onError: (error) => notifyFailure('The field was not deleted', error),
    async onSettled() {
      await queries.invalidateQueries({ queryKey: organizationFieldsKey })
      await queries.invalidateQueries({ queryKey: organizationsKey })
    },
  })
  const remove = async () => {
    const text = 'The value that each organization has of it is deleted, too. The audit keeps what was defined, not the values.'
    if (await askToConfirm({ title: `Delete ${field.label}?`, text, confirm: 'Delete field', isDangerous: true })) deleting.mutate()
  }
  return (
    <Group gap="xs" wrap="nowrap">
      <RowAction word="Edit" name={field.label} reason={lack} onClick={() => onEdit(field.name)} />
      <RowAction word="Delete" name={field.label} reason={lack} isPending={deleting.isPending} onClick={remove} />
    </Group>
  )
}

const columnsWith = (onEdit: (name: string) => void): DataTableColumn<OrganizationField>[] => [
  { accessor: 'label', title: 'Field', render: (field) => <Name field={field} /> },
  { accessor: 'type', title: 'Type', render: (field) => <Text size="sm">{typeWords(field)}</Text> },
  { accessor: 'is_required', title: 'Required', render: ({ is_required }) => (is_required ? 'Yes' : 'No') },
  { accessor: 'actions', title: 'Actions', render: (field) => <Actions field={field} onEdit={onEdit} /> },
]

/** What every organization may have a value of. */
export function OrganizationFieldsPage() {
  const [url, change] = useUrlState({ edit: '', add: '' })
  const query = useQuery(organizationFields)
  const { data } = query
  const reason = useLack('canManageOrganizations')
  const edit = (name: string) => change({ edit: name }, { push: true })
  const edited = data?.find(({ name }) => name === url.edit)
  const add = (
    <ActionButton leftSection={<IconPlus size={16} />} reason={reason} onClick={() => change({ add: 'yes' }, { push: true })}>
      Define field
    </ActionButton>
  )
  return (
    <Stack>
      <Group justify="space-between">
        <Text c="dimmed" maw="75ch">
          Fields of your own that every organization may have a value of. You find and filter organizations by them, and workflows read
          them.
        </Text>
        {data && data.length > 0 && add}
      </Group>
      <LoadState query={query} label="Loading fields" failed="The fields could not be loaded" stale="The list may be out of date" />
      {data?.length === 0 && (
        <EmptyState icon={<IconForms />} title="No custom fields yet" action={add}>
          Define the first one: the service tier, for instance, or when the contract ends.
        </EmptyState>
      )}
      {data && data.length > 0 && (
        <RecordsTable
          caption="Custom fields"
          hasActions
          records={data}
          columns={columnsWith(edit)}
          idOf={({ name }) => name}
          card={(field) => (
            <Stack gap={6}>
              <Name field={field} />
              <Text size="sm">
                {typeWords(field)}
                {field.is_required ? ', required' : ''}
              </Text>
              <Actions field={field} onEdit={edit} />
            </Stack>
          )}
        />
      )}
      {data && (
        <FieldDrawer
          key={url.edit}
          isOpen={url.add !== '' || edited !== undefined}
          onClose={() => change({ edit: '', add: '' })}
          {...(edited ? { field: edited } : {})}
        />
      )}
    </Stack>
  )
}
