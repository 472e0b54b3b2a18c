import { createOrganizationField, type OrganizationField, updateOrganizationField } from '@crosswalk/client'
import { Checkbox, Select, Stack, TagsInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { DrawerFooter } from '../elements/drawer-footer.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { fieldErrorOf } from '../elements/field-errors.ts'
import { FormDrawer } from '../elements/form-drawer.tsx'
import { notifyDone } from '../elements/notify.tsx'
import { type Changed, useLeaveGuard, useLeaving } from '../elements/use-leaving.ts'
import { ChangedBy } from '../parts/changed-by.tsx'
import { ifMatch } from '../queries/if-match.ts'
import { organizationFieldsKey } from '../queries/organization-fields.ts'
import { fieldTypeWords } from './field-text.ts'

type FieldDrawerProps = { isOpen: boolean; onClose: () => void; field?: OrganizationField }

/** Defines a field, or changes the given one for all organizations. */
export function FieldDrawer({ isOpen, onClose, field }: FieldDrawerProps) {
  const { isChanged, leave, close } = useLeaving(onClose)
  return (
    <FormDrawer title={field ? `Edit ${field.label}` : 'Define a custom field'} isOpen={isOpen} onClose={close}>
      <Inputs isChanged={isChanged} onCancel={close} onSaved={leave} {...(field ? { field } : {})} />
    </FormDrawer>
  )
}

/** A name for the wire, made of what people call the field. */
const nameOf = (label: string) =>
  label
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[^a-z]+|_+$/g, '')
    .slice(0, 50)

type InputsProps = { field?: OrganizationField; isChanged: Changed; onCancel: () => void; onSaved: () => void }

function Inputs({ field, isChanged, onCancel, onSaved }: InputsProps) {
  const [first] = useState({
    name: field?.name ?? '',
    label: field?.label ?? '',
    type: field?.type ?? ('text' as const),
    isRequired: field?.is_required ?? false,
    choices: field?.choices ?? [],
  })
  const [draft, setDraft] = useState<Omit<typeof first, 'type'> & { type: OrganizationField['type'] }>(first)
  const isSaved = useRef(false)
  isChanged.current = !isSaved.current && JSON.stringify(draft) !== JSON.stringify(first)
  useLeaveGuard(isChanged)
  const queries = useQueryClient()
  const name = draft.name || nameOf(draft.label)
  const saving = useMutation({
    mutationFn: () => {
      const choices = draft.type === 'choice' ? { choices: draft.choices } : {}
      const body = { label: draft.label.trim(), is_required: draft.isRequired, ...choices }
      return field
        ? updateOrganizationField(field.name, body, ifMatch(field))
        : createOrganizationField({ name, type: draft.type, ...body })
    },
    async onSuccess(saved) {
      isSaved.current = true
      await queries.invalidateQueries({ queryKey: organizationFieldsKey })
      notifyDone(`${saved.label} is saved.`)
      onSaved()
    },
  })
  const errorOf = (named: string) => fieldErrorOf(saving.error, named)
  const isAtField = ['name', 'label', 'choices'].some((named) => errorOf(named) !== undefined)
  const isIncomplete = draft.label.trim() === '' || name === '' || (draft.type === 'choice' && draft.choices.length === 0)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate()
  }
  return (
    <form onSubmit={submit} noValidate style={{ display: 'contents' }}>
      <Stack flex="1 0 auto">
        {field && <ChangedBy type="organization_field" id={field.name} orgId={null} version={field.etag} />}
        <TextInput
          label="Label"
          description="What people call it, as Service tier."
          required
          data-autofocus
          maxLength={100}
          value={draft.label}
          onChange={(event) => setDraft({ ...draft, label: event.currentTarget.value })}
          error={errorOf('label')}
        />
        {!field && (
          <>
            <TextInput
              label="Name"
              description="For workflows, the API and the command line. It stays."
              required
              maxLength={50}
              value={name}
              onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
              error={errorOf('name')}
            />
            <Select
              label="Type"
              description="It stays, too."
              required
              allowDeselect={false}
              data={Object.entries(fieldTypeWords).map(([value, label]) => ({ value, label }))}
              value={draft.type}
              onChange={(type) => setDraft({ ...draft, type: type as OrganizationField['type'] })} // one of the options above
            />
          </>
        )}
        {draft.type === 'choice' && (
          <TagsInput
            label="Choices"
            description="In the order in which they are offered. Press Enter after each."
            required
            value={draft.choices}
            onChange={(choices) => setDraft({ ...draft, choices })}
            acceptValueOnBlur
            error={errorOf('choices')}
          />
        )}
        <Checkbox
          label="Required"
          description="Asked of those who add an organization or change its fields."
          checked={draft.isRequired}
          onChange={(event) => setDraft({ ...draft, isRequired: event.currentTarget.checked })}
        />
      </Stack>
      <DrawerFooter
        reason={isIncomplete ? 'Say what it is called, and what can be chosen.' : undefined}
        failure={saving.error && !isAtField && <ErrorNotice error={saving.error} title="The field was not saved" />}
        error={saving.error}
        isSaving={saving.isPending}
        onCancel={onCancel}
      />
    </form>
  )
}
