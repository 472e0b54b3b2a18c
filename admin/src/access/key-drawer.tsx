import { createKey, type Grant, type MadeApiKey } from '@crosswalk/client'
import { Select, Stack, TagsInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { DrawerFooter } from '../elements/drawer-footer.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { fieldErrorOf, fieldErrorsIn } from '../elements/field-errors.ts'
import { FormDrawer } from '../elements/form-drawer.tsx'
import { type Changed, useLeaveGuard, useLeaving } from '../elements/use-leaving.ts'
import { firstGrant, GrantsField, lackOfGrants } from '../parts/grants/grants-field.tsx'
import { keysKey } from '../queries/access.ts'

const ends = { '30': 'In 30 days', '90': 'In 90 days', '365': 'In a year', never: 'Never, until it is revoked' } as const
const dayMs = 86_400_000

type Draft = { name: string; grants: Grant[]; days: string; addresses: string[] }
const empty: Draft = { name: '', grants: [firstGrant], days: '365', addresses: [] }

type KeyDrawerProps = { isOpen: boolean; onClose: () => void; onMade: (made: MadeApiKey) => void }

/** Makes a key. */
export function KeyDrawer({ isOpen, onClose, onMade }: KeyDrawerProps) {
  const { isChanged, leave, close } = useLeaving(onClose)
  const done = (made: MadeApiKey) => {
    leave()
    onMade(made)
  }
  return (
    <FormDrawer title="Create key" isOpen={isOpen} onClose={close}>
      <Fields isChanged={isChanged} onCancel={close} onMade={done} />
    </FormDrawer>
  )
}

function Fields({ isChanged, onCancel, onMade }: { isChanged: Changed; onCancel: () => void; onMade: (made: MadeApiKey) => void }) {
  const [draft, setDraft] = useState(empty)
  const isMade = useRef(false)
  isChanged.current = !isMade.current && JSON.stringify(draft) !== JSON.stringify(empty)
  useLeaveGuard(isChanged)
  const queries = useQueryClient()
  const making = useMutation({
    mutationFn: () =>
      createKey({
        name: draft.name.trim(),
        grants: draft.grants,
        expires_at: draft.days === 'never' ? null : new Date(Date.now() + Number(draft.days) * dayMs).toISOString(),
        ...(draft.addresses.length > 0 ? { addresses: draft.addresses } : {}),
      }),
    async onSuccess(made) {
      isMade.current = true
      await queries.invalidateQueries({ queryKey: keysKey })
      onMade(made)
    },
  })
  const errorOf = (field: string) => fieldErrorOf(making.error, field)
  const addressErrors = Object.values(fieldErrorsIn(making.error, 'addresses')).flat()
  const isAtField = [errorOf('name'), ...addressErrors, errorOf('grants.0.role')].some(Boolean)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    making.mutate()
  }
  return (
    <form onSubmit={submit} noValidate style={{ display: 'contents' }}>
      <Stack flex="1 0 auto">
        <TextInput
          label="Name"
          description="What it is for."
          required
          data-autofocus
          maxLength={100}
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
          error={errorOf('name')}
        />
        <GrantsField value={draft.grants} onChange={(grants) => setDraft({ ...draft, grants })} errorOf={errorOf} />
        <Select
          label="Ends"
          data={Object.entries(ends).map(([value, label]) => ({ value, label }))}
          value={draft.days}
          onChange={(days) => setDraft({ ...draft, days: days ?? draft.days })}
          allowDeselect={false}
        />
        <TagsInput
          label="Addresses"
          description="Where it may come from, as 203.0.113.7 or 10.0.0.0/8. Without any, from everywhere."
          value={draft.addresses}
          onChange={(addresses) => setDraft({ ...draft, addresses })}
          splitChars={[',', ' ', ';']}
          acceptValueOnBlur
          error={addressErrors[0]}
        />
      </Stack>
      <DrawerFooter
        reason={draft.name.trim() === '' ? 'Give the key a name.' : lackOfGrants(draft.grants)}
        failure={making.error && !isAtField && <ErrorNotice error={making.error} title="The key was not created" />}
        error={making.error}
        isSaving={making.isPending}
        onCancel={onCancel}
      />
    </form>
  )
}
