import { isApiError, signIn } from '@crosswalk/client'
import { Alert, Button, Center, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconKey } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { Logo } from '../parts/logo.tsx'
import { paths } from '../paths.ts'
import { session, sessionKey } from '../queries/session.ts'
import { useGo, useUrlState } from '../url-state.ts'

/** The token of a sign-in link stands behind `#`, which browsers do not send to servers. */
function takeTokenOfLink(): string | undefined {
  const token = new URLSearchParams(window.location.hash.slice(1)).get('token') ?? undefined
  if (token) window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search)
  return token
}

/** Only a page of this interface: an address from elsewhere is not followed. */
function pageAfter(next: string): string {
  return /^\/(?![/\\])/.test(next) && !next.startsWith(paths.signIn()) ? next : paths.dashboard()
}

/** Signing in with the administrator key, or by itself with a link. */
export function SignInPage() {
  useDocumentTitle('Sign in · Crosswalk')
  const go = useGo()
  const queries = useQueryClient()
  const [{ next }] = useUrlState({ next: '' })
  const [key, setKey] = useState('')
  const signing = useMutation({
    mutationFn: (body: { api_key: string } | { token: string }) => signIn(body),
    async onSuccess() {
      await queries.resetQueries({ queryKey: sessionKey })
      go(pageAfter(next), { replace: true })
    },
  })
  const { mutate } = signing
  const hasLooked = useRef(false)
  useEffect(() => {
    if (hasLooked.current) return
    hasLooked.current = true
    const token = takeTokenOfLink()
    if (token) mutate({ token })
  }, [mutate])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '') mutate({ api_key: key.trim() })
  }
  // A link works once, and is opened again from the history of a browser that it has signed in.
  const isSignedIn = useQuery({ ...session, enabled: signing.isError, retry: false }).data !== undefined
  const refusal = isApiError(signing.error, 'sign_in_refused') ? signing.error.message : undefined
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w={440} maw="100%" radius="lg">
        <form onSubmit={submit}>
          <Stack>
            <Group gap="sm">
              <Logo />
              <Title order={1}>Sign in to Crosswalk</Title>
            </Group>
            <PasswordInput
              label="Administrator key"
              description="Crosswalk says where it is when it starts: usually in the file admin-api-key of its data directory."
              autoFocus
              autoComplete="current-password"
              leftSection={<IconKey size={16} />}
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              error={refusal}
            />
            <Button type="submit" loading={signing.isPending} disabled={key.trim() === ''}>
              Sign in
            </Button>
            {signing.error && !refusal && !isSignedIn && <ErrorNotice error={signing.error} title="You are not signed in" />}
            {signing.error && isSignedIn && (
              <Alert color="blue" variant="light" role="status" title="You are signed in already">
                <Text size="sm">
                  This link cannot be used again. <AppLink to={pageAfter(next)}>Continue to Crosswalk</AppLink>
                </Text>
              </Alert>
            )}
            <Alert variant="light" color="gray" p="sm">
              <Text size="sm">You stay signed in on this browser for a week. The key itself is not kept here.</Text>
            </Alert>
          </Stack>
        </form>
      </Paper>
    </Center>
  )
}
