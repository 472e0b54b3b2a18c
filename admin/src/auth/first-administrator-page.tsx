import { createFirstAdministrator, isApiError } from '@crosswalk/client'
import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { fieldErrorOf } from '../elements/field-errors.ts'
import { useFocusFirstError } from '../elements/use-focus-first-error.ts'
import { minPasswordLength, NewPassword } from '../parts/new-password.tsx'
import { paths } from '../paths.ts'
import { AuthCard } from './auth-card.tsx'
import { useSignedIn } from './use-signed-in.ts'

/** The first account, made by the person who has the administrator key or the link of the first start. */
export function FirstAdministratorPage() {
  const [draft, setDraft] = useState({ name: '', email: '', password: '' })
  const onSignedIn = useSignedIn(paths.dashboard())
  const making = useMutation({ mutationFn: () => createFirstAdministrator(draft), onSuccess: onSignedIn })
  const form = useRef<HTMLFormElement>(null)
  useFocusFirstError(form, making.error)
  const isShownAtField = ['name', 'email', 'password'].some((field) => fieldErrorOf(making.error, field) !== undefined)
  const isComplete = draft.name.trim() !== '' && draft.email.trim() !== '' && draft.password.length >= minPasswordLength
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isComplete) making.mutate()
  }
  return (
    <AuthCard title="The first administrator">
      <form ref={form} onSubmit={submit} noValidate>
        <Stack>
          <Text size="sm" c="dimmed">
            With an account of your own the audit knows who did what. You may do everything, and invite others.
          </Text>
          <TextInput
            label="Your name"
            autoComplete="name"
            autoFocus
            maxLength={200}
            value={draft.name}
            onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
            error={fieldErrorOf(making.error, 'name')}
          />
          <TextInput
            label="E-mail address"
            type="email"
            autoComplete="username"
            value={draft.email}
            onChange={(event) => setDraft({ ...draft, email: event.currentTarget.value })}
            error={fieldErrorOf(making.error, 'email')}
          />
          <NewPassword value={draft.password} onChange={(password) => setDraft({ ...draft, password })} error={making.error} />
          <Button type="submit" loading={making.isPending} disabled={!isComplete}>
            Make the account
          </Button>
          {making.error && !isShownAtField && !isApiError(making.error, 'password_too_weak') && (
            <ErrorNotice error={making.error} title="The account was not made" />
          )}
          <AppLink to={paths.dashboard()} fz="sm">
            Later
          </AppLink>
        </Stack>
      </form>
    </AuthCard>
  )
}
