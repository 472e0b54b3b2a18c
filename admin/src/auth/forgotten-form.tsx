import { mailPasswordReset } from '@crosswalk/client'
import { Alert, Button, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ErrorNotice } from '../elements/error-notice.tsx'

/** Has a link for a new password mailed. */
export function ForgottenForm({ onBack }: { onBack: () => void }) {
  const [email, setEmail] = useState('')
  const mailing = useMutation({ mutationFn: () => mailPasswordReset({ email: email.trim() }) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    mailing.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="username"
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Button type="submit" loading={mailing.isPending} disabled={email.trim() === ''}>
          Mail me a link
        </Button>
        {mailing.isSuccess && (
          <Alert color="blue" variant="light" role="status">
            <Text size="sm">If there is an account of this address, a link is on its way. It works once, within a day.</Text>
          </Alert>
        )}
        {mailing.error && <ErrorNotice error={mailing.error} title="No link was mailed" />}
        <Button variant="subtle" onClick={onBack}>
          Back to signing in
        </Button>
      </Stack>
    </form>
  )
}
