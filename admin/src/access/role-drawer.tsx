import { type CreateRoleBody, createRole, type Role, updateRole } from '@crosswalk/client'
import { Checkbox, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { DrawerFooter } from '../elements/drawer-footer.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { fieldErrorOf } from '../elements/field-errors.ts'
import { FormDrawer } from '../elements/form-drawer.tsx'
import { notifyDone } from '../elements/notify.tsx'
import { type Changed, useLeaveGuard, useLeaving } from '../elements/use-leaving.ts'
import { ChangedBy } from '../parts/changed-by.tsx'
import { permissionWords } from '../parts/grants/permission-words.ts'
import { rolesKey } from '../queries/access.ts'

type RoleDrawerProps = { isOpen: boolean; onClose: () => void; permissions: string[]; role?: Role }

/** Makes a role, or changes the given one for everyone who has it. */
export function RoleDrawer({ isOpen, onClose, ...given }: RoleDrawerProps) {
  const { isChanged, leave, close } = useLeaving(onClose)
  return (
    <FormDrawer title={given.role ? `Edit ${given.role.name}` : 'Create role'} isOpen={isOpen} onClose={close}>
      <Fields isChanged={isChanged} onCancel={close} onSaved={leave} {...given} />
    </FormDrawer>
  )
}

type FieldsProps = Pick<RoleDrawerProps, 'permissions' | 'role'> & { isChanged: Changed; onCancel: () => void; onSaved: () => void }

function Fields({ permissions, role, isChanged, onCancel, onSaved }: FieldsProps) {
  const [first] = useState({ name: role?.name ?? '', description: role?.description ?? '', permissions: role?.permissions ?? [] })
  const [draft, setDraft] = useState(first)
  const isSaved = useRef(false)
  isChanged.current = !isSaved.current && JSON.stringify(draft) !== JSON.stringify(first)
  useLeaveGuard(isChanged)
  const queries = useQueryClient()
  const saving = useMutation({
    mutationFn: () => {
      const chosen = draft.permissions as CreateRoleBody['permissions'] // of the list that the server gave
      const body = { description: draft.description.trim(), permissions: chosen }
      return role ? updateRole(role.name, body) : createRole({ name: draft.name.trim(), ...body })
    },
    async onSuccess(saved) {
      isSaved.current = true
      await queries.invalidateQueries({ queryKey: rolesKey })
      notifyDone(`The role ${saved.name} is saved.`)
      onSaved()
    },
  })
  const errorOf = (field: string) => fieldErrorOf(saving.error, field)
  const isAtField = ['name', 'description'].some((field) => errorOf(field) !== undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate()
  }
  return (
    <form onSubmit={submit} noValidate style={{ display: 'contents' }}>
      <Stack flex="1 0 auto">
        {role && <ChangedBy type="role" id={role.name} orgId={null} version={JSON.stringify(role)} />}
        {!role && (
          <TextInput
            label="Name"
            description="Lower case letters, digits and _."
            required
            data-autofocus
            maxLength={50}
            value={draft.name}
            onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
            error={errorOf('name')}
          />
        )}
        <TextInput
          label="What it is for"
          required
          maxLength={300}
          value={draft.description}
          onChange={(event) => setDraft({ ...draft, description: event.currentTarget.value })}
          error={errorOf('description')}
        />
        <Checkbox.Group
          label="Permissions"
          value={draft.permissions}
          onChange={(chosen) => setDraft({ ...draft, permissions: permissions.filter((permission) => chosen.includes(permission)) })}
        >
          <Stack gap={8} mt={8}>
            {permissions.map((permission) => (
              <Checkbox key={permission} value={permission} label={permissionWords(permission)} description={permission} />
            ))}
          </Stack>
        </Checkbox.Group>
      </Stack>
      <DrawerFooter
        reason={draft.description.trim() === '' || (!role && draft.name.trim() === '') ? 'Say its name and what it is for.' : undefined}
        failure={saving.error && !isAtField && <ErrorNotice error={saving.error} title="The role was not saved" />}
        error={saving.error}
        isSaving={saving.isPending}
        onCancel={onCancel}
      />
    </form>
  )
}
