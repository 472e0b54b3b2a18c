import { isApiError, proveSession, signOut } from '@crosswalk/client'
import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ErrorNotice, messageOf } from '../elements/error-notice.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { paths } from '../paths.ts'
import { profile } from '../queries/people.ts'

type Props = { onProved: () => void; onCancel: () => void }

/** Proves again who is signed in, with all that they sign in with. */
export function ProofForm({ onProved, onCancel }: Props) {
  const query = useQuery(profile)
  const { data, error } = query
  if (isApiError(error, 'not_a_person'))
    return <SignInAgain how="You are signed in with the administrator key: sign in with it again" onCancel={onCancel} />
  if (!data) return <LoadState query={query} label="Loading your account" failed="Your account could not be loaded" rows={2} />
  if (!data.signs_in_with.includes('password')) return <SignInAgain how="You have no password here: sign in again" onCancel={onCancel} />
  return <WithAll hasSecondFactor={data.has_second_factor} onProved={onProved} onCancel={onCancel} />
}

const why =
  'What you are about to do would help somebody who has got at your browser. Prove that it is you; then you are not asked for half an hour.'

function WithAll({ hasSecondFactor, onProved, onCancel }: Props & { hasSecondFactor: boolean }) {
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const given = code.replace(/\s/g, '')
  const isCode = /^\d{6}$/.test(given)
  const proving = useMutation({
    mutationFn: () =>
      proveSession({ current_password: password, ...(hasSecondFactor ? (isCode ? { code: given } : { recovery_code: given }) : {}) }),
    onSuccess: onProved,
  })
  const { error } = proving
  const isWrong = isApiError(error, 'wrong_password')
  const isRefused = isApiError(error, 'code_refused')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    proving.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{why}</Text>
        <PasswordInput
          label="Your password"
          data-autofocus
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={isWrong ? messageOf(error) : undefined}
        />
        {hasSecondFactor && (
          <TextInput
            label="Code"
            description="The six digits that your app shows, or a recovery code."
            autoComplete="one-time-code"
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={isRefused ? messageOf(error) : undefined}
          />
        )}
        {error && !isWrong && !isRefused && <ErrorNotice error={error} title="This proved nothing" />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={proving.isPending} disabled={password === '' || (hasSecondFactor && given === '')}>
            Continue
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Of who has no password here: the provider, the device or the key proves it at a new sign-in. */
function SignInAgain({ how, onCancel }: { how: string; onCancel: () => void }) {
  const queries = useQueryClient()
  const leaving = useMutation({
    mutationFn: () => signOut(),
    onSuccess() {
      const { pathname, search } = window.location
      queries.clear()
      window.location.assign(paths.signIn({ next: pathname + search }))
    },
  })
  return (
    <Stack>
      <Text size="sm">{why}</Text>
      <Text size="sm">{how}, and you come back to this page. What you entered is lost.</Text>
      {leaving.error && <ErrorNotice error={leaving.error} title="You are still signed in" />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button loading={leaving.isPending} onClick={() => leaving.mutate()}>
          Sign in again
        </Button>
      </Group>
    </Stack>
  )
}
