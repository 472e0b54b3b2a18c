import { type Grant, invitePerson, type Person, type PersonLink, updatePerson } from '@crosswalk/client'
import { Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { DrawerFooter } from '../elements/drawer-footer.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { fieldErrorOf, fieldErrorsIn } from '../elements/field-errors.ts'
import { notifyDone } from '../elements/notify.tsx'
import type { Changed } from '../elements/use-leaving.ts'
import { GrantsField, lackOfGrants } from '../parts/grants/grants-field.tsx'
import { peopleKey } from '../queries/people.ts'

type PersonFormProps = {
  person: Person | undefined
  isChanged: Changed
  onClose: () => void
  onSaved: () => void
  /** Is given the link of an invitation, which is shown once. */
  onInvited: (person: Person, link: PersonLink) => void
}

/** Who somebody is, and what they may. */
export function PersonForm({ person, isChanged, onClose, onSaved, onInvited }: PersonFormProps) {
  const [first] = useState(() => ({ name: person?.name ?? '', email: person?.email ?? '', grants: person?.grants ?? ([] as Grant[]) }))
  const [draft, setDraft] = useState(first)
  const queries = useQueryClient()
  const saving = useMutation({
    async mutationFn() {
      if (!person) return invitePerson(draft)
      return { person: await updatePerson(person.id, draft), link: undefined }
    },
    onSuccess: async ({ person: saved, link }) => {
      isChanged.current = false
      await queries.invalidateQueries({ queryKey: peopleKey })
      if (link) onInvited(saved, link)
      else {
        notifyDone(`${saved.name} was changed.`)
        onSaved()
      }
    },
  })
  isChanged.current = !saving.isSuccess && JSON.stringify(draft) !== JSON.stringify(first)
  const { error } = saving
  const isShownAtField =
    ['name', 'email', 'grants'].some((field) => fieldErrorOf(error, field)) || Object.keys(fieldErrorsIn(error, 'grants')).length > 0
  const reason =
    draft.name.trim() === '' || draft.email.trim() === '' ? 'Give a name and an e-mail address.' : lackOfGrants(draft.grants, true)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reason === undefined) saving.mutate()
  }
  return (
    <form onSubmit={submit} noValidate style={{ display: 'contents' }}>
      <Stack flex={1}>
        <TextInput
          label="Name"
          required
          data-autofocus
          maxLength={200}
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
          error={fieldErrorOf(error, 'name')}
        />
        <TextInput
          label="E-mail address"
          description="They sign in with it, and by it their single sign-on knows them."
          required
          type="email"
          maxLength={254}
          value={draft.email}
          onChange={(event) => setDraft({ ...draft, email: event.currentTarget.value })}
          error={fieldErrorOf(error, 'email')}
        />
        <GrantsField
          value={draft.grants}
          onChange={(grants) => setDraft({ ...draft, grants })}
          errorOf={(field) => fieldErrorOf(error, field)}
          isOptional
        />
      </Stack>
      <DrawerFooter
        reason={reason}
        error={error}
        isSaving={saving.isPending}
        onCancel={onClose}
        failure={
          error && !isShownAtField && <ErrorNotice error={error} title={person ? 'The person was not changed' : 'Nobody was invited'} />
        }
      />
    </form>
  )
}
