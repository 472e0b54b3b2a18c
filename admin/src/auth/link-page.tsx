import { isApiError, readLink, takeLink } from '@crosswalk/client'
import { Alert, Button, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { minPasswordLength, NewPassword } from '../parts/new-password.tsx'
import { paths } from '../paths.ts'
import { useGo } from '../url-state.ts'
import { AuthCard } from './auth-card.tsx'
import { takeTokenOfLink } from './link-token.ts'
import { useSignedIn } from './use-signed-in.ts'

/** Where an invitation, or a link for a new password, leads. */
export function LinkPage() {
  const [token] = useState(takeTokenOfLink)
  const query = useQuery({
    queryKey: ['link', token],
    queryFn: ({ signal }) => readLink({ token: token ?? '' }, { signal }),
    enabled: token !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const { data: link } = query
  if (token === undefined)
    return (
      <AuthCard title="This link is not complete">
        <Text>Open it again, whole, as you got it. The part behind the sign # belongs to it.</Text>
        <AppLink to={paths.signIn()}>Sign in</AppLink>
      </AuthCard>
    )
  if (!link)
    return (
      <AuthCard title="Your link">
        <LoadState query={query} label="Looking at the link" failed="This link does not work" rows={3} />
        {query.error && <AppLink to={paths.signIn()}>Sign in</AppLink>}
      </AuthCard>
    )
  return (
    <AuthCard title={link.kind === 'invitation' ? 'Welcome to Crosswalk' : 'A new password'}>
      <ChoosePassword token={token} link={link} />
    </AuthCard>
  )
}

type ChoosePasswordProps = { token: string; link: { kind: 'invitation' | 'reset'; email: string; name: string } }

function ChoosePassword({ token, link }: ChoosePasswordProps) {
  const [name, setName] = useState(link.name)
  const [password, setPassword] = useState('')
  const onSignedIn = useSignedIn(paths.dashboard())
  const go = useGo()
  const isInvitation = link.kind === 'invitation'
  const taking = useMutation({
    mutationFn: () => takeLink({ token, password, ...(isInvitation && name.trim() !== link.name ? { name: name.trim() } : {}) }),
    // Where a second factor is asked for as well, nobody is signed in yet.
    onSuccess: (answer) => (answer ? onSignedIn() : go(paths.signIn(), { replace: true })),
  })
  const isWeak = isApiError(taking.error, 'password_too_weak')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    taking.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text className="wrap-anywhere">
          You sign in as <b>{link.email}</b>.
        </Text>
        {isInvitation && (
          <TextInput
            label="Your name"
            autoComplete="name"
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <input type="text" name="username" autoComplete="username" value={link.email} readOnly hidden />
        <NewPassword value={password} onChange={setPassword} error={taking.error} hasFocus />
        <Button type="submit" loading={taking.isPending} disabled={password.length < minPasswordLength || name.trim() === ''}>
          {isInvitation ? 'Join' : 'Set the password'}
        </Button>
        {taking.error && !isWeak && <ErrorNotice error={taking.error} title="The password was not set" />}
        {!isInvitation && (
          <Alert variant="light" color="gray" p="sm">
            <Text size="sm">Your other browsers have to sign in again.</Text>
          </Alert>
        )}
      </Stack>
    </form>
  )
}
