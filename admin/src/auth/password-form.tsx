import { isApiError, signInWithPassword } from '@crosswalk/client'
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ErrorNotice } from '../elements/error-notice.tsx'

type PasswordFormProps = { onSignedIn: () => void; onSecondFactor: () => void }

/** Signing in with e-mail address and password. */
export function PasswordForm({ onSignedIn, onSecondFactor }: PasswordFormProps) {
  const [draft, setDraft] = useState({ email: '', password: '' })
  const signing = useMutation({
    mutationFn: () => signInWithPassword(draft),
    onSuccess: (answer) => ('second_factor' in answer ? onSecondFactor() : onSignedIn()),
  })
  const refusal = isApiError(signing.error, 'sign_in_failed') ? signing.error.message : undefined
  const isComplete = draft.email.trim() !== '' && draft.password !== ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isComplete) signing.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="username"
          autoFocus
          value={draft.email}
          onChange={(event) => setDraft({ ...draft, email: event.currentTarget.value })}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          value={draft.password}
          onChange={(event) => setDraft({ ...draft, password: event.currentTarget.value })}
          error={refusal}
        />
        <Button type="submit" loading={signing.isPending} disabled={!isComplete}>
          Sign in
        </Button>
        {signing.error && !refusal && <ErrorNotice error={signing.error} title="You are not signed in" />}
      </Stack>
    </form>
  )
}
