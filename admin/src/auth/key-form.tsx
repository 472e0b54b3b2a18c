import { isApiError, signIn } from '@crosswalk/client'
import { Button, PasswordInput, Stack } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ErrorNotice } from '../elements/error-notice.tsx'

/** Signing in with the key of the installation: before there are people, and where nobody else can get in. */
export function KeyForm({ onSignedIn, hasFocus }: { onSignedIn: () => void; hasFocus: boolean }) {
  const [key, setKey] = useState('')
  const signing = useMutation({ mutationFn: () => signIn({ api_key: key.trim() }), onSuccess: onSignedIn })
  const refusal = isApiError(signing.error, 'sign_in_refused') ? signing.error.message : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '') signing.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <PasswordInput
          label="Administrator key"
          description="Crosswalk says where it is when it starts: usually in the file admin-api-key of its data directory."
          autoFocus={hasFocus}
          autoComplete="off"
          leftSection={<IconKey size={16} />}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={refusal}
        />
        <Button type="submit" loading={signing.isPending} disabled={key.trim() === ''}>
          Sign in with the key
        </Button>
        {signing.error && !refusal && <ErrorNotice error={signing.error} title="You are not signed in" />}
      </Stack>
    </form>
  )
}
