import { isApiError, signInWithSecondFactor } from '@crosswalk/client'
import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ErrorNotice } from '../elements/error-notice.tsx'

/** The code of an app, or a recovery code, after the password. */
export function SecondFactorForm({ onSignedIn, onStartAgain }: { onSignedIn: () => void; onStartAgain: () => void }) {
  const [isRecovery, setRecovery] = useState(false)
  const [code, setCode] = useState('')
  const given = code.replace(/\s/g, '')
  const signing = useMutation({
    mutationFn: () => signInWithSecondFactor(isRecovery ? { recovery_code: given } : { code: given }),
    onSuccess: onSignedIn,
  })
  const refusal = isApiError(signing.error, 'code_refused') ? signing.error.message : undefined
  const isComplete = isRecovery ? given !== '' : /^\d{6}$/.test(given)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isComplete) signing.mutate()
  }
  const swap = () => {
    setRecovery(!isRecovery)
    setCode('')
    signing.reset()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          key={String(isRecovery)}
          label={isRecovery ? 'Recovery code' : 'Code'}
          description={
            isRecovery ? 'One of those that you kept when you set up the app. It works once.' : 'The six digits that your app shows.'
          }
          inputMode={isRecovery ? 'text' : 'numeric'}
          autoComplete="one-time-code"
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={refusal}
        />
        <Button type="submit" loading={signing.isPending} disabled={!isComplete}>
          Sign in
        </Button>
        {signing.error && !refusal && (
          <ErrorNotice
            error={signing.error}
            title="You are not signed in"
            actions={
              <Button size="xs" variant="default" onClick={onStartAgain}>
                Start again
              </Button>
            }
          />
        )}
        <Anchor component="button" type="button" size="sm" ta="left" onClick={swap}>
          {isRecovery ? 'Use the code of the app' : 'Use a recovery code'}
        </Anchor>
        <Text size="sm" c="dimmed">
          Lost both? Ask an administrator for a link that sets a new password: it takes the second factor away.
        </Text>
      </Stack>
    </form>
  )
}
